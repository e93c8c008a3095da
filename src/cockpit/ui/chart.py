"""Braille charts: a cell is two columns of dots, four dots high.

Columns are aligned to absolute time, so that a new point adds a dot and moves nothing until a cell
is full; the scale has hysteresis, so that it does not jump back and forth with each point.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from cockpit.views import Chart

_DOTS = ((0x40, 0x80), (0x04, 0x20), (0x02, 0x10), (0x01, 0x08))  # from the bottom row upwards


class Scale:
    """The range [low, high] of one chart's vertical axis, kept until the points leave it.

    It widens at once when a point lies outside and narrows only when the points use less than
    half of it.
    """

    def __init__(self) -> None:
        self.low = 0.0
        self.high = 0.0

    def include(self, values: Sequence[float]) -> tuple[float, float]:
        """The range to draw `values` in."""
        if not values:
            return self.low, self.high
        low, high = min(values), max(values)
        spread = (high - low) or abs(high) or 1.0
        outside = low < self.low or high > self.high
        roomy = (self.high - self.low) > 2.5 * spread
        if outside or roomy or self.high <= self.low:
            margin = 0.15 * spread
            self.low = max(0.0, low - margin) if low >= 0 else low - margin
            self.high = high + margin
        return self.low, self.high


def columns(chart: Chart, cells: int) -> list[float | None]:
    """The newest points as 2·cells columns, whose edges stay where they are as time goes on.

    Where there are more points than columns, groups of them are averaged, and groups begin at
    multiples of their span since the epoch, so the oldest is left out once it is incomplete; where
    there are fewer, a point is several columns wide.
    """
    wanted = 2 * cells
    count = len(chart.points)
    if not count:
        return [None] * wanted
    group = max(1, math.ceil(count / (wanted - 2)))
    repeat = max(1, (wanted - 2) // count)
    sums: dict[int, tuple[float, int]] = {}
    for index, point in enumerate(chart.points):
        if point is not None and math.isfinite(point):
            slot = (chart.start + index * chart.step) // (chart.step * group)
            total, n = sums.get(slot, (0.0, 0))
            sums[slot] = (total + point, n + 1)
    oldest = -(-chart.start // (chart.step * group))
    means = {slot: total / n for slot, (total, n) in sums.items() if slot >= oldest}
    last = (chart.start + (count - 1) * chart.step) // (chart.step * group)
    end = (last + 1) * repeat
    end += end % 2  # whole cells: a pair of columns each
    return [means.get(column // repeat) for column in range(end - wanted, end)]


def draw(chart: Chart, cells: int, rows: int, scale: Scale) -> list[str]:
    """`rows` strings of `cells` characters, top first; a threshold in range is a dotted line."""
    values = columns(chart, cells)
    known = [value for value in values if value is not None]
    if not known or cells < 2:
        return [" " * cells for _ in range(rows)]
    low, high = scale.include(known)
    top = rows * 4 - 1

    def level(value: float) -> int:
        return min(top, max(0, round((value - low) / ((high - low) or 1.0) * top)))

    grid = [[0] * cells for _ in range(rows)]

    def dot(x: int, y: int) -> None:
        grid[rows - 1 - y // 4][x // 2] |= _DOTS[y % 4][x % 2]

    threshold = chart.threshold
    if threshold is not None and low <= threshold <= high:
        for x in range(0, 2 * cells, 4):
            dot(x, level(threshold))
    previous: int | None = None
    for x, value in enumerate(values):
        if value is None:
            previous = None
            continue
        y = level(value)
        for between in range(min(y, previous if previous is not None else y), y + 1):
            dot(x, between)
        if previous is not None and previous > y:
            for between in range(y, previous):
                dot(x, between)
        previous = y
    return ["".join(chr(0x2800 + bits) if bits else " " for bits in row) for row in grid]
