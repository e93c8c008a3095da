"""On a real terminal: what is written, how it is left, what is imported at first."""

import os
import signal
import subprocess
import sys

import pytest

from tests.ui.terminal import PYTHONPATH, ROOT, Terminal

BY_HAND = ("-m", "tests.ui.by_hand")
KEPT = "kept in /state/replays/card-fraud-8f3a5be2-1.incident"
# Alternate screen left, cursor shown, kitty keys and bracketed paste off.
RESTORED = (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[<u", b"\x1b[?2004l")


@pytest.fixture
def home(tmp_path):
    return {"XDG_STATE_HOME": str(tmp_path / "state"), "XDG_DATA_HOME": str(tmp_path / "data")}


def opened(speed, home, **options):
    terminal = Terminal(*BY_HAND, speed, **home, **options)
    terminal.read_until("degraded")
    terminal.read(0.5)
    return terminal


def test_a_paused_screen_writes_nothing(home):
    terminal = opened("0", home)
    terminal.read(1.5)
    assert terminal.read(3.0) == b""
    terminal.type("q")
    assert terminal.wait() == 0


def test_a_running_one_writes_little_and_a_key_not_the_whole_screen(home):
    terminal = opened("1", home)
    terminal.read(2.0)
    ticks = terminal.read(5.0)
    assert 0 < len(ticks) / 5.0 < 2_000
    terminal.type("j")
    assert 0 < len(terminal.read(0.5)) < 4_000
    terminal.type("c")
    terminal.read_until("choose 1 of 4")
    terminal.type("q\x1b")
    terminal.read(1.0)
    terminal.type("q")
    assert terminal.wait() == 0
    assert all(code in terminal.raw for code in RESTORED)
    assert terminal.raw.rstrip().endswith(KEPT.encode())


def test_a_running_system_writes_little_and_a_held_one_nothing(home):
    terminal = opened("live", home)
    terminal.read(2.0)
    ticks = terminal.read(6.0)
    assert 0 < len(ticks) / 6.0 < 1_000
    terminal.type(" ")
    terminal.read_until("LOOKING AT")
    terminal.read(2.0)
    assert terminal.read(3.0) == b""
    terminal.type("q")
    assert terminal.wait() == 0
    assert b"kept in /state/incidents/card-fraud" in terminal.raw


def test_the_mouse_is_never_asked_for(home):
    terminal = opened("0", home)
    terminal.type("q")
    terminal.wait()
    assert not any(
        code in terminal.raw for code in (b"\x1b[?1000h", b"\x1b[?1003h", b"\x1b[?1006h")
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_the_terminal_clean_and_the_draft_saved(number, home):
    terminal = opened("1", home)
    terminal.type("b")
    terminal.read_until("briefing for exec")
    terminal.read_until("Card payments")
    terminal.type("typed ")
    terminal.read_until("typed")
    before = len(terminal.raw)
    terminal.signal(number)
    assert terminal.wait() == 128 + number
    after = terminal.raw[before:]
    assert all(code in after for code in RESTORED)
    assert b"Traceback" not in terminal.raw
    assert b"saved: typed " in after


def test_a_closed_terminal_ends_it_in_order(home, tmp_path):
    witness = tmp_path / "saved"
    terminal = opened("1", home, COCKPIT_TEST_WITNESS=str(witness))
    terminal.type("b")
    terminal.read_until("Card payments")
    terminal.type("typed ")
    terminal.read_until("typed")
    terminal.hang_up()
    assert terminal.wait() in (128 + signal.SIGHUP, 1)
    assert witness.read_text(encoding="utf-8").startswith("typed ")


def test_a_crash_is_one_line_and_a_report_without_values(home, tmp_path):
    terminal = opened("1", home, COCKPIT_TEST_CRASH="1")
    terminal.type("z")
    assert terminal.wait() == 1
    assert all(code in terminal.raw for code in RESTORED)
    shown = terminal.raw[terminal.raw.rindex(b"\x1b[?1049l") :].decode()
    assert "The cockpit stopped: RuntimeError" in shown
    assert "hunter2" not in terminal.raw.decode(errors="replace")
    (report,) = (tmp_path / "state" / "cockpit").glob("crash-*.txt")
    assert "hunter2" not in report.read_text(encoding="utf-8")
    assert "action_undo" in report.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("environment", "said"),
    [({"TERM": "dumb"}, "TERM is dumb"), ({"PYTHONIOENCODING": "latin-1"}, "set LANG=C.UTF-8")],
)
def test_a_terminal_that_cannot_show_it_is_told_so_in_one_line(environment, said, home):
    terminal = Terminal(*BY_HAND, "0", **home, **environment)
    assert terminal.wait() == 2
    text = terminal.raw.decode(errors="replace").strip()
    assert said in text
    assert "\x1b" not in text
    assert text.count("\n") == 0


def test_a_redirected_stderr_is_told_so(home):
    done = subprocess.run(
        [sys.executable, *BY_HAND, "0"],
        env={**os.environ, **home, "PYTHONPATH": PYTHONPATH, "TERM": "xterm", "LANG": "C.UTF-8"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "is not a terminal" in done.stderr


def test_no_color_and_sixteen_colours_use_the_terminals_own(home):
    terminal = opened("0", home, NO_COLOR="1")
    terminal.type("q")
    terminal.wait()
    assert b"38;2;" not in terminal.raw
    assert b"48;2;" not in terminal.raw


def test_nothing_numeric_is_imported_before_the_first_paint():
    heavy = ("numpy", "scipy", "pandas", "pyarrow", "jinja2", "markdown_it")
    code = f"import sys, cockpit.ui.run; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": PYTHONPATH},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
