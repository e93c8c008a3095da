"""How a recording in the foreground ends: after a time or at a signal, and the exit code then."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Timer
from typing import TYPE_CHECKING, NoReturn

import click

from cockpit.records import SECOND

if TYPE_CHECKING:
    from types import FrameType

_ENDING = (signal.SIGTERM, signal.SIGINT)


class _Stopped(BaseException):
    """A signal came while there was nothing to complete."""

    def __init__(self, number: int) -> None:
        self.number = number


@contextmanager
def leaving_nothing() -> Iterator[None]:
    """SIGTERM and ctrl-c end the block, which cleans up, and the program with a line."""
    before = {number: signal.getsignal(number) for number in _ENDING}
    signal.signal(signal.SIGTERM, _stop)
    try:
        yield
    except _Stopped as stopped:
        _leave(stopped.number)
    except KeyboardInterrupt:
        _leave(signal.SIGINT)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(number: int, _: FrameType | None) -> NoReturn:
    raise _Stopped(number)


def _leave(number: int) -> NoReturn:
    click.echo("cockpit: stopped; nothing was written", err=True)
    raise SystemExit(128 + number)


class Ending:
    """Ends a recording after a time (µs), or at a signal: what was found by then is written."""

    def __init__(self, length: int | None) -> None:
        self._length = length
        self._timer: Timer | None = None
        self._interrupted = False

    def begin(self, stop: Callable[[], None]) -> None:
        """Call `stop` when it is over."""

        def end(number: int, _: FrameType | None) -> None:
            self._interrupted |= number == signal.SIGINT
            stop()

        for number in _ENDING:
            signal.signal(number, end)
        if self._length is not None:
            self._timer = Timer(self._length / SECOND, stop)
            self._timer.daemon = True
            self._timer.start()

    def exit(self) -> None:
        """Leave as programs do that ctrl-c ended, where it was that."""
        if self._interrupted:
            raise SystemExit(128 + signal.SIGINT)
