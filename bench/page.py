"""The table in docs/performance.md: made anew between two markers, the words around it kept."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version

from bench.figures import Figure
from bench.harness import ROOT

PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"


def table(figures: list[Figure]) -> str:
    """The figures as a markdown table, under a line about the machine."""
    rows = [
        ("what", "measured", "beside, in the same run", "goal", ""),
        ("---",) * 5,
        *((f.what, f.measured, f.reference, f.goal, f.verdict) for f in figures),
    ]
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([machine(), "", *lines])


def machine() -> str:
    """What the figures depend on, and nothing that names a person or a place."""
    return (
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, textual {version('textual')}, "
        f"numpy {version('numpy')}."
    )


def write(figures: list[Figure]) -> None:
    """Put the table in its place."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    text = f"{before}{BEGIN}\n\n{table(figures)}\n\n{END}{after}"
    PAGE.write_text(text, encoding="utf-8")
