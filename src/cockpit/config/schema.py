"""The JSON schema of `cockpit.yaml`, by which editors complete and check it.

It lies beside this file, made from the settings and the comments on them by `make docs`.
"""

from __future__ import annotations

from pathlib import Path

FILE = Path(__file__).with_name("cockpit.schema.json")


def schema_text() -> str:
    """The schema as it is printed."""
    return FILE.read_text(encoding="utf-8")
