"""`cockpit check`: what it says, what it prints instead, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cockpit.config import Config, check
from cockpit.yamlfile import load, read_all
from tests.whole.conftest import cockpit, told, told_json

LOG = "  predictions: {path: log.csv, time: time, score: score}\n"
DOWN = '  metrics: {prometheus: "http://127.0.0.1:1", auth: {bearer: {env: PROM_TOKEN}}}\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a log, in which the command is typed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COCKPIT_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("PROM_TOKEN", "hunter2")
    (tmp_path / "log.csv").write_text("time,score\n2026-11-03T02:00:00Z,0.5\n")
    return tmp_path


def configured(folder: Path, text: str) -> None:
    (folder / "cockpit.yaml").write_text(text)


def test_where_all_is_there_it_ends_well(folder: Path) -> None:
    configured(folder, f"service: s\nsources:\n{LOG}")
    lines = told("check").splitlines()
    assert lines[0] == "s: the configuration is right"
    assert " ".join(lines[-1].split()) == (
        "ok sources.predictions log.csv 1 file, newest row 2026-11-03 02:00:00, 2 columns"
    )


def test_a_source_that_failed_is_exit_3_with_what_to_do(folder: Path) -> None:
    configured(folder, f"service: s\nsources:\n{DOWN}{LOG}")
    result = cockpit("check", "cockpit.yaml")
    assert result.exit_code == 3
    assert "connection refused\n        to do: start it, or mend its address" in result.stdout
    assert "newest row" in result.stdout
    assert "hunter2" not in result.output


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("service: s\nsurces: {}\n", "cockpit.yaml:2: surces: unknown key; did you mean 'sources'"),
        ("service: s\nseverity: own.yaml\n", "cockpit.yaml:2: severity: there is no file"),
        ("service: s\nsources: {predictions: {path: log.csv, score: score}}\n",
         "cockpit.yaml:2: time: missing"),
        ("timezone: UTC\n", "cockpit.yaml: service: missing"),
        ("service: s\nsources: {metrics: {prometheus: 'http://a:hunter2@b'}}\n",
         "cockpit.yaml:2: sources.metrics.prometheus: a user and a password do not belong"),
    ],
)  # fmt: skip
def test_a_configuration_that_is_wrong_is_exit_2_with_its_line(
    folder: Path, text: str, said: str
) -> None:
    configured(folder, text)
    result = cockpit("check")
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
    assert "hunter2" not in result.output


def test_each_of_several_services_is_checked_or_the_one_that_is_named(folder: Path) -> None:
    configured(folder, f"sources:\n{LOG}services: {{a: {{}}, b: {{timezone: Europe/Berlin}}}}\n")
    assert [each["service"] for each in told_json("check")["services"]] == ["a", "b"]
    assert [each["service"] for each in told_json("check", "--service", "b")["services"]] == ["b"]
    result = cockpit("check", "--service", "c")
    assert (result.exit_code, result.stderr) == (
        2,
        "cockpit: cockpit.yaml: no service 'c'; there are: a, b\n",
    )


def test_promises_that_are_no_objectives_are_listed(folder: Path) -> None:
    (folder / "slo.yaml").write_text(
        "version: prometheus/v1\nservice: s\nslos: [{name: of-a-plugin, objective: 99,"
        " sli: {plugin: {id: x}}}]\n"
    )
    configured(folder, f"service: s\nsources:\n{DOWN}objectives_from: [{{file: slo.yaml}}]\n")
    assert cockpit("check").stdout.endswith(
        "promises of files that are no objectives:\n"
        "slo.yaml:3: 'of-a-plugin' its queries are made by a plugin of Sloth\n"
    )


def test_the_effective_configuration_is_the_same_one_with_no_secret_in_it(folder: Path) -> None:
    text = (
        f"timezone: Europe/Berlin\nsources:\n{DOWN}{LOG}"
        "services: {a: {tier1: true}, b: {timezone: UTC}}\n"
    )
    configured(folder, text)
    printed = told("check", "--effective")
    first, second = (document.convert(Config, check) for document in read_all(printed, "printed"))
    assert (first.service, first.tier1, first.timezone) == ("a", True, "Europe/Berlin")
    assert (second.service, second.tier1, second.timezone) == ("b", False, "UTC")
    assert "hunter2" not in printed
    assert "env: PROM_TOKEN" in printed
    again = folder / "again.yaml"
    again.write_text(told("check", "--effective", "--service", "a"))
    assert load(again, Config, check=check) == first


def test_paths_say_where_files_are_and_write_none(folder: Path) -> None:
    configured(folder, "service: s\n")
    rows = [line.split() for line in told("check", "--paths").splitlines()]
    assert rows[0] == ["configuration", "cockpit.yaml"]
    assert ["recordings", str(folder / "state" / "recordings"), "not", "there"] in rows
    assert ["incidents", str(folder / "state" / "incidents"), "not", "there"] in rows
    assert not (folder / "state").exists()


def test_the_schema_is_json_and_asks_for_no_configuration(folder: Path) -> None:
    schema = json.loads(told("check", "--schema"))
    assert schema["$defs"]["Config"]["properties"]["service"]["type"] == "string"


def test_two_things_are_not_printed_at_once(folder: Path) -> None:
    result = cockpit("check", "--schema", "--paths")
    assert result.exit_code == 2
    assert "print one thing each" in result.stderr
