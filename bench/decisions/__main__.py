"""Simulates incidents, has the cockpit decide, and prints how well that went.

`python -m bench.decisions --incidents 240 --seed 1 --write` writes docs/studies/decisions.md too.
"""

from __future__ import annotations

import argparse
import sys
import time

import numpy as np

from bench.decisions.judging import Judged, judge
from bench.decisions.page import PAGE, page
from bench.decisions.shapes import SHAPES

INCIDENTS = 240
SEED = 1


def run(incidents: int, seed: int) -> list[Judged]:
    """So many incidents, the shapes in turn; the same seed gives the same incidents."""
    shapes = list(SHAPES)
    return [
        judge(np.random.default_rng([seed, i]), shapes[i % len(shapes)]) for i in range(incidents)
    ]


def main(arguments: list[str]) -> None:
    """Run, print, and write the page if asked to."""
    parser = argparse.ArgumentParser(prog="python -m bench.decisions", description=__doc__)
    parser.add_argument("--incidents", type=int, default=INCIDENTS)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name}")
    given = parser.parse_args(arguments)
    began = time.perf_counter()
    text = page(run(given.incidents, given.seed), given.seed)
    took = (time.perf_counter() - began) / given.incidents
    print(text)
    print(f"{took:.2f} s an incident", file=sys.stderr)
    if given.write:
        PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
