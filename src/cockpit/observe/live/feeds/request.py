"""One HTTP request read with patience for none: bounded in size and time, refused in one line."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

LARGEST_BODY = 64 << 10  # bytes
LARGEST_HEAD = 16 << 10
_WORDS = {
    202: "Accepted",
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    411: "Length Required",
    413: "Content Too Large",
    429: "Too Many Requests",
    431: "Request Header Fields Too Large",
    503: "Service Unavailable",
}
_HEADERS = {401: "WWW-Authenticate: Bearer", 405: "Allow: POST", 429: "Retry-After: 60"}


class Refusal(Exception):
    """A request that is not taken: a status, and in one line how to mend it."""

    def __init__(self, status: int, mend: str) -> None:
        super().__init__(mend)
        self.status = status


class Head(NamedTuple):
    """The first lines of a request: its method, its path without a query, its headers."""

    method: str
    path: str
    headers: dict[str, str]  # names in lower case


async def read_head(reader: asyncio.StreamReader) -> Head:
    """The head of a request. Raises Refusal, and EOFError where nothing came."""
    try:
        text = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.LimitOverrunError:
        raise Refusal(431, f"send at most {LARGEST_HEAD >> 10} kB of headers") from None
    first, *lines = text.removesuffix("\r\n\r\n").split("\r\n")
    words = first.split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        raise Refusal(400, "this is no HTTP/1.1 request")
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or name.lower() in headers:
            raise Refusal(400, "a header is no header, or is there twice")
        headers[name.lower()] = value.strip()
    return Head(words[0], words[1].partition("?")[0], headers)


async def read_body(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: Head
) -> bytes:
    """The body that a head announces. Raises Refusal, and EOFError where it ends early."""
    length = head.headers.get("content-length", "")
    if "transfer-encoding" in head.headers or not length:
        raise Refusal(411, "send the body with a Content-Length, as curl --data-binary does")
    if not (length.isascii() and length.isdigit()):
        raise Refusal(400, "Content-Length is no number")
    if len(length) > 9 or int(length) > LARGEST_BODY:
        raise Refusal(413, f"send at most {LARGEST_BODY >> 10} kB at a time")
    if head.headers.get("expect", "").lower() == "100-continue":
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    return await reader.readexactly(int(length))


def answer(status: int, text: str) -> bytes:
    """A whole response of one line, after which the connection is closed."""
    body = f"{text}\n".encode()
    head = [
        f"HTTP/1.1 {status} {_WORDS[status]}",
        "Content-Type: text/plain; charset=utf-8",
        f"Content-Length: {len(body)}",
        "Connection: close",
    ]
    if status in _HEADERS:
        head.append(_HEADERS[status])
    return "\r\n".join([*head, "", ""]).encode() + body
