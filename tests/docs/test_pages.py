"""The documentation says what the code does: generated parts, commands, files, fields and links."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import click
import msgspec
import pytest

from cockpit import config, records, silence, views
from cockpit.cli import main
from cockpit.config import Config, Predictions, check
from cockpit.config.schema import schema_text
from cockpit.decide.severity.policy import read_policy
from cockpit.ui.picture import with_dots
from cockpit.yamlfile import read
from docs.make import pages, picture, schema
from docs.make.reference import meanings_of

PAGES = pages.every()
DOCS = pages.ROOT / "docs"
POLICY = pages.ROOT / "src/cockpit/decide/severity/severity.yaml"
named = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(!?)\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def blocks(page: Path, language: str) -> list[str]:
    """What stands in the fenced blocks of a language."""
    return [body for name, body in _FENCE.findall(page.read_text()) if name == language]


@named
def test_generated_parts_are_current(page: Path) -> None:
    assert pages.current(page) == page.read_text(), "run make docs"


COMMANDS = [
    (page.name, line[2:])
    for page in PAGES
    for block in blocks(page, "console")
    for line in block.splitlines()
    if line.startswith("$ cockpit ")
]


@pytest.mark.parametrize(("page", "line"), COMMANDS)
def test_every_command_can_be_typed(page: str, line: str) -> None:
    _, name, *arguments = shlex.split(line.split(" | ")[0])
    command = main.get_command(click.Context(main), name)
    assert command is not None, name
    command.make_context(name, arguments)  # raises click.UsageError


@named
def test_links_lead_somewhere(page: Path) -> None:
    for _, target in _LINK.findall(page.read_text()):
        file, _, anchor = target.partition("#")
        if "://" in target:
            continue
        linked = (page.parent / file) if file else page
        assert linked.exists(), target
        if anchor:
            assert anchor in anchors(linked), target


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as code hosts make them."""
    titles = _HEADING.findall(page.read_text())
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@named
def test_pictures_are_our_own(page: Path) -> None:
    images = [target for bang, target in _LINK.findall(page.read_text()) if bang]
    assert all("://" not in target for target in images)
    assert "<img" not in page.read_text()


@named
def test_no_page_names_a_machine(page: Path) -> None:
    found = re.findall(r"(?<![\w.<])/(?:home|root|work|tmp|Users|usr|var)/\S*", page.read_text())
    assert found == []


def test_the_picture_fetches_nothing() -> None:
    svg = picture.PICTURE.read_text()
    addresses = set(re.findall(r"\w+://[^\s\"'<)]+", svg))
    assert addresses == {"http://www.w3.org/2000/svg"}  # a name space, not a place
    assert not re.search(r"@font-face|@import|url\((?!#)|<image|<script|xlink:href", svg)
    assert not any(0x2800 <= ord(character) < 0x2900 for character in svg)
    assert "IMPACT" in svg


def test_braille_becomes_dots_where_its_cell_was() -> None:
    text = '<text class="t" x="12.2" y="44.4" textLength="24.4">a⣿</text>'
    drawn = with_dots(text)
    assert "a&#160;</text>" in drawn
    assert drawn.count("h3.6v3.6") == 8


PRINTING = (records, views, silence)
PRINTED = (
    records.Assessment,
    views.OptionTable,
    views.Severity,
    views.Experiment,
    views.Status,
    views.Impact,
    views.PhaseMark,
    views.Checklist,
    views.Knowledge,
    views.Choice,
    views.Ask,
    views.TimelineEntry,
    views.Earlier,
    views.Checked,
    silence.Silence,
)


def test_every_field_of_the_json_is_described() -> None:
    page = (DOCS / "json.md").read_text()
    described = {
        name: re.findall(r"^\| `(\w+)` \|", body, re.MULTILINE)
        for name, body in re.findall(r"^### (\w+)\n(.*?)(?=^##|\Z)", page, re.MULTILINE | re.DOTALL)
    }
    for name, fields in described.items():
        struct = next(filter(None, (getattr(module, name, None) for module in PRINTING)))
        assert fields == list(struct.__struct_encode_fields__), name
    assert set().union(*map(reachable, PRINTED)) <= described.keys()


def test_every_key_of_the_configuration_has_a_meaning_and_a_place() -> None:
    page = (DOCS / "configuration.md").read_text()
    for name in reachable(Config):
        struct = getattr(config, name)
        assert f"<!-- make settings: {name} -->" in page, name
        meanings = meanings_of(struct)
        assert [f for f in struct.__struct_fields__ if not meanings.get(f)] == [], name


def test_the_schema_for_editors_is_current() -> None:
    assert schema.current() == schema_text(), "run make docs"


def test_the_schema_knows_every_key_of_the_samples() -> None:
    blocks = json.loads(schema_text())["$defs"]
    for path in (pages.ROOT / "sample_data").rglob("cockpit.yaml"):
        if "live" not in path.parent.name:  # a template, no YAML yet
            assert read(path).data.keys() <= blocks["Config"]["properties"].keys()
    services = blocks["Config"]["properties"]["services"]
    assert services["additionalProperties"] == {"$ref": "#/$defs/Config"}
    assert blocks["Prometheus"]["required"] == ["prometheus"]
    assert not any(block["additionalProperties"] for block in blocks.values())


def reachable(struct: type[msgspec.Struct]) -> set[str]:
    """Names of the struct and of all that it may hold."""
    schema = msgspec.json.schema(struct)
    return set(schema["$defs"])


def test_the_table_agrees_with_the_arithmetic_by_hand() -> None:
    page = (DOCS / "decisions.md").read_text()
    pairs = re.findall(r" = ([\d,.]+)(?: %)?    the table says ([\d,.]+)", page)
    assert len(pairs) == 4, "a belief, the wrong decisions of two options, the harm of one"
    for by_hand, in_table in pairs:
        here, there = (float(number.replace(",", "")) for number in (by_hand, in_table))
        assert here == pytest.approx(there, rel=0.02)


def test_the_belief_by_hand_is_that_of_the_table() -> None:
    page = (DOCS / "decisions.md").read_text()
    (here, there), *_ = re.findall(r"P\(\w+\) = ([\d.]+) %    the table says ([\d.]+) %", page)
    assert float(here) == pytest.approx(float(there), abs=0.02)


def test_the_policy_of_the_examples_can_be_read() -> None:
    rows = [body for body in blocks(DOCS / "first-config.md", "yaml") if "- level:" in body]
    assert rows, "no level of a policy is shown"
    packaged = read(POLICY.read_text(), "severity.yaml").data
    for row in read("levels:\n" + "".join(rows), "example").data["levels"]:
        there = [row if level["level"] == row["level"] else level for level in packaged["levels"]]
        assert read_policy(json.dumps(packaged | {"levels": there})).row(row["level"]).any


EXAMPLES = [
    block
    for page in PAGES
    for block in blocks(page, "yaml")
    if block.startswith(("# map.yaml", "# cockpit.yaml"))
]


@pytest.mark.parametrize("text", EXAMPLES)
def test_every_example_is_a_valid_file(text: str) -> None:
    document = read(text, "example")
    if text.startswith("# map.yaml"):
        assert document.convert(Predictions).service
    else:
        document.convert(Config, check)
