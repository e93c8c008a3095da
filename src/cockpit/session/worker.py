"""A process beside the interface that computes: the interface itself never waits for numpy.

It opens the same files to read only, and answers one question at a time over its stdin and stdout.
A question names a method of `Figures` from a closed list; questions and answers are msgpack, each
after four bytes that say how long it is. The other end of the pipes is in `computing.py`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal

import msgspec

from cockpit.records import BadInput, Record, Refused
from cockpit.views import Earlier, Experiment, View

if TYPE_CHECKING:
    from collections.abc import Callable

# What may be asked, by the names of the methods, and what each of them tells.
ANSWERS: dict[str, Any] = {
    "view": View,
    "seen_before": tuple[list[Earlier], list[str]],
    "fresh_draft": str,
    "experiment": Experiment,
}
_MOST_ENDS, _WITHIN = 3, 60.0  # so many ends in so many seconds, and no other is started meanwhile
# It imports what we would, and nothing from the folder where the person happens to be.
_START = (
    "import sys; sys.path[:] = sys.argv[2:];"
    " from cockpit.session.computing import compute; compute(sys.argv[1])"
)


class Question(Record, kw_only=True):
    """A method of `Figures` and what it is given: numbers, words, None, and paths as bytes."""

    method: str
    given: list[Any]


class Answer(Record, kw_only=True):
    """What the method returned, in msgpack, or the error it raised: "Crash" is one of ours."""

    told: msgspec.Raw = msgspec.Raw(b"\xc0")  # null
    error: Literal["", "BadInput", "Refused", "Crash"] = ""
    message: str = ""


class NoAnswer(BadInput):
    """The worker could not answer, by no fault of the person; the message is one line."""


class Worker:
    """The worker as the interface sees it: started by the first question, and again if it ends.

    Any thread may ask; they wait for each other. `say` gets a line when one was started again.
    """

    def __init__(self, incident: Path, say: Callable[[str], None]) -> None:
        self._command = [sys.executable, "-c", _START, str(incident.absolute()), *sys.path]
        self._say = say
        self._one_at_a_time = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._ends: list[float] = []  # when it ended of itself, the last few
        self._closed = False

    @property
    def pid(self) -> int | None:
        """The number of the process that runs now."""
        return None if self._process is None else self._process.pid

    def ask(self, method: str, *given: Any) -> Any:
        """What the method tells.

        Raises BadInput as the method does, NoAnswer, and OSError where none can be started.
        """
        question = msgspec.msgpack.encode(
            Question(method=method, given=list(given)), enc_hook=os.fsencode
        )
        with self._one_at_a_time:
            reply = self._reply(question)
            while reply is None:
                self._ended()
                reply = self._reply(question)
        answer = msgspec.msgpack.decode(reply, type=Answer)
        if not answer.error:
            return msgspec.msgpack.decode(answer.told, type=ANSWERS[method])
        kind = {"BadInput": BadInput, "Refused": Refused, "Crash": NoAnswer}[answer.error]
        raise kind(answer.message)

    def close(self) -> None:
        """End it; whoever waits for an answer gets NoAnswer."""
        self._closed = True
        if self._process is not None:
            self._process.kill()  # it only reads: there is nothing to be put in order
            self._process.wait()

    def _reply(self, question: bytes) -> bytes | None:
        """The bytes of its answer; None where it ended before it could give one."""
        process = self._process = self._process or self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            write_frame(process.stdin, question)
            return read_frame(process.stdout)
        except BrokenPipeError:
            return None

    def _started(self) -> subprocess.Popen[bytes]:
        if self._closed:
            raise NoAnswer("the cockpit is being left")
        now = time.monotonic()
        self._ends = [end for end in self._ends if now - end < _WITHIN]
        if len(self._ends) >= _MOST_ENDS:
            raise NoAnswer(
                f"the process that computes them ended {_MOST_ENDS} times within a minute;"
                " what you do is kept, and from a minute on each step tries again"
            )
        try:
            # In a session of its own: keys like ctrl-c and a hangup are for the interface.
            return subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as error:
            self._say(
                f"No process can be started ({error.strerror}): the interface computes by itself,"
                " and may answer late."
            )
            raise

    def _ended(self) -> None:
        """It ended, and nobody asked it to."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
        if not self._closed:
            self._ends.append(time.monotonic())
            if len(self._ends) < _MOST_ENDS:
                self._say("The process that computes ended and was started again; nothing is lost.")


def write_frame(stream: IO[bytes], frame: bytes) -> None:
    """Send one question or answer."""
    stream.write(len(frame).to_bytes(4, "big") + frame)
    stream.flush()


def read_frame(stream: IO[bytes]) -> bytes | None:
    """The next question or answer; None where the other side ended."""
    size = stream.read(4)
    if len(size) < 4:
        return None
    length = int.from_bytes(size, "big")
    frame = stream.read(length)
    return frame if len(frame) == length else None
