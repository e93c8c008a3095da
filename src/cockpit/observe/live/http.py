"""The one HTTP client of every live source: bounded, and what goes wrong is a few inert words."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING

import httpx

from cockpit.config.secrets import auth_headers, hide_secrets
from cockpit.observe.live.source import SourceFailed
from cockpit.observe.live.tls import Trust
from cockpit.records import SECOND, BadInput
from cockpit.text import inert

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cockpit.config import Auth

MOST_BYTES = 64 << 20  # of one answer
_MOST_REDIRECTS = 3


class TooMuch(SourceFailed):
    """An answer too long to have, in bytes or in time: a shorter question may be answered."""


class StatusFailed(SourceFailed):
    """The server answered, with a status that is none of 2xx; `body` is what it said with it."""

    def __init__(self, message: str, status: int, body: bytes) -> None:
        super().__init__(message)
        self.status = status
        self.body = body


class Server:
    """A server that is asked over HTTP. Asking changes nothing there, so it may be asked twice.

    What does change something there is sent by `change` alone, and but once.
    """

    def __init__(
        self,
        address: str,
        auth: Auth,
        *,
        timeout: int = 5 * SECOND,
        at_once: int = 4,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        """`timeout` (µs) is for one whole answer. Raises BadInput for what is no address."""
        self.address = address.rstrip("/")
        self._auth = auth
        self._timeout = timeout / SECOND
        self._most_bytes = most_bytes
        self._turn = asyncio.Semaphore(at_once)
        self._trust = Trust(auth)
        self._client: httpx.AsyncClient | None = None
        self._host = _host(self.address)
        self.ahead: int | None = None  # µs by which its clock is ahead of ours, to a second

    async def get(self, path: str, query: Mapping[str, str] | None = None) -> bytes:
        """What the server says to GET <address><path>. Raises SourceFailed."""
        return await self._ask("GET", path, query=query)

    async def post(
        self,
        path: str,
        *,
        form: Mapping[str, str] | None = None,
        json: object = None,
    ) -> bytes:
        """What the server says to a POST of a form, or else of JSON. Raises SourceFailed."""
        return await self._ask("POST", path, form=form, json=json)

    async def change(self, method: str, path: str, json: object = None) -> bytes:
        """What the server says to a request that changes something there. Raises SourceFailed."""
        return await self._ask(method, path, json=json, once=True)

    def hide(self, text: str) -> str:
        """What the server says, less the secrets that it may repeat."""
        return hide_secrets(text, self._auth)

    async def close(self) -> None:
        """Let go of every connection."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _ask(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        json: object = None,
        *,
        once: bool = False,
    ) -> bytes:
        async with self._turn:
            try:
                async with asyncio.timeout(self._timeout):
                    client = self._connected()
                    request = client.build_request(
                        method,
                        self.address + path,
                        params=query,
                        data=form,
                        json=json,
                        headers={**auth_headers(self._auth), "Accept-Encoding": "identity"},
                    )
                    try:
                        return await self._answer(client, request)
                    except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
                        if once:
                            raise
                        # A kept connection may have been closed since: once more, on a new one.
                        return await self._answer(client, request)
            except BadInput as error:
                raise SourceFailed(str(error)) from None
            except (TimeoutError, httpx.TimeoutException):
                raise TooMuch(f"no answer within {self._timeout:g} s") from None
            except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
                raise SourceFailed(_cause(error)) from None

    def _connected(self) -> httpx.AsyncClient:
        self._trust.refresh()
        if self._client is None:
            self._client = httpx.AsyncClient(
                verify=self._trust.context,
                timeout=self._timeout,
                # A proxy of the environment is for the world outside, not for this machine.
                trust_env=not _is_loopback(self._host),
            )
        return self._client

    async def _answer(self, client: httpx.AsyncClient, request: httpx.Request) -> bytes:
        origin = _origin(request.url)
        for _ in range(_MOST_REDIRECTS + 1):
            response = await client.send(request, stream=True)
            self.ahead = _ahead(response.headers.get("Date", ""))
            try:
                if response.next_request is None:
                    return await self._body(response)
            finally:
                await response.aclose()
            request = response.next_request
            if _origin(request.url) != origin:
                raise SourceFailed("redirects to another host")
        raise SourceFailed("redirects in a circle")

    async def _body(self, response: httpx.Response) -> bytes:
        body = bytearray()
        try:
            async for piece in response.aiter_bytes():
                body += piece
                if len(body) > self._most_bytes:
                    raise TooMuch(f"too large: over {self._most_bytes >> 20} MB")
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.DecodingError):
            raise SourceFailed("half an answer") from None
        if not response.is_success:
            words = f"HTTP {response.status_code}{self._refused(response.status_code)}"
            raise StatusFailed(words, response.status_code, bytes(body))
        if body.lstrip()[:1] == b"<":
            raise SourceFailed("an HTML page")
        return bytes(body)

    def _refused(self, status: int) -> str:
        if status not in (401, 403):
            return ""
        if self._auth.bearer is not None:
            return ": the token is refused"
        if self._auth.basic is not None:
            return ": user and password are refused"
        if self._auth.headers:
            return ": what our headers say is refused"
        return ": it asks who we are; name `auth`"


def _ahead(date: str) -> int | None:
    """How far a Date header (whole seconds) is ahead of our clock, µs; None where it is none."""
    try:
        theirs = parsedate_to_datetime(date).timestamp()
    except (ValueError, OverflowError):
        return None
    return round((theirs + 0.5 - time.time()) * SECOND)


def _host(address: str) -> str:
    """The host of an address. Raises BadInput."""
    shown = inert(address)
    try:
        url = httpx.URL(address)
    except (httpx.InvalidURL, ValueError):
        raise BadInput(f"'{shown}' is no address; write one like http://host:9090") from None
    if url.userinfo:
        raise BadInput("an address holds no user or password; name them in `auth.basic`")
    if url.scheme not in ("http", "https") or not url.host or url.query or url.fragment:
        raise BadInput(f"'{shown}' is no address; write one like http://host:9090")
    return url.host


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _cause(error: BaseException) -> str:
    """Why no answer came, in words of our own: an error of a library may quote what was sent."""
    causes = list(_causes(error))
    for kind, words in _WORDS.items():
        if any(isinstance(cause, kind) for cause in causes):
            return words
    return "cannot be asked"


_WORDS: dict[type[BaseException], str] = {
    ssl.SSLCertVerificationError: "certificate not trusted",
    ssl.SSLError: "no TLS with it",
    socket.gaierror: "name not found",
    ConnectionRefusedError: "connection refused",
    httpx.ProxyError: "the proxy refuses",
    httpx.UnsupportedProtocol: "redirects to no address of the web",
    httpx.ConnectError: "cannot be reached",
    httpx.NetworkError: "connection dropped",
    httpx.RemoteProtocolError: "connection dropped, or no HTTP",
}


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        if isinstance(error, BaseExceptionGroup):
            for each in error.exceptions:
                yield from _causes(each)
        error = error.__cause__ or error.__context__
