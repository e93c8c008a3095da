"""Silencing alerts of a service: its Alertmanager is asked what that would do, and then told."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from cockpit.records import MINUTE, Refused, Unreachable, naming
from cockpit.text import inert
from cockpit.units import duration, parse_duration

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from cockpit.config import Alertmanager
    from cockpit.observe.live.alertmanager.client import Client
    from cockpit.silence import Silence

T = TypeVar("T")
_MOST_APART = MINUTE  # between its clock and ours


def preview(
    settings: Alertmanager | None, alert: str, length: str, comment: str, *, at: int, author: str
) -> Silence:
    """What would be sent at `at`, and which alerts it would hold back; nothing is sent yet.

    `alert` is a name, or matchers as text. Raises BadInput, Unreachable where nobody answers.
    """
    from cockpit.act import alertmanager as act

    named = _needed(settings)
    matchers, span = act.matchers_of(alert, named.matchers), parse_duration(length)

    def described(alerts: list[str]) -> Silence:
        return act.preview(matchers, alerts, at=at, length=span, author=author, comment=comment)

    described([])  # what makes no sense is said before anybody is asked

    async def ask(client: Client) -> Silence:
        fires = await _fires(client, [matcher.text for matcher in matchers])
        apart = client.ahead or 0
        if abs(apart) > _MOST_APART:
            which = "ahead of" if apart > 0 else "behind"
            raise Refused(
                f"its clock is {duration(apart)} {which} ours, so a silence would not begin and end"
                " when it is said to; set the clocks first"
            )
        return described(fires)

    return _asked(named, ask)


def make(settings: Alertmanager | None, silence: Silence) -> Silence:
    """Send what was shown; the same with its id. Raises BadInput, Unreachable."""
    from cockpit.act import alertmanager as act

    return _asked(_needed(settings), lambda client: act.make(client, silence), changes=True)


def find(settings: Alertmanager | None, silence: str) -> Silence:
    """A silence that is to be ended, with the alerts that it holds back. Raises BadInput."""

    async def ask(client: Client) -> Silence:
        for known in await client.silences():
            if known.id == silence and not known.has_expired:
                matchers = [matcher.text for matcher in known.described([]).matchers]
                return known.described(await _fires(client, matchers))
        raise Refused(f"there is no silence '{inert(silence)}' that has not ended")

    return _asked(_needed(settings), ask)


def expire(settings: Alertmanager | None, silence: Silence) -> None:
    """End a silence now. Raises BadInput, Unreachable."""
    from cockpit.act import alertmanager as act

    _asked(_needed(settings), lambda client: act.expire(client, silence), changes=True)


async def _fires(client: Client, matchers: list[str]) -> list[str]:
    alerts, _ = await client.alerts(matchers)
    return sorted(alert.words for alert in alerts)


def _needed(settings: Alertmanager | None) -> Alertmanager:
    if settings is None:
        raise Refused("no Alertmanager is named; write its address to sources.alerts.alertmanager")
    return settings


def _asked(
    settings: Alertmanager, work: Callable[[Client], Awaitable[T]], *, changes: bool = False
) -> T:
    """What the Alertmanager says to `work`; a failure is one line."""
    from cockpit.observe.live.alertmanager.client import Client
    from cockpit.observe.live.http import TooMuch
    from cockpit.observe.live.source import SourceFailed

    async def run() -> T:
        client = Client(settings)
        try:
            return await work(client)
        finally:
            await client.close()

    with naming("sources.alerts"):
        try:
            return asyncio.run(run())
        except TooMuch as error:
            unknown = "; whether it was done is not known: look before trying again"
            raise Unreachable(f"{error}{unknown if changes else ''}") from None
        except SourceFailed as error:
            raise Unreachable(str(error)) from None
