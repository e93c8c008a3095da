"""Tables of what deciding takes for given: ratios of signs, defaults of options, the policy."""

from __future__ import annotations

import msgspec
from msgspec import inspect as types

from cockpit.config import FAULTS
from cockpit.decide.faults.hypotheses import WEIGHTS
from cockpit.decide.faults.ratios import TABLE
from cockpit.decide.options.assumptions import DEFAULTS, OWN, Default, pair_text
from cockpit.decide.severity import policy
from cockpit.signs import SIGNS
from docs.make.reference import escaped, meanings_of, written


def ratios(_: str) -> str:
    """Every sign with its ratio for each fault; the prior weights above them."""
    rows = [
        f"| sign | | {' | '.join(FAULTS)} | overlaps in | a look takes |",
        f"|---|---|{'---|' * len(FAULTS)}---|---|",
        f"| | *weight before any sign* | {' | '.join(f'*{WEIGHTS[f]:g}*' for f in FAULTS)} | | |",
    ]
    for sign, row in TABLE.items():
        look = "" if row.minutes is None else f"{row.minutes:g} min"
        counted = " | ".join(f"{ratio:g}" for ratio in row.ratios)
        rows.append(f"| `{sign}` | {SIGNS[sign]} | {counted} | {row.group} | {look} |")
    return "\n".join(rows)


def defaults(_: str) -> str:
    """Minutes, undo and how often it fails, of each option where the configuration says nothing."""
    rows = [
        "| option | minutes to effect (median, 90th percentile) | undo | has to be done twice |",
        "|---|---|---|---|",
    ]
    named: dict[str, Default] = {**DEFAULTS, "one of your own": OWN}
    for name, default in named.items():
        if any(default.minutes):
            pair = pair_text(default.minutes).strip("[]")
            rows.append(f"| {name} | {pair} | {default.undo:g} | {default.fails:.0%} |")
    return "\n".join(rows)


def levels(_: str) -> str:
    """The packaged policy: what proposes each level, and what is done then."""
    rows = [
        "| level | is proposed when one of these holds | then | updates |",
        "|---|---|---|---|",
    ]
    for row in policy.default_policy().levels:
        entries = "<br>".join(f"`{_yaml(entry)}`" for entry in row.any)
        done = list(row.actions)
        if row.contain_within:
            done.append(f"contained within {row.contain_within}")
        calls = [
            f"{c.by} {c.whom}" + ("" if c.after == "0m" else f" after {c.after}")
            for c in row.escalate
        ]
        updates = row.updates.internal
        updates += f"; outside: {row.updates.external}" if row.updates.external else ""
        then = "<br>".join([*done, *calls])
        rows.append(f"| {row.level} | {escaped(entries)} | {escaped(then)} | {updates} |")
    return "\n".join(rows)


def _yaml(entry: policy.Entry) -> str:
    """One entry as it is written in a file."""
    asked = entry.facts | ({"confirm": True} if entry.confirm else {})
    return written(asked)[1:-1]


def facts(_: str) -> str:
    """Every fact an entry of the policy may name, with its settings and their defaults."""
    meanings = meanings_of(policy.Entry)
    info = types.type_info(policy.Entry)
    assert isinstance(info, types.StructType)
    rows = ["| fact | holds where | settings and their defaults |", "|---|---|---|"]
    for field in info.fields:
        block = _block(field.type)
        meaning = meanings.get(field.name, "")
        settings = ""
        if block is not None:
            said = (block.__doc__ or "").split("\n")[0].rstrip(".")
            meaning = meaning or said[:1].lower() + said[1:]
            settings = f"`{_settings(block)}`"
        rows.append(f"| `{field.name}` | {escaped(meaning)} | {settings} |")
    return "\n".join(rows)


def _block(kind: types.Type) -> type[msgspec.Struct] | None:
    """The block of settings that a fact takes; null where it takes a word."""
    if not isinstance(kind, types.UnionType):
        return None
    return next((one.cls for one in kind.types if isinstance(one, types.StructType)), None)


def _settings(block: type[msgspec.Struct]) -> str:
    info = types.type_info(block)
    assert isinstance(info, types.StructType)
    return ", ".join(
        f"{field.encode_name}: {'…' if field.required else written(field.default)}"
        for field in info.fields
    )
