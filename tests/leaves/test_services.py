"""Several services in one configuration: each as if it stood alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from cockpit.config import Config, check
from cockpit.records import BadInput
from cockpit.services import load_service, load_services
from cockpit.yamlfile import load

SEVERAL = """\
timezone: Europe/Berlin
sources:
  metrics: {prometheus: "http://127.0.0.1:9090", every: 30s}
  changes: [{file: all.jsonl}, {file: more.jsonl}]
incident: {keep: 3d}
services:
  card-fraud:
    tier1: true
    sources:
      metrics: {every: 5s}
      changes: [{file: fraud.jsonl}]
  loans:
    incident: {look_back: 2h}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "cockpit.yaml"
    path.write_text(text)
    return path


def refusal(folder: Path, text: str, name: str = "") -> str:
    with pytest.raises(BadInput) as refused:
        load_service(written(folder, text), name) if name else load_services(written(folder, text))
    return str(refused.value)


def test_blocks_are_merged_and_lists_are_replaced(tmp_path: Path) -> None:
    services = load_services(written(tmp_path, SEVERAL))
    assert list(services) == ["card-fraud", "loans"]
    fraud, loans = services.values()
    assert (fraud.config.service, loans.config.service) == ("card-fraud", "loans")
    assert (fraud.config.tier1, loans.config.tier1) == (True, False)
    assert fraud.config.timezone == loans.config.timezone == "Europe/Berlin"
    metrics = fraud.config.sources.metrics
    assert not isinstance(metrics, list)
    assert metrics is not None
    assert (metrics.every, metrics.prometheus) == ("5s", "http://127.0.0.1:9090")
    assert [feed.file for feed in fraud.config.sources.changes] == ["fraud.jsonl"]
    assert len(loans.config.sources.changes) == 2
    assert (loans.config.incident.keep, loans.config.incident.look_back) == ("3d", "2h")
    assert fraud.folder == tmp_path


def test_the_text_of_a_service_is_that_service_alone(tmp_path: Path) -> None:
    for service in load_services(written(tmp_path, SEVERAL)).values():
        assert load(service.text, Config, "config", check) == service.config
        assert "services" not in service.text


def test_one_service_keeps_its_text_as_it_was(tmp_path: Path) -> None:
    text = "service: s  # a remark\n"
    (service,) = load_services(written(tmp_path, text)).values()
    assert (service.name, service.text) == ("s", text)
    assert load_service(service.path) == load_service(service.path, "s") == service


def test_an_error_names_the_line_of_the_service_or_of_what_holds_for_all(tmp_path: Path) -> None:
    own = SEVERAL.replace("every: 5s", "evry: 5s")
    assert refusal(tmp_path, own) == (
        "cockpit.yaml:10: sources.metrics.evry: unknown key; did you mean 'every'?"
    )
    common = SEVERAL.replace("keep: 3d", "keep: for long")
    assert refusal(tmp_path, common).startswith("cockpit.yaml:5: incident.keep: 'for long'")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("services: [a, b]", "cockpit.yaml:1: services: not a name each; write services: {"),
        ("services: {a: 1}", "services.a: not a block; write its own keys, or {}"),
        ("services: {' ': {}}", "no name that can be shown"),
        ('services: {"a\\u001b": {}}', "no name that can be shown"),
        ("services:\n  a: {service: b}", "cockpit.yaml:2: services.a.service: not in here"),
        ("services:\n  a: {services: {}}", "services.a.services: not in here"),
        ("services: {a: {}, a: {}}", "a: given twice; keep one of them"),
        ("timezone: UTC", "cockpit.yaml: service: missing; write what people call"),
    ],
)
def test_what_is_no_service_is_refused(tmp_path: Path, text: str, said: str) -> None:
    assert said in refusal(tmp_path, text)


def test_a_service_is_found_by_its_name(tmp_path: Path) -> None:
    path = written(tmp_path, SEVERAL)
    assert load_service(path, "loans") == load_services(path)["loans"]
    assert "services: no 'loan'; did you mean 'loans'?" in refusal(tmp_path, SEVERAL, "loan")
    with pytest.raises(BadInput, match="several; say which one, there are: card-fraud, loans"):
        load_service(path)
    assert "no service 'b'; there is a" in refusal(tmp_path, "service: a", "b")
