"""A CSV that grows is counted as an import counts all of it, however it is cut."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.observe.live.growing import Grown, few_regions, text_of
from tests.observe.test_import_in_pieces import shop

steps = st.lists(
    st.tuples(
        st.floats(0, 1), st.floats(0, 1), st.sampled_from(["ask", "close", "restart", "lose"])
    ),
    max_size=8,
)


@settings(
    max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(seed=st.integers(0, 1_000), steps=steps)
@example(1, [(0.3, 0.3, "ask"), (0.6, 0.6, "lose"), (0.6, 0.6, "lose"), (0.8, 0.8, "close")])
@example(2, [(0.2, 0.1, "ask"), (0.4, 0.4, "restart"), (0.5, 0.5, "ask"), (0.6, 0.6, "restart")])
@example(
    3,
    [
        (0.4, 0.5, "ask"),
        (0.5, 1.0, "close"),
        (0.7, 1.0, "lose"),
        (1.0, 1.0, "restart"),
        (1.0, 1.0, "lose"),
    ],
)
async def test_any_cuts_give_the_tables_of_an_import(
    tmp_path_factory: pytest.TempPathFactory, seed: int, steps: list[tuple[float, float, str]]
) -> None:
    grown = Grown(tmp_path_factory.mktemp("log"))
    rows, labels = shop(seed)
    random.Random(seed).shuffle(labels)
    texts = {grown.path: text_of(few_regions(rows)), grown.folder / "labels.csv": text_of(labels)}
    head = {path: text.index(b"\n") + 1 for path, text in texts.items()}

    def grow(share: float, path: Path) -> None:
        written = path.stat().st_size if path.exists() else 0
        end = max(head[path] + round(share * (len(texts[path]) - head[path])), written)
        with path.open("ab") as file:
            file.write(texts[path][written:end])

    first = steps[0] if steps else (1.0, 1.0, "ask")
    for share, path in zip(first, texts, strict=False):
        grow(share, path)
    await grown.begin()
    for share, label_share, what in steps[1:]:
        for each, path in zip((share, label_share), texts, strict=True):
            grow(each, path)
        await grown.ask(closing=what in ("close", "lose"), kept=what != "lose")
        if what == "restart":
            await grown.restart()
    for path in texts:
        grow(1.0, path)
    await grown.ask(closing=True)
    assert grown.tables() == grown.imported()
    await grown.source.close()
