"""What cannot be used is one line that names the file, the place and the mend; no file is left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cockpit.observe.importer import ImportRequest, import_incident
from cockpit.records import BadInput

MAP = "service: s\ntime: time\nscore: score\n"
ROWS = "time,score\n2026-11-03T02:00:00Z,0.5\n"


@pytest.fixture
def attempt(tmp_path: Path) -> Callable[..., str]:
    """Import files given as text (or bytes); the one line of the error. Nothing may be left."""

    def run(predictions: str | bytes = ROWS, mapping: str = MAP, **others: str) -> str:
        def file(name: str, content: str | bytes) -> Path:
            path = tmp_path / name
            path.write_bytes(content.encode() if isinstance(content, str) else content)
            return path

        request = ImportRequest(
            predictions=file("p.csv", predictions),
            map=file("map.yaml", mapping),
            output=tmp_path / "out.incident",
            **{
                name.partition("_")[0]: file(name.replace("_", "."), content)
                for name, content in others.items()
            },
        )
        before = set(tmp_path.iterdir())
        with pytest.raises(BadInput) as caught:
            import_incident(request)
        assert set(tmp_path.iterdir()) == before
        message = str(caught.value)
        assert "\n" not in message
        return message

    return run


def test_a_missing_column_names_file_line_and_the_nearest(attempt: Callable[..., str]) -> None:
    assert attempt(mapping=MAP.replace("score: score", "score: scores")) == (
        "p.csv: column 'scores' (map.yaml:3 score) is not there; columns are: time, score; "
        "did you mean 'score'?"
    )


@pytest.mark.parametrize(
    ("mapping", "expected"),
    [
        ("service: s\ntime: time\nthreshhold: 0.5\n", "map.yaml:3: threshhold: unknown key; "
         "did you mean 'threshold'?"),
        ("time: time\nscore: score\n", "map.yaml: service: missing"),
        ("service: s\nscore: score\n", "map.yaml:1: time: missing"),
        ("service: s\ntime: {start: soon, every: 1s}\n", "map.yaml:2: time: 'soon' is not a time"),
        (MAP + "bucket: 2d\n", "map.yaml:4: bucket: '2d' is not a whole number of seconds"),
        (MAP + "bucket: often\n", "map.yaml:4: bucket: 'often' is not a duration"),
        (MAP + "threshold: 5\n", "map.yaml:4: threshold: 5 is not in 0 to 1"),
        (MAP + "segments:\n  - [time, time]\n", "map.yaml:5: segments[0]: a pair is"),
        (MAP + "segments: [region]\n", "p.csv: column 'region' (map.yaml:4 segments)"),
        (MAP + "labels_only_when: day=1\n", "map.yaml:4: labels_only_when: 'day=1' is not"),
        (MAP + "label_delay: x\n", "map.yaml:4: label_delay: 'x' is not a duration"),
        (MAP + "schemas: {v1: gone.yaml}\n", "gone.yaml: No such file or directory"),
        (MAP + "rates: [{name: a, column: score}, {name: a, column: time}]\n", "is named twice"),
    ],
)  # fmt: skip
def test_a_wrong_map(attempt: Callable[..., str], mapping: str, expected: str) -> None:
    assert expected in attempt(mapping=mapping)


@pytest.mark.parametrize(
    ("predictions", "expected"),
    [
        (b"", "p.csv: empty"),
        ("time,score\n", "p.csv: no row can be used: there are none"),
        ("time,score\nx,1\ny,2\n", "p.csv: no row can be used: 2 no time"),
        ("time,score,score\n1,2,3\n", "p.csv: column 'score' is there twice"),
        (b"time,score\n2026-11-03T02:00:00Z,\xff\xfe\n", "p.csv: cannot be read"),
    ],
)
def test_a_wrong_log(attempt: Callable[..., str], predictions: str | bytes, expected: str) -> None:
    assert expected in attempt(predictions)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('{"time": 1, "kind": "paged"}', "kind: 'paged' is unknown; did you mean 'page'?"),
        ('{"time": 1}', "kind: missing"),
        ('{"time": "soon", "kind": "page"}', "time: 'soon' is not a time"),
        ('{"time": "9999-12-31", "kind": "page"}', "time: '9999-12-31' is not a time"),
        ('{"time": 1, "kind": "page", "verson": "v1"}', "verson: unknown field; did you mean"),
        ('{"time": 1, "kind": "page", "text": {}}', "text: not text"),
        ("[1]", "not a JSON object"),
        ("{", "not a JSON object"),
    ],
)
def test_a_wrong_event_names_its_line(
    attempt: Callable[..., str], line: str, expected: str
) -> None:
    good = '{"time": "2026-11-03T02:00:00Z", "kind": "note", "text": "well"}\n\n'
    message = attempt(events_jsonl=good + line)
    assert message.startswith("events.jsonl:3: ")
    assert expected in message


def test_a_wrong_event_of_a_csv_names_its_line(attempt: Callable[..., str]) -> None:
    message = attempt(events_csv="time,kind,text\n2026-11-03T02:00:00Z,aler,x\n")
    assert message == "events.csv:2: kind: 'aler' is unknown; did you mean 'alert'?"


def test_malformed_rows_are_counted_or_refused_where_order_matters(
    attempt: Callable[..., str], tmp_path: Path
) -> None:
    rows = ROWS + "2026-11-03T02:00:01Z,0.5,too,many\n2026-11-03T02:00:02Z,0.5\n"
    message = attempt(rows, "service: s\ntime: {start: 2026-01-01, every: 1s}\nscore: score\n")
    assert message.startswith("p.csv: cannot be read")
    (tmp_path / "map.yaml").write_text(MAP)
    request = ImportRequest(
        predictions=tmp_path / "p.csv", map=tmp_path / "map.yaml", output=tmp_path / "o.incident"
    )
    report = import_incident(request)
    assert report.dropped == {"malformed row": 1}
    assert (report.rows, report.used) == (3, 2)
    # Once, though a reference is read more than once.
    (tmp_path / "map.yaml").write_text(MAP + "features: {numeric: [score]}\n")
    report = import_incident(replace(request, reference=tmp_path / "p.csv", force=True))
    assert report.reference_incomplete == {"malformed row": 1}
    assert report.reference_rows == 3


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "map.yaml").write_text(MAP)
    (tmp_path / "p.csv").write_text(ROWS)
    request = ImportRequest(
        predictions=tmp_path / "p.csv", map=tmp_path / "map.yaml", output=tmp_path / "no" / "o"
    )
    with pytest.raises(BadInput, match="there is no such folder"):
        import_incident(request)


def test_a_file_that_is_there_is_kept_unless_forced(
    import_rows: Callable[..., Any], tmp_path: Path
) -> None:
    rows = [{"time": "2026-11-03T02:00:00Z", "score": 0.5}]
    first = import_rows(rows, MAP)
    folder = first.path.parent
    request = ImportRequest(
        predictions=folder / "predictions.csv", map=folder / "map.yaml", output=first.path
    )
    before = first.path.read_bytes()
    with pytest.raises(BadInput, match="exists already; --force writes over it"):
        import_incident(request)
    assert first.path.read_bytes() == before
    with pytest.raises(BadInput):
        import_incident(replace(request, force=True, reference=tmp_path / "gone.csv"))
    assert first.path.read_bytes() == before
    import_incident(replace(request, force=True, title="again"))
    assert first.path.read_bytes() != before
    assert [p.name for p in folder.iterdir() if p.name.startswith(".")] == []
