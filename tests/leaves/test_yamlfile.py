"""YAML as typed settings: each error names file, line, key and mend, and YAML has no surprises."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.config import Config, Predictions, check
from cockpit.records import BadInput
from cockpit.yamlfile import dump_effective, load, nearest, read


def complaint(text: str) -> str:
    with pytest.raises(BadInput) as caught:
        load(text, Config, "c.yaml", check)
    message = str(caught.value)
    assert "\n" not in message
    return message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("service: s\nmodle: {}", "c.yaml:2: modle: unknown key; did you mean 'model'?"),
        ("objectives:\n- name: a\n- nme: b\n",
         "c.yaml:3: objectives[1].nme: unknown key; did you mean 'name'?"),
        ("options:\n  canary: {}\n  rollback:\n    minuts: 3\n",
         "c.yaml:4: options.rollback.minuts: unknown key; did you mean 'minutes'?"),
        ("sources:\n  predictions:\n    label: {colum: y}\n",
         "c.yaml:3: sources.predictions.label.colum: unknown key; did you mean 'column'?"),
        ("model: {xyz: 1}", "c.yaml:1: model.xyz: unknown key; known are: versions, threshold,"),
        ("service: 5", "c.yaml:1: service: Expected `str`, got `int`; write it in quotes"),
        ("model:\n  harm:\n    slow: much\n", "c.yaml:3: model.harm.slow: Expected `float`"),
        ("options:\n  a: {}\n  canary:\n    sticky: 7\n", "c.yaml:4: options.canary.sticky: "),
        ("objectives:\n- {name: a, window: 3x}\n",
         "c.yaml:2: objectives[0].window: '3x' is not a duration"),
        ("service: a\nowner: {}\nservice: b\n", "c.yaml:3: service: given twice"),
        ("service: [a", "c.yaml:1: not YAML: "),
        ("- a\n", "c.yaml:1: the file: Expected `object`, got `array`"),
        ("service: \x00", "c.yaml: not YAML: "),
        ("? [a, b]\n: c\n", "c.yaml:1: a key must be one word"),
        ("a: &a {b: *a}\n", "c.yaml:1: nested or repeated too much"),
    ],
)  # fmt: skip
def test_an_error_names_its_place(text: str, expected: str) -> None:
    assert complaint(text).startswith(expected)


@pytest.mark.parametrize("depth", [50, 2_000])
def test_what_is_nested_too_deeply_is_refused(depth: int) -> None:
    assert complaint("[" * depth + "]" * depth).startswith("c.yaml")


def test_aliases_cannot_make_a_small_file_large() -> None:
    text = "a: &a [" + "x, " * 300 + "]\nb: &b [" + "*a, " * 300 + "]\n"
    assert complaint(text) == "c.yaml:1: nested or repeated too much"


def test_words_stay_words() -> None:
    read_as = read("[NO, on, 1:30, 2018-01-01, 0x10, 1_000, 010, '5', 5, 5.5, 1e3, true, ~]", "c")
    assert read_as.data == [
        "NO", "on", "1:30", "2018-01-01", "0x10", "1_000", "010", "5", 5, 5.5, 1000.0, True, None,
    ]  # fmt: skip


def test_nothing_is_constructed_but_data() -> None:
    assert read("a: !!python/object/apply:os.getcwd []", "c").data == {"a": []}


def test_keys_are_words_even_where_they_look_like_numbers() -> None:
    settings = load("time: t\nthreshold: {41: 0.5, 4.2: 0.6}", Predictions, "map")
    assert settings.threshold == {"41": 0.5, "4.2": 0.6}


def test_a_place_is_the_line_of_the_key_or_of_its_parent() -> None:
    document = read("a:\n  b:\n    - x\n    - y\n", "c")
    assert document.place("a", "b", 1) == "c:4"
    assert document.place("a", "b", 7) == "c:2"
    assert document.place("z") == "c:1"
    assert read("", "c").place("a") == "c"


@given(st.text(max_size=200))
def test_any_text_is_settings_or_one_line(text: str) -> None:
    try:
        settings = load(text, Config, "c", check)
    except BadInput as error:
        message = str(error)
        assert message.isprintable()
    else:
        assert isinstance(settings, Config)


def test_the_effective_settings_read_back_as_themselves() -> None:
    text = (
        "service: käse\nmodel: {threshold: 0.5}\nsources: {predictions: {time: t, features: auto}}"
    )
    settings = load(text, Config, "c", check)
    effective = dump_effective(settings)
    assert load(effective, Config, "c", check) == settings
    assert "false_positive: 0.2" in effective


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes("service: käse".encode("latin-1"))
    (tmp_path / "bom.yaml").write_bytes("service: s".encode("utf-8-sig"))
    with pytest.raises(BadInput, match=r"gone\.yaml: No such file"):
        load(tmp_path / "gone.yaml", Config)
    with pytest.raises(BadInput, match="not text in UTF-8"):
        load(tmp_path / "latin.yaml", Config)
    assert load(tmp_path / "bom.yaml", Config).service == "s"


def test_only_a_near_word_is_proposed() -> None:
    assert nearest("treshold", ["threshold", "service"]) == "did you mean 'threshold'?"
    assert nearest("zzz", ["threshold", "service"]) == ""


def test_half_a_character_is_refused_by_line() -> None:
    with pytest.raises(BadInput, match=r"^f\.yaml:2: .*: half a character; write the whole one$"):
        read('a: 1\nb: "\\ud800"\n', "f.yaml")
