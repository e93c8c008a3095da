"""Four reasons by one key, or a reason typed: shared by sheets that need one."""

from __future__ import annotations

from collections.abc import Sequence

from cockpit.ui.lines import Line


def reason_lines(presets: Sequence[str]) -> list[Line]:
    """The prepared reasons with their keys, and the key for one's own."""
    lines: list[Line] = [
        ((f" {index} ", "key"), (preset, "text")) for index, preset in enumerate(presets, 1)
    ]
    return [*lines, ((" r ", "key"), ("a reason of my own", "text"))]
