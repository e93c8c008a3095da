"""Measures everything, prints it and writes it to docs/performance.md.

`python -m bench first_paint` measures one of it, and only prints.
"""

from __future__ import annotations

import sys
import tempfile
from importlib import import_module
from pathlib import Path

from bench import page
from bench.figures import Figure

ALL = (
    "first_paint",
    "terminal_bytes",
    "stalls",
    "seek",
    "import_rows",
    "ranking",
    "drift",
    "day_of_parquet",
    "rolling_hour",
    "quantiles",
    "soak",
)


def main(names: list[str]) -> None:
    """Run the benchmarks named, each in a folder of its own that is removed."""
    unknown = sorted(set(names) - set(ALL))
    if unknown:
        sys.exit(f"bench: there is no {', '.join(unknown)}; there are {', '.join(ALL)}")
    figures: list[Figure] = []
    for name in names or ALL:
        print(f"{name} …", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory() as folder:
            figures += import_module(f"bench.{name}").measure(Path(folder))
    print(page.table(figures))
    if not names:
        page.write(figures)


if __name__ == "__main__":
    main(sys.argv[1:])
