"""Runs the lab's service with everything around it, on loopback and in one folder.

The fraud and feature services under endless load, Prometheus and Alertmanager, logs that grow, and
a `cockpit.yaml` that watches it all. `inject.py` hurts it.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import sys
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from string import Template

from changes import Changes
from control import STATE_FILE, Control, Unheard, send
from daemons import Daemon, Page, alertmanager, missing_packages, prometheus
from faults import READY, Refused, Stack, do
from processes import HERE, free_port, running, running_services
from scenarios import CARD_FRAUD_ROLLOUT

TEMPLATES = HERE / "card-fraud-live"
FOLDER = HERE.parents[1] / "build" / "stack"
LOOK_SECONDS = 0.25  # between two looks at what is due and what still runs


class _Template(Template):
    delimiter = "@"


def run(options: argparse.Namespace) -> None:
    """Start everything, say what runs where, and go on until the time is over or a signal comes."""
    folder: Path = options.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    if _runs(folder):
        sys.exit(f"stack: a stack runs in {folder} already; name another --folder")
    (folder / STATE_FILE).unlink(missing_ok=True)  # of a stack that was killed
    end = time.monotonic() + options.seconds if options.seconds else None
    scenario = replace(CARD_FRAUD_ROLLOUT, seed=options.seed)
    with ExitStack() as ends:
        reference = folder / "reference.csv.gz"
        service = ends.enter_context(
            running_services(scenario, folder / "predictions.csv", reference=reference)
        )
        service.enter(READY)
        load = ends.enter_context(
            running(
                "endless.py",
                port=service.port,
                labels=folder / "labels.csv",
                seed=scenario.seed,
                rate=options.rate,
                label_minutes=options.label_minutes,
            )
        )
        daemons = [make(folder, free_port()) for make in (prometheus, alertmanager)]
        write_configuration(folder, options, service.port, *daemons)
        for daemon in daemons:
            ends.callback(daemon.stop)
            daemon.start()
        page = Page(daemons[0].port)
        ends.callback(page.stop)
        control = Control()
        ends.callback(control.close)
        stack = Stack(service, daemons[0], page, Changes(folder / "deploys.jsonl"))
        stack.changes.tell("flag", "Flag review-queue-new-layout on for analysts")
        write_state(folder, control, service.port, *daemons)
        ends.callback((folder / STATE_FILE).unlink)
        print(what_runs(options, service.port, *daemons), flush=True)

        def done(name: str, value: str) -> tuple[bool, str]:
            try:
                return True, do(stack, name, value)
            except Refused as reason:
                return False, str(reason)

        while end is None or time.monotonic() < end:
            control.serve(LOOK_SECONDS, done)
            stack.changes.write_due()
            failed = [daemon.name for daemon in daemons if daemon.failed()]
            if load.poll() is not None:
                failed.append("the load")
            if failed:
                sys.exit(f"stack: {' and '.join(failed)} ended by itself; see {folder}/*.log")


def write_configuration(
    folder: Path, options: argparse.Namespace, service_port: int, metrics: Daemon, alerts: Daemon
) -> None:
    """The files of `card-fraud-live/`, filled in, into the folder."""
    words = {
        "scrape": f"{options.scrape:g}s",
        "alert_for": f"{options.alert_for:g}s",
        "label_delay": f"{options.label_minutes * 2 * 60:.0f}s",
        "service_port": service_port,
        "prometheus_port": metrics.port,
        "alertmanager_port": alerts.port,
    }
    for template in TEMPLATES.iterdir():
        text = _Template(template.read_text(encoding="utf-8")).substitute(words)
        (folder / template.name).write_text(text, encoding="utf-8")


def write_state(
    folder: Path, control: Control, service_port: int, metrics: Daemon, alerts: Daemon
) -> None:
    """What runs where, for `inject.py` and for tests."""
    state = {
        "pid": os.getpid(),
        "control_port": control.port,
        "service": f"http://127.0.0.1:{service_port}",
        "prometheus": metrics.address,
        "alertmanager": alerts.address,
    }
    (folder / STATE_FILE).write_text(json.dumps(state, indent=2) + "\n", encoding="utf-8")


def what_runs(
    options: argparse.Namespace, service_port: int, metrics: Daemon, alerts: Daemon
) -> str:
    """What is printed once all runs."""
    folder = _as_typed(options.folder)
    inject = f"python {_as_typed(HERE / 'inject.py')} {folder}"
    return "\n".join(
        [
            f"The stack runs in {folder}, {options.rate:g} payments a second; Ctrl-C ends it.",
            f"  service       http://127.0.0.1:{service_port}/metrics",
            f"  Prometheus    {metrics.address}",
            f"  Alertmanager  {alerts.address}",
            "  v41 serves all customers; v42 is warm and serves none.",
            f"watch    cockpit live {folder}/cockpit.yaml",
            f"hurt     {inject} rollout        or unit-swap, kill-prometheus, …: list",
            f"contain  {inject} segment-off BR or rollback, split v42=0.1, …",
        ]
    )


def _as_typed(path: Path) -> Path:
    """A path as one would type it here."""
    path, here = path.resolve(), Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _runs(folder: Path) -> bool:
    try:
        send(folder, "", "")
    except Unheard:
        return False
    return True


def _seconds(text: str) -> float:
    match = re.fullmatch(r"(\d+)(s|m|h)", text)
    if match is None:
        raise argparse.ArgumentTypeError(f"'{text}' is not a duration; write one like 90s, 30m, 2h")
    return int(match[1]) * {"s": 1.0, "m": 60.0, "h": 3600.0}[match[2]]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    add = parser.add_argument
    add("--folder", type=Path, default=FOLDER, help="of all its files (default build/stack)")
    add("--rate", type=float, default=60.0, help="payments a second (default 60)")
    add("--seed", type=int, default=CARD_FRAUD_ROLLOUT.seed, help="of customers and payments")
    add("--for", dest="seconds", type=_seconds, help="end after this time: 30m (default never)")
    add("--scrape", type=float, default=2.0, help="seconds between two scrapes (default 2)")
    add("--alert-for", type=float, default=30.0, help="seconds until a rule fires (default 30)")
    add("--label-minutes", type=float, default=2.0, help="the usual delay of labels (default 2)")
    return parser.parse_args()


def main() -> None:
    """The command line."""
    options = _options()
    if missing := missing_packages():
        names = " ".join(missing)
        sys.exit(f"stack: not installed: {names}; on Debian: apt-get install {names}")
    os.umask(0o077)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        run(options)
    except KeyboardInterrupt:
        print()


if __name__ == "__main__":
    main()
