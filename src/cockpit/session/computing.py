"""The worker's own process: it answers what arrives on stdin, and ends when that ends."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import NoReturn

import msgspec

from cockpit.records import BadInput, Refused
from cockpit.session.crash import write_crash
from cockpit.session.looking import Looking
from cockpit.session.worker import ANSWERS, Answer, Question, read_frame, write_frame
from cockpit.text import inert

_NICER = 5  # the interface goes first where there are few cores
_LONGEST_LINE = 1_000


def compute(path: str) -> NoReturn:
    """Answer questions about an incident, or a replay's own file, for as long as there are any."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(_NICER)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    asked: SimpleQueue[bytes] = SimpleQueue()
    Thread(target=_receive, args=(asked,), daemon=True).start()
    opened: Looking | None = None
    while True:
        question = msgspec.msgpack.decode(asked.get(), type=Question)
        try:
            opened = opened or Looking.read(Path(path))
            answer = Answer(told=msgspec.Raw(msgspec.msgpack.encode(_told(opened, question))))
        except Refused as error:
            answer = Answer(error="Refused", message=inert(error, _LONGEST_LINE))
        except BadInput as error:
            answer = Answer(error="BadInput", message=inert(error, _LONGEST_LINE))
        except Exception as error:
            said = f"{type(error).__name__}; {write_crash(error)}"
            answer = Answer(error="Crash", message=inert(said, _LONGEST_LINE))
        write_frame(answers, msgspec.msgpack.encode(answer))


def _told(opened: Looking, question: Question) -> object:
    if question.method not in ANSWERS:
        raise BadInput(f"nobody may ask for {inert(question.method)}")
    given = [Path(os.fsdecode(x)) if isinstance(x, bytes) else x for x in question.given]
    return getattr(opened.figures, question.method)(*given)


def _receive(asked: SimpleQueue[bytes]) -> None:
    """Hand on what is asked; the interface's end is the end, whatever is being computed."""
    while (question := read_frame(sys.stdin.buffer)) is not None:
        asked.put(question)
    os._exit(0)
