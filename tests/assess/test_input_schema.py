"""Input schemas in the forms people have them, and what is said of two versions and a file."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cockpit.assess.drift.input_schema import read_schema, schema_findings
from cockpit.assess.estimates import Moment
from cockpit.assess.inputs import Inputs
from cockpit.records import BadInput, Window

LAB = Path(__file__).parents[2] / "sample_data" / "lab"
HOUR = Window(start=0, end=3_600_000_000)
EMPTY = Inputs(
    at=0,
    as_of_fast=0,
    as_of_slow=0,
    infra_window=HOUR,
    quality_window=HOUR,
    history_window=HOUR,
    now={},
)
COLUMNS = [
    {"name": "amount", "type": "double", "required": True},
    {"name": "hour", "type": "long", "required": False},
]
# The same two columns, as different tools write them.
FORMS = [
    json.dumps({"inputs": json.dumps(COLUMNS), "outputs": None}),
    json.dumps({"inputs": COLUMNS}),
    yaml.safe_dump({"flavors": {}, "signature": {"inputs": json.dumps(COLUMNS, indent=4)}}),
    json.dumps(
        {
            "type": "object",
            "properties": {"amount": {"type": "double"}, "hour": {"type": "long"}},
            "required": ["amount"],
        },
        indent="\t",
    ),
    "amount: double\nhour: long\n",
    "{amount: {type: double}, hour: {type: long}}",
    "- amount\n- hour\n",
    '["amount", "hour"]',
]


def findings(*columns: str, **schemas: str) -> list[str]:
    return schema_findings(Moment(replace(EMPTY, schemas=schemas, columns=columns), None))


@pytest.mark.parametrize("text", FORMS)
def test_every_usual_form_is_read(text: str) -> None:
    schema = read_schema(text)
    assert list(schema) == ["amount", "hour"]
    assert (schema["amount"].kind, schema["hour"].kind) in (("double", "long"), ("", ""))
    assert schema["amount"].required


@pytest.mark.parametrize("text", FORMS[:4])
def test_a_column_may_be_optional(text: str) -> None:
    assert not read_schema(text)["hour"].required


@pytest.mark.parametrize(
    "text",
    [
        "",
        "just words",
        "7",
        "[]",
        "{}",
        "[1, 2]",
        "{a: {b: {c: 1}}}",
        '{"inputs": "not [ yaml"}',
        '{"inputs": [{"type": "tensor", "tensor-spec": {"dtype": "float64"}}]}',
        "flavors: {sklearn: {}}\nrun_id: x\n",
        "[" * 5_000,
        "a: &a [1]\nb: *a\n",
        "\ud800",
    ],
)
def test_anything_else_is_said_to_be_unreadable(text: str) -> None:
    with pytest.raises(BadInput):
        read_schema(text)
    (said,) = findings("amount", v1=text)
    assert said.startswith("the input schema of v1 cannot be read: ")
    assert said.isprintable()


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_text_makes_it_raise(one: str, other: str) -> None:
    for said in findings("amount", v1=one, v2=other):
        assert said.isprintable()


def test_what_a_version_reads_that_the_one_before_did_not() -> None:
    assert findings(
        v9="{a: long, b: long, old: long}", v10="{a: long, b: double, x: double, y: string}"
    ) == [
        "v10 reads x (double) and y (string), which v9 does not",
        "v10 no longer reads old",
        "b is double in v10, long in v9",
    ]


def test_a_column_that_became_required_is_said() -> None:
    before = '{"properties": {"a": {"type": ["number", "null"]}}}'
    after = '{"properties": {"a": {"type": "number"}}, "required": ["a"]}'
    assert findings(v1=before, v2=after) == [
        "a is number in v2, number or null in v1",
        "a must be there for v2; v1 could do without",
    ]


def test_columns_that_are_not_logged_are_said_where_inputs_are_logged_at_all() -> None:
    schema = "[a, b, c]"
    assert findings("id", "a", "score", v1=schema) == ["v1 needs b and c, which are not logged"]
    assert findings("id", "score", v1=schema) == []
    assert findings(v1=schema) == []
    assert findings("a", v1=FORMS[1]) == []
    assert findings("hour", v1=FORMS[1]) == ["v1 needs amount, which is not logged"]


def test_many_columns_are_counted_and_hostile_names_are_inert() -> None:
    (said,) = findings(v1="[a]", v2=json.dumps(["a", "\x1b[2J", *"bcdefgh"]))
    assert said == "v2 reads ␛[2J, b, c, d, e and 3 more, which v1 does not"


@pytest.mark.parametrize("sample", ["card-fraud-rollout", "unit-swap"])
def test_the_samples_schemas_tell_what_v42_gained(sample: str) -> None:
    schemas = {
        version: (LAB / sample / "schemas" / f"MLmodel-{version}.yaml").read_text()
        for version in ("v41", "v42")
    }
    assert findings("amount", "hour", **schemas)[0] == (
        "v42 reads merchant_risk (double), which v41 does not"
    )


def test_two_words_for_one_type_are_no_change():
    older = json.dumps({"properties": {"a": {"type": "number"}, "b": {"type": "integer"}}})
    for newer, found in (
        ({"a": "double", "b": "long"}, 0),
        ({"a": "float", "b": "integer"}, 0),
        ({"a": "long", "b": "double"}, 2),
    ):
        schemas = {
            "v1": older.replace("}}}", '}}, "required": ["a", "b"]}'),
            "v2": json.dumps(newer),
        }
        assert len(schema_findings(Moment(replace(EMPTY, schemas=schemas), None))) == found
