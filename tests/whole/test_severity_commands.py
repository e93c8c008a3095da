"""Severity by commands: asked for, marked, cleared, and judged by a policy of the team's own."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
import yaml

from cockpit.cli.tables import escalation
from cockpit.incident.file import IncidentFile
from cockpit.incident.schema import SEVERITY_POLICY
from cockpit.records import MINUTE, Refused
from cockpit.session import Session
from cockpit.views import LEVELS, Escalation, Severity
from tests.whole.conftest import cockpit, told, told_json
from tests.whole.made import START, Log, iso

TREE = ["on-call +49 1", "director +49 2"]
NOW = START + 30 * MINUTE


def at(minute: float) -> tuple[str, str]:
    return "--at", iso(START + int(minute * MINUTE))


def policy(**row: object) -> str:
    """A policy by which a ranking that is measured at all is SEV1."""
    everything = {"ranking_kept": True}, {"ranking_lost": True}
    levels = [{"level": level, "updates": {"internal": "45m"}} for level in LEVELS]
    levels[1] |= {"any": list(everything), "actions": ["ring the bell"], **row}
    return yaml.safe_dump({"levels": levels})


def imported(log: Log, folder: Path, own: str | None = None, **config: object) -> Path:
    """The import of a log with these keys in its configuration and a policy beside it."""
    arguments = log.write(folder)
    file = folder / "config.yaml"
    settings = yaml.safe_load(file.read_text("utf-8")) | config
    file.write_text(yaml.safe_dump(settings), encoding="utf-8")
    if own is not None:
        (folder / "severity.yaml").write_text(own, encoding="utf-8")
    out = folder / "made.incident"
    result = cockpit("import", *arguments, "-o", out)
    assert result.exit_code == 0, result.stderr
    return out


@pytest.fixture(scope="module")
def owned(log: Log, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An incident with a policy of the team's own, a compliance owner and a phone tree."""
    return imported(
        log,
        tmp_path_factory.mktemp("owned"),
        policy(),
        severity="severity.yaml",
        owner={"compliance": "Legal"},
        escalation={"tree": TREE},
    )


def test_what_is_printed_is_the_record_of_the_view(incident: Path) -> None:
    document = told_json("severity", incident, *at(30))
    assert document.pop("schema") == "cockpit.severity/1"
    with Session.read(incident) as session:
        assert document.pop("at") == NOW
        assert document.pop("as_of") <= NOW
        assert msgspec.convert(document, Severity) == session.view(NOW).severity
    text = told("severity", incident, *at(30))
    assert text.startswith(document["level"])
    assert all(why in text for why in document["evidence"])


def test_a_policy_of_one_s_own_is_kept_in_the_file_and_judges_it(owned: Path) -> None:
    with IncidentFile.open(owned) as file:
        assert file.document(SEVERITY_POLICY) == policy()
    (owned.parent / "severity.yaml").unlink()  # the file holds all that is needed
    document = told_json("severity", owned, *at(30))
    assert document["level"] == "SEV1"
    assert document["cadence"] == 45 * MINUTE
    assert document["actions"] == ["ring the bell"]


def test_where_none_is_named_none_is_kept(incident: Path) -> None:
    with IncidentFile.open(incident) as file:
        assert file.document(SEVERITY_POLICY) is None


@pytest.mark.parametrize(
    ("own", "severity", "said"),
    [
        (policy(acton=["x"]), "severity.yaml", "severity.yaml:"),
        (policy(acton=["x"]), "severity.yaml", "unknown key; did you mean 'actions'?"),
        (None, "sev.yaml", "severity: there is no file 'sev.yaml' beside it; write default"),
        (policy(), "..", "severity: there is no file '..' beside it"),
    ],
)
def test_a_policy_that_cannot_be_used_leaves_no_file(
    log: Log, tmp_path: Path, own: str | None, severity: str, said: str
) -> None:
    arguments = log.write(tmp_path)
    file = tmp_path / "config.yaml"
    settings = yaml.safe_load(file.read_text("utf-8")) | {"severity": severity}
    file.write_text(yaml.safe_dump(settings), encoding="utf-8")
    if own is not None:
        (tmp_path / "severity.yaml").write_text(own, encoding="utf-8")
    result = cockpit("import", *arguments, "-o", tmp_path / "made.incident")
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
    assert not (tmp_path / "made.incident").exists()


def test_a_file_without_its_policy_says_so(owned: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.incident"
    with (
        IncidentFile.open(owned) as source,
        IncidentFile.create(other, service="s", bucket=source.bucket) as target,
    ):
        target.put_document("config", source.document("config") or "")
        target.finish()
    result = cockpit("severity", other)
    assert result.exit_code == 2
    assert "severity: 'severity.yaml' is not kept in this file; import it again" in result.stderr


def test_a_mark_is_journalled_with_whom_to_call_and_cleared_by_its_owner_alone(
    owned: Path,
) -> None:
    told_text = told("flag", owned, "data-loss", "rows overwritten", *at(31))
    assert all(f"PHONE      {name}" in told_text for name in TREE)
    own = Path(told_text.splitlines()[-1])
    marked = told_json("severity", own, *at(32))
    assert (marked["level"], marked["safety"], marked["tree"]) == ("SEV0", "data loss", TREE)
    kinds = [entry["kind"] for entry in told_json("timeline", own, *at(32))["entries"]]
    assert kinds[-2:] == ["data_loss", "escalate"]
    refused = cockpit("clear", own, "--by", "Ada", "--reason", "restored", *at(33))
    assert refused.exit_code == 2
    assert "only the compliance owner clears a mark of data loss: Legal" in refused.stderr
    assert "cleared by legal" in told(
        "clear", own, "--by", "legal", "--reason", "restored", *at(33)
    )
    assert told_json("severity", own, *at(34))["level"] == "SEV1"


def test_without_a_named_owner_it_is_cleared_and_said(log: Log, tmp_path: Path) -> None:
    file = imported(log, tmp_path, owner={})
    text = told("flag", file, "privacy", "a name", *at(31))
    assert "page the incident commander at once, by" in text
    own = text.splitlines()[-1]
    cleared = told("clear", own, "--by", "Ada", "--reason", "no copy left", *at(33))
    assert "the configuration names no compliance owner (owner.compliance)" in cleared


def test_a_phone_tree_that_is_not_there_is_said() -> None:
    assert "no phone tree is configured (escalation.tree)" in escalation(
        Escalation(steps=[], tree=[], actions=[])
    )


def test_raising_takes_one_step_and_no_reason(incident: Path) -> None:
    with Session.replay(incident, resume=False) as session:
        level = session.view(NOW).status.severity
        steps = int(level.removeprefix("SEV"))
        assert steps > 0
        for step in range(steps - 1, -1, -1):
            assert session.raise_severity(NOW) == f"SEV{step}"
            assert session.view(NOW).status.confirmed
        with pytest.raises(Refused, match="SEV0 already"):
            session.raise_severity(NOW)
        found = session.flag("safety", "a dose", NOW)
        assert found.contain_by == NOW + 10 * MINUTE
