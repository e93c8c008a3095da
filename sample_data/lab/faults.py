"""What can be done to the stack: faults, and what contains them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from changes import Changes
from daemons import Daemon, Page
from processes import ServiceClient
from scenarios import Stage

READY = Stage(0.0, v42_share=0.0, v41_replicas=12, v42_replicas=4)  # as the stack starts
ROLLED_OUT = Stage(0.0, v42_share=0.9, v41_replicas=8, v42_replicas=12)
REGIONS = ("US", "EU", "IN", "JP", "BR")
MINOR_UNITS = 100.0
TOLD_MINUTES = 3.0  # after which the team hears of the swapped unit


class Refused(Exception):
    """What was asked cannot be done; its text says why and what can."""


@dataclass
class Stack:
    """What of the running stack can be reached."""

    service: ServiceClient
    prometheus: Daemon
    page: Page  # in the place of Prometheus
    changes: Changes


def rollout(stack: Stack, _: str) -> str:
    stack.service.enter(ROLLED_OUT)
    text = "v42 to 90 % of customers; v41 scaled from 12 to 8 replicas"
    stack.changes.tell("deploy", text, version="v42")
    text = "Input of v42 gains merchant_risk (double, required), read from the feature service"
    stack.changes.tell("schema", text, version="v42")
    return "v42 serves 90 % of customers"


def unit_swap(stack: Stack, minutes: str) -> str:
    later = _number(minutes, "minutes", 0.0, 60.0) if minutes else TOLD_MINUTES
    stack.service.multiply_amounts("BR", MINOR_UNITS)
    text = "Gateway BR: amount now in minor units (centavos)"
    stack.changes.tell("schema", text, minutes_later=later, segment="region=BR")
    return f"amounts of BR are in minor units; deploys.jsonl tells it after {later:g} min"


def unit_mend(stack: Stack, _: str) -> str:
    stack.service.multiply_amounts("BR", 1.0)
    stack.changes.tell("schema", "Gateway BR: amount in reais again", segment="region=BR")
    return "amounts of BR are as they were"


def kill_prometheus(stack: Stack, _: str) -> str:
    stack.page.stop()
    stack.prometheus.stop(kill=True)
    return f"nothing listens at {stack.prometheus.address}"


def start_prometheus(stack: Stack, _: str) -> str:
    stack.page.stop()
    stack.prometheus.start()
    return f"Prometheus listens at {stack.prometheus.address}"


def html(stack: Stack, _: str) -> str:
    stack.prometheus.stop()
    stack.page.start()
    return f"{stack.prometheus.address} answers with an HTML page"


def freeze_log(stack: Stack, _: str) -> str:
    stack.service.freeze_log(True)
    return "the prediction log stands still"


def thaw_log(stack: Stack, _: str) -> str:
    stack.service.freeze_log(False)
    return "the prediction log goes on"


def rollback(stack: Stack, _: str) -> str:
    stack.service.enter(READY)
    stack.changes.tell("deploy", "v41 to all customers; v42 rolled back", version="v41")
    return "v41 serves all customers"


def split(stack: Stack, share: str) -> str:
    name, _, value = share.partition("=")
    if name != "v42":
        raise Refused("split: write v42=0.1")
    part = _number(value, "v42", 0.0, 1.0)
    stack.service.enter(Stage(0.0, part, v41_replicas=12, v42_replicas=12))
    stack.changes.tell("deploy", f"v42 to {part:.0%} of customers", version="v42")
    return f"v42 serves {part:.0%} of customers"


def segment_off(stack: Stack, region: str) -> str:
    stack.service.rules_decide(_region(region), True)
    text = f"Flag fraud-model off in {region}: the rules decide there"
    stack.changes.tell("flag", text, version="rules", segment=f"region={region}")
    return f"the rules decide in {region}"


def segment_on(stack: Stack, region: str) -> str:
    stack.service.rules_decide(_region(region), False)
    stack.changes.tell("flag", f"Flag fraud-model on in {region}", segment=f"region={region}")
    return f"the model decides in {region}"


Doing = Callable[[Stack, str], str]
# what is done, and what is so then
FAULTS: dict[str, tuple[Doing, str]] = {
    "rollout": (rollout, "v42 to 90 % of customers: waits for a slow feature, wrong in Brazil"),
    "unit-swap": (
        unit_swap,
        "amounts of Brazil in minor units; told 3 minutes later, `unit-swap 0` at once",
    ),
    "kill-prometheus": (kill_prometheus, "Prometheus ends at once and in no good order"),
    "html": (html, "Prometheus ends, and its address answers with an HTML page"),
    "freeze-log": (freeze_log, "the prediction log stops growing"),
}
MENDS: dict[str, tuple[Doing, str]] = {
    "rollback": (rollback, "v41 to all customers"),
    "split": (split, "`split v42=0.1`: a share of customers to v42, the rest to v41"),
    "segment-off": (segment_off, "`segment-off BR`: the rules decide in a region"),
    "segment-on": (segment_on, "`segment-on BR`: the model decides there again"),
    "unit-mend": (unit_mend, "amounts of Brazil as they were"),
    "start-prometheus": (start_prometheus, "Prometheus again, with its data and at its address"),
    "thaw-log": (thaw_log, "the prediction log goes on; first comes what waited"),
}


def do(stack: Stack, name: str, value: str) -> str:
    """Do one of the above; what is so now. Raises Refused."""
    known = FAULTS | MENDS
    if name not in known:
        raise Refused(f"{name}: there is no such thing to do; there are: {', '.join(known)}")
    doing, _ = known[name]
    return doing(stack, value)


def listing() -> str:
    """All that can be done, a line each."""
    lines = []
    for title, things in (("faults", FAULTS), ("what contains and mends them", MENDS)):
        lines.append(f"{title}:")
        lines += [f"  {name:<17} {text}" for name, (_, text) in things.items()]
    return "\n".join(lines)


def _region(name: str) -> str:
    if name not in REGIONS:
        raise Refused(f"no such region: {name or 'none named'}; there are: {', '.join(REGIONS)}")
    return name


def _number(text: str, what: str, least: float, most: float) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not least <= value <= most:
        raise Refused(f"{what}: '{text}' is not a number from {least:g} to {most:g}")
    return value
