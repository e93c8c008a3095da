"""First useful paint: from exec until status, impact and containment table can be read."""

from __future__ import annotations

from pathlib import Path
from statistics import median

from bench.figures import Figure, milliseconds
from bench.harness import COCKPIT, SAMPLE, environment, in_turn, script
from bench.terminal import Terminal

RUNS = 11
MOST = 1.5  # times the bare application
USEFUL = ("SEV", "IMPACT", "rollback", "kill switch")


def measure(folder: Path) -> list[Figure]:
    """The paint of `cockpit replay` beside a Textual application of three widgets."""
    variables = environment(folder)

    def cockpit() -> float:
        with Terminal([*COCKPIT, "replay", str(SAMPLE), "--fresh", "--paused"], variables) as shown:
            return shown.seconds_until(lambda text: all(word in text for word in USEFUL))

    def bare() -> float:
        with Terminal(script("bare_app.py"), variables) as shown:
            return shown.seconds_until(lambda text: "ready to read" in text)

    ours, theirs = (median(times) for times in in_turn(RUNS, cockpit, bare))
    return [
        Figure(
            what="first useful paint of `cockpit replay`",
            measured=f"{milliseconds(ours)}, {ours / theirs:.2f} ×",
            reference=f"bare Textual Header + Static + Footer: {milliseconds(theirs)}",
            goal=f"≤ {MOST} ×",
            met=ours / theirs <= MOST,
        )
    ]
