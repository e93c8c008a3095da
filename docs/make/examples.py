"""What commands really print: run here, on the sample incidents, and cut short."""

from __future__ import annotations

import json
import re
import tempfile
from contextlib import chdir
from functools import cache
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from cockpit.cli import main
from docs.make.belief import believed
from docs.make.worked import worked

ROOT = Path(__file__).resolve().parents[2]
WIDEST = 116
PREFERRED = {"metrics": "precision", "options": "segment_off", "tasks": "who_known"}
_LINES = re.compile(r"(?:(\d+) lines of )?cockpit (.*)")

PREDICTIONS = """timestamp,score,label,region,amount
2026-11-03T02:48:00Z,0.91,1,BR,12.5
2026-11-03T02:48:01Z,0.12,0,DE,80
2026-11-03T02:49:30Z,0.35,0,BR,7
"""
SMALLEST_MAP = "service: card-fraud\ntime: timestamp\nscore: score\nthreshold: 0.5\n"

# What is wrong, and the files it is in; what is not named is as it should be.
MISTAKES: tuple[tuple[str, dict[str, str]], ...] = (
    ("a column that is not there", {"map.yaml": SMALLEST_MAP.replace("e: score", "e: p_fraud")}),
    ("a key misspelt", {"map.yaml": SMALLEST_MAP.replace("threshold", "treshold")}),
    ("no time", {"map.yaml": SMALLEST_MAP.replace("time: timestamp\n", "")}),
    ("no service", {"map.yaml": SMALLEST_MAP.replace("service: card-fraud\n", "")}),
    ("a threshold in percent", {"map.yaml": SMALLEST_MAP.replace("0.5", "50")}),
    ("a bucket that is no duration", {"map.yaml": SMALLEST_MAP + "bucket: minute\n"}),
    ("a number where a name belongs", {"map.yaml": SMALLEST_MAP + "version: 42\n"}),
    ("a pair of three", {"map.yaml": SMALLEST_MAP + "segments: [[region, device, os]]\n"}),
    ("not YAML", {"map.yaml": SMALLEST_MAP + "segments: [region\n"}),
    ("a time zone that is none", {"cockpit.yaml": "timezone: Berlin\n"}),
    ("a share over one", {"cockpit.yaml": "options: {throttle: {shed: 120%}}\n"}),
    ("an event of an unknown kind", {"events.jsonl": '{"time": "2026-11-03", "kind": "deployed"}'}),
    ("an event at no time", {"events.jsonl": '{"time": "yesterday", "kind": "deploy"}'}),
    ("no row that can be used", {"log.csv": PREDICTIONS.replace("2026-11-03T", "on ")}),
)
CHECKED = """service: card-fraud
sources:
  metrics: {prometheus: "http://127.0.0.1:9"}
  predictions: {path: log.csv, time: timestamp, score: score, threshold: 0.5}
  changes: [{file: deploys.jsonl}]
"""
_OPTION_OF = {"map.yaml": "--map", "cockpit.yaml": "--config", "events.jsonl": "--events"}


def invoke(arguments: list[str], folder: Path = ROOT) -> Result:
    """A command as if typed in `folder`, with a state folder of its own."""
    with tempfile.TemporaryDirectory() as state, chdir(folder):
        runner = CliRunner(env={"COCKPIT_STATE": state})
        return runner.invoke(main, arguments, prog_name="cockpit", catch_exceptions=False)


def run(arguments: str) -> str:
    """A command and what it prints: 'cockpit verify F', or '9 lines of cockpit status F'."""
    match = _LINES.fullmatch(arguments)
    assert match is not None, arguments
    lines = invoke(match[2].split()).output.rstrip().split("\n")
    most = int(match[1] or len(lines))
    shown = [line if len(line) <= WIDEST else line[: WIDEST - 1] + "…" for line in lines[:most]]
    return _console(match[2], [*shown, *(["…"] if len(lines) > most else [])])


def _console(command: str, lines: list[str]) -> str:
    return "\n".join(["```console", f"$ cockpit {command}", *lines, "```"])


def json_of(arguments: str) -> str:
    """The JSON a command prints: of each list one entry and how many more, six digits a number."""
    command = arguments.removeprefix("cockpit ")
    return _json(invoke(command.split()).stdout)


def _json(printed: str) -> str:
    document = _short(json.loads(printed))
    text = json.dumps(document, indent=2, ensure_ascii=False)
    # Short lists and blocks on one line: windows, pairs.
    text = re.sub(r"([\[{])\s+([^\[\]{}]{1,90}?)\s+([\]}])", _one_line, text)
    return "\n".join(["```json", text, "```"])


def _one_line(match: re.Match[str]) -> str:
    return match[1] + re.sub(r"\s*\n\s*", " ", match[2]) + match[3]


def _short(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _short(inner, key) for key, inner in value.items()}
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if not isinstance(value, list) or len(value) < 2:
        return [_short(inner) for inner in value] if isinstance(value, list) else value
    chosen = [v for v in value if isinstance(v, dict) and v.get("id") == PREFERRED.get(name)]
    return [_short((chosen or value)[0]), f"… {len(value) - 1} more"]


def imported(_: str) -> str:
    """What a small import reports."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = PREDICTIONS + ",0.4,0,DE,3\n"
        (folder / "log.csv").write_text(rows, encoding="utf-8")
        (folder / "map.yaml").write_text(SMALLEST_MAP, encoding="utf-8")
        command = "import --predictions log.csv --map map.yaml -o outage.incident"
        result = invoke(command.split(), folder)
    return _console(command, [*result.stderr.splitlines(), *result.stdout.splitlines()])


def checked(option: str) -> str:
    """What a check says of a configuration whose server is down: a table, or with --json."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "cockpit.yaml").write_text(CHECKED, encoding="utf-8")
        (folder / "log.csv").write_text(PREDICTIONS, encoding="utf-8")
        result = invoke(["check", "cockpit.yaml", *option.split()], folder)
    assert result.exit_code == 3, result.output
    return (
        _json(result.stdout)
        if option
        else _console("check cockpit.yaml", result.stdout.splitlines())
    )


def refused(_: str) -> str:
    """What is said of each mistake in the files of an import."""
    rows = ["| mistake | what it says |", "|---|---|"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for mistake, wrong in MISTAKES:
            files = {"log.csv": PREDICTIONS, "map.yaml": SMALLEST_MAP, **wrong}
            arguments = ["import", "--predictions", "log.csv", "-o", "outage.incident"]
            for file, text in files.items():
                (folder / file).write_text(text, encoding="utf-8")
                if file in _OPTION_OF:
                    arguments += [_OPTION_OF[file], file]
            result = invoke(arguments, folder)
            assert result.exit_code == 2, (mistake, result.output)
            rows.append(f"| {mistake} | `` {result.stderr.strip()} `` |")
    return "\n".join(rows)


def by_hand(arguments: str) -> str:
    """The worked example: 'FILE at T', from the counts that `assess` prints to the table."""
    return "\n".join(["```", *worked(*_facts_and_table(arguments)), "```"])


def belief_by_hand(arguments: str) -> str:
    """How likely each fault is: 'FILE at T', from the signs that `options` prints."""
    _, table = _facts_and_table(arguments)
    return "\n".join(["```", *believed(table), "```"])


@cache
def _facts_and_table(arguments: str) -> tuple[dict[str, Any], dict[str, Any]]:
    file, at = arguments.split(" at ")
    facts, table = (
        json.loads(invoke([command, file, "--at", at, "--json"]).stdout)
        for command in ("assess", "options")
    )
    return facts, table
