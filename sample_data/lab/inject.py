"""Hurts or mends the stack that runs in a folder: `inject.py FOLDER list` says what there is."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from control import Unheard, send
from faults import listing


def main() -> int:
    """The exit code: 0 done, 2 refused, 3 no stack there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the stack's")
    parser.add_argument("what", help="rollout, unit-swap, …; list says all")
    parser.add_argument("value", nargs="?", default="", help="where one is taken: v42=0.1, BR")
    arguments = parser.parse_args()
    if arguments.what == "list":
        print(listing())
        return 0
    try:
        done, text = send(arguments.folder, arguments.what, arguments.value)
    except Unheard as reason:
        print(f"inject: {reason}", file=sys.stderr)
        return 3
    print(text if done else f"inject: {text}", file=sys.stdout if done else sys.stderr)
    return 0 if done else 2


if __name__ == "__main__":
    sys.exit(main())
