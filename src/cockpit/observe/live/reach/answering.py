"""One question with its time limit: what came of it, in a few words, with what to do."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import NamedTuple, TypeVar

from cockpit.observe.live.reach.mends import mend_of
from cockpit.observe.live.source import SourceFailed
from cockpit.records import BadInput
from cockpit.text import inert
from cockpit.views import Reached

T = TypeVar("T")

LONGEST_WAIT = 5.0  # seconds for one question
_LONGEST_WORDS = 300


class Answer(NamedTuple):
    """What a source says of itself; with a `mend` it is there, and yet something is not right."""

    said: str
    mend: str = ""


async def reached(source: str, address: str, asking: Awaitable[Answer]) -> Reached:
    """The outcome of a question, which never takes longer than LONGEST_WAIT and never raises."""
    try:
        async with asyncio.timeout(LONGEST_WAIT):
            answer = await asking
    except TimeoutError:
        return _failed(source, address, f"no answer within {LONGEST_WAIT:g} s")
    except (SourceFailed, BadInput) as error:
        return _failed(
            source, address, inert(str(error).removeprefix(f"{source}: "), _LONGEST_WORDS)
        )
    return Reached(
        source=source,
        address=address,
        outcome="doubtful" if answer.mend else "answered",
        said=answer.said,
        mend=answer.mend,
    )


def _failed(source: str, address: str, said: str) -> Reached:
    return Reached(source=source, address=address, outcome="failed", said=said, mend=mend_of(said))


async def aside(function: Callable[..., T], *arguments: object) -> T:
    """What a function that waits for files or servers returns, computed in a thread of its own.

    Whoever stops waiting for it is free: the thread does not keep the program from ending.
    """
    result: Future[T] = Future()
    result.set_running_or_notify_cancel()

    def run() -> None:
        try:
            result.set_result(function(*arguments))
        except BaseException as error:
            result.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return await asyncio.wrap_future(result)
