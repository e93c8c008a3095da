"""The address others post to: what is taken is kept, and all else is refused in one line."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from cockpit.config import Secret
from cockpit.observe.live.feeds import endpoint, spool
from cockpit.observe.live.feeds.listening import ListeningFeed, Posted, address_of
from cockpit.observe.live.source import Asked, SourceFailed
from cockpit.records import SECOND, BadInput
from cockpit.units import parse_instant
from tests.daemons import binary, free_port

NOW = parse_instant("2100-01-01T00:00:00Z")  # nothing posted is later
TOKEN = "s3cret-tökén"
DEPLOY = b'{"kind": "deploy", "text": "v42 to 100%", "version": "v42"}'


@pytest.fixture
def posted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Posted:
    monkeypatch.setenv("CHANGES_TOKEN", TOKEN)
    secret = Secret(env="CHANGES_TOKEN")
    return Posted(
        f"127.0.0.1:{free_port()}", "/changes", secret, "deploy", tmp_path / "feeds" / "posted"
    )


@asynccontextmanager
async def listening(posted: Posted) -> AsyncIterator[ListeningFeed]:
    feed = ListeningFeed("changes[0]", posted, every=10 * SECOND)
    try:
        yield feed
    finally:
        await feed.close()


async def ask(feed: ListeningFeed, mark: str) -> tuple[list[str], str]:
    found = await feed.ask(Asked(now=NOW, mark=mark, closing=False))
    assert found.failing == {}
    return [event.text for event in found.events], found.mark


def request(body: bytes = DEPLOY, *more: str, method: str = "POST /changes") -> bytes:
    head = [f"{method} HTTP/1.1", "Host: x", f"Content-Length: {len(body)}"]
    return "\r\n".join([*head, f"Authorization: Bearer {TOKEN}", *more, "", ""]).encode() + body


async def send(posted: Posted, message: bytes) -> tuple[int, str]:
    """The status and the line that a message is answered with."""
    host, port = address_of(posted.listen)
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(message)
    reply = (await asyncio.wait_for(reader.read(), 20.0)).decode()
    writer.close()
    head, _, text = reply.partition("\r\n\r\n")
    assert text.endswith("\n")
    assert text.count("\n") == 1
    return int(head.split()[1]), text.strip()


async def test_what_is_posted_is_told_once(posted: Posted) -> None:
    async with listening(posted) as feed:
        _, mark = await ask(feed, "")
        assert await send(posted, request()) == (202, "1 taken")
        lines = b'{"text": "a", "time": "2026-11-03T02:51:10Z"}\n\n{"text": "b", "kind": "flag"}\n'
        assert await send(posted, request(lines)) == (202, "2 taken")
        printed = json.dumps({"text": "printed", "segment": "region=BR"}, indent=2).encode()
        assert await send(posted, request(printed)) == (202, "1 taken")
        texts, after = await ask(feed, mark)
        assert texts == ["v42 to 100%", "a", "b", "printed"]
        assert (await ask(feed, after))[0] == []
        assert (await ask(feed, mark))[0] == texts


async def test_curl_as_the_docstring_says(posted: Posted) -> None:
    command = [binary("curl"), "-sS", "-H", f"Authorization: Bearer {TOKEN}", "--data-binary"]
    async with listening(posted) as feed:
        _, mark = await ask(feed, "")
        curl = await asyncio.create_subprocess_exec(
            *command, "@-", f"http://{posted.listen}/changes", stdin=-1, stdout=-1
        )
        assert await curl.communicate(DEPLOY) == (b"1 taken\n", None)
        assert (await ask(feed, mark))[0] == ["v42 to 100%"]
        large = await asyncio.to_thread(
            subprocess.run,
            [*command, "@-", "-w", "%{http_code}", f"http://{posted.listen}/changes"],
            input=b" " * 3_000_000,
            capture_output=True,
        )
        assert large.stdout == b"send at most 64 kB at a time\n413"


async def test_what_was_taken_outlives_the_process(posted: Posted) -> None:
    async with listening(posted) as feed:
        _, mark = await ask(feed, "")
        await send(posted, request())
    async with listening(posted) as another:  # nothing but the mark and the file is left
        assert (await ask(another, mark))[0] == ["v42 to 100%"]


async def test_it_is_on_disk_before_it_is_acknowledged(
    posted: Posted, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    kept = spool.os.fsync
    monkeypatch.setattr(spool.os, "fsync", lambda fd: (kept(fd), order.append("on disk")))
    said = endpoint.answer
    monkeypatch.setattr(endpoint, "answer", lambda *a: (order.append("said"), said(*a))[1])
    async with listening(posted) as feed:
        await ask(feed, "")
        order.clear()
        await send(posted, request())
        assert order == ["on disk", "said"]

        def full(descriptor: int) -> None:
            raise OSError(28, "No space left on device")

        before = posted.spool.read_bytes()
        monkeypatch.setattr(spool.os, "fsync", full)
        status, text = await send(posted, request())
        assert (status, "No space left" in text) == (503, True)
        assert posted.spool.read_bytes() == before


@pytest.mark.parametrize(
    ("message", "status", "words"),
    [
        (request(method="POST /other"), 404, "post to /changes"),
        (request(method="GET /changes"), 405, "post to /changes"),
        (request().replace(b"Bearer s3", b"Bearer S3"), 401, "show the token"),
        (request().replace(b"Bearer", b"Basic"), 401, "show the token"),
        (request().replace(b"Authorization", b"X-None"), 401, "show the token"),
        (request().replace(b"Content-Length", b"X-None"), 411, "Content-Length"),
        (request(DEPLOY, "Transfer-Encoding: chunked"), 411, "Content-Length"),
        (request(DEPLOY, "Content-Length: 3"), 400, "there twice"),
        (request().replace(b"Content-Length: ", b"Content-Length: -"), 400, "no number"),
        (request(b" " * 65_537), 413, "64 kB"),
        (request().replace(b"Length: ", b"Length: 9999999999"), 413, "64 kB"),
        (request(b""), 400, "nothing was posted"),
        (request(b"v42 is out"), 400, "line 1: not a JSON object"),
        (request(DEPLOY + b'\n{"kind": "deply"}'), 400, "line 2: kind: 'deply' is unknown"),
        (request(b'{"kind": "\\u001b[2J"}'), 400, "is unknown"),
        (request(b"[" * 60_000), 400, "line 1"),
        (request(b"\xff\xfe\x00"), 400, "line 1"),
        (b"\x16\x03\x01\x02\x00\r\n\r\n", 400, "no HTTP/1.1 request"),
        (b"POST /changes HTTP/1.1\r\nX: " + b"x" * 40_000, 431, "16 kB of headers"),
    ],
)
async def test_all_else_is_refused_in_one_line(
    posted: Posted, message: bytes, status: int, words: str
) -> None:
    async with listening(posted) as feed:
        _, mark = await ask(feed, "")
        answered, text = await send(posted, message)
        assert (answered, words in text) == (status, True), text
        assert text.isprintable()
        assert TOKEN not in text
        assert (await ask(feed, mark))[0] == [], "all of it is taken or none"


async def test_who_is_slow_or_leaves_holds_up_nobody(
    posted: Posted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoint, "_PATIENCE", 0.3)
    async with listening(posted) as feed:
        _, mark = await ask(feed, "")
        host, port = address_of(posted.listen)
        slow = [await asyncio.open_connection(host, port) for _ in range(20)]
        for _, writer in slow:
            writer.write(b"POST /changes HTTP/1.1\r\n")
        assert (await send(posted, request()))[0] == 202
        assert b" 408 " in await asyncio.wait_for(slow[0][0].readline(), 20.0)
        (_, half) = await asyncio.open_connection(host, port)
        half.write(request()[:-10])
        half.close()
        for _, writer in slow:
            writer.close()
        assert (await send(posted, request()))[0] == 202
        assert len((await ask(feed, mark))[0]) == 2


async def test_more_than_is_read_in_time_is_refused(
    posted: Posted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "_MOST_A_MINUTE", 200)
    async with listening(posted) as feed:
        await ask(feed, "")
        statuses = [(await send(posted, request()))[0] for _ in range(6)]
        assert statuses[0] == 202
        assert 429 in statuses


async def test_a_large_spool_is_begun_anew_and_nothing_is_lost(
    posted: Posted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "_LARGEST", 300)
    async with listening(posted) as feed:
        _, mark = await ask(feed, "")
        told = []
        for number in range(12):
            await send(posted, request(json.dumps({"text": str(number)}).encode()))
            texts, mark = await ask(feed, mark)
            told += texts
        texts, mark = await ask(feed, mark)
        assert [*told, *texts] == [str(number) for number in range(12)]
        assert posted.spool.with_name("posted.1").exists()


async def test_a_port_in_use_and_a_missing_token_fail_in_words(
    posted: Posted, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with listening(posted) as feed, listening(posted) as second_service:
        await ask(feed, "")
        _, mark = await ask(second_service, "")
        await feed.close()
        await send(posted, request())
        assert (await ask(second_service, mark))[0] == ["v42 to 100%"]
        async with listening(posted._replace(path="/reports")) as third:
            with pytest.raises(SourceFailed, match="address already in use"):
                await ask(third, "")
    monkeypatch.delenv("CHANGES_TOKEN")
    async with listening(posted) as feed:
        with pytest.raises(SourceFailed, match="CHANGES_TOKEN is not set"):
            await ask(feed, "")


def test_addresses() -> None:
    assert address_of("8099") == address_of(":8099") == ("127.0.0.1", 8099)
    assert address_of("[::1]:8099") == ("::1", 8099)
    assert address_of("0.0.0.0:80") == ("0.0.0.0", 80)
    for bad in ("", "host", "host:0", "host:99999", "a b:80", "host:80/x"):
        with pytest.raises(BadInput, match="no address to listen at"):
            address_of(bad)
