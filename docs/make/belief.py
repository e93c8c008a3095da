"""How likely each fault is, multiplied out again from what `options --json` prints of the signs."""

from __future__ import annotations

from math import prod
from typing import Any

WIDTH = 10  # of a column


def believed(table: dict[str, Any]) -> list[str]:
    """Prior × ratios, fault by fault, divided by their sum; signs nobody could measure count 1."""
    hypotheses = {h["id"]: h for h in table["hypotheses"]}
    faults = list(table["signs"][0]["ratios"])
    counted = [sign for sign in table["signs"] if sign["state"] != "not measurable"]
    lines = [
        _line("", faults),
        _line("before any sign", [f"{hypotheses[f]['prior']:.4f}" for f in faults]),
    ]
    for sign in counted:
        said = f"{'' if sign['state'] == 'seen' else 'no '}{sign['id']}"
        said += ", √" if sign["softened"] else ""
        lines.append(_line(said, [f"× {sign['ratios'][f]:.3f}" for f in faults]))
    weights = {
        f: hypotheses[f]["prior"] * prod(sign["ratios"][f] for sign in counted) for f in faults
    }
    total = sum(weights.values())
    likeliest = max(faults, key=lambda f: weights[f])
    return [
        *lines,
        _line("multiplied", [f"{weights[f]:.3g}" for f in faults]),
        _line("÷ their sum", [f"{weights[f] / total:.4f}" for f in faults]),
        "",
        f"P({likeliest}) = {100 * weights[likeliest] / total:.2f} %"
        f"    the table says {100 * hypotheses[likeliest]['probability']:.2f} %",
    ]


def _line(what: str, cells: list[str]) -> str:
    return f"{what:<24}" + "".join(f"{cell:>{WIDTH}}" for cell in cells)
