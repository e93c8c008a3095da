"""The HTTP client of live sources against servers that are slow, wrong, lying or gone."""

from __future__ import annotations

import asyncio
import gzip
import json
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from cockpit.config import Auth, Basic, Secret
from cockpit.observe.live.http import Server, StatusFailed
from cockpit.observe.live.source import SourceFailed
from cockpit.records import SECOND, BadInput
from tests.daemons import free_port

Answering = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def serving(answering: Answering, trust: ssl.SSLContext | None = None) -> Iterator[str]:
    """A server on loopback that answers every question with `answering`; its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            answering(self)

        def do_POST(self) -> None:
            answering(self)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if trust is not None:
        server.socket = trust.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        scheme = "http" if trust is None else "https"
        yield f"{scheme}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def say(handler: BaseHTTPRequestHandler, body: bytes, status: int = 200, **headers: str) -> None:
    handler.send_response(status)
    for name, value in {"Content_Length": str(len(body)), **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


async def failure(address: str, auth: Auth | None = None, **limits: int) -> str:
    """Why asking fails, in the words that people read."""
    server = Server(address, auth or Auth(), **limits)
    try:
        with pytest.raises(SourceFailed) as failed:
            await server.get("/api")
        return str(failed.value)
    finally:
        await server.close()


async def test_get_and_post_ask_below_the_address_and_want_no_compression():
    asked = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers.get("Content-Length", 0))
        body = handler.rfile.read(length).decode()
        asked.append((handler.command, handler.path, handler.headers["Accept-Encoding"], body))
        say(handler, b"{}")

    with serving(answer) as address:
        server = Server(address + "/prefix/", Auth())
        assert await server.get("/api", {"q": "a b"}) == b"{}"
        assert await server.post("/api", form={"q": "1"}) == b"{}"
        assert await server.post("/api", json=[1]) == b"{}"
        await server.close()
    assert asked == [
        ("GET", "/prefix/api?q=a+b", "identity", ""),
        ("POST", "/prefix/api", "identity", "q=1"),
        ("POST", "/prefix/api", "identity", "[1]"),
    ]


@pytest.mark.parametrize(
    ("answering", "words"),
    [
        (lambda h: say(h, b"<!DOCTYPE html><html>Log in"), "an HTML page"),
        (lambda h: say(h, b"oops", 500), "HTTP 500"),
        (lambda h: say(h, b'{"half', Content_Length="100"), "half an answer"),
        (lambda h: say(h, b"x" * (3 << 20)), "too large: over 2 MB"),
        (lambda h: say(h, gzip.compress(bytes(9 << 20)), Content_Encoding="gzip"), "too large"),
        (lambda h: say(h, b"", 302, Location="http://203.0.113.7/login"), "to another host"),
        (lambda h: say(h, b"", 302, Location="/again"), "redirects in a circle"),
        (lambda h: say(h, b"", 302, Location="gopher://hole"), "to another host"),
        (lambda h: h.connection.close(), "connection dropped"),
        (lambda h: h.wfile.write(b"SSH-2.0-OpenSSH\r\n\r\n"), "no HTTP"),
        (lambda h: say(h, b"", 401), "HTTP 401: it asks who we are"),
    ],
)
async def test_what_is_no_answer_is_said_in_few_words(answering: Answering, words: str):
    def answer(handler: BaseHTTPRequestHandler) -> None:
        answering(handler)
        handler.close_connection = True

    with serving(answer) as address:
        said = await failure(address, most_bytes=2 << 20)
    assert words in said
    assert len(said) < 60


async def test_a_server_that_never_answers_costs_its_timeout():
    release = threading.Event()
    with serving(lambda handler: release.wait(20) and None) as address:
        assert await failure(address, timeout=SECOND // 5) == "no answer within 0.2 s"
        release.set()


async def test_a_server_that_answers_forever_costs_its_timeout():
    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        for _ in range(200):
            handler.wfile.write(b" ")
            if release.wait(0.05):
                return

    release = threading.Event()
    with serving(drip) as address:
        assert await failure(address, timeout=SECOND // 3) == "no answer within 0.333333 s"
        release.set()


async def test_where_nothing_listens_and_where_no_name_is():
    assert await failure(f"http://127.0.0.1:{free_port()}") == "connection refused"
    assert await failure("http://no-such-host.invalid") == "name not found"


async def test_a_dropped_connection_is_tried_once_more():
    asked = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        asked.append(handler.path)
        if len(asked) == 2:
            handler.connection.shutdown(2)  # as a server does that has waited long enough
            handler.close_connection = True
        else:
            say(handler, b"{}")

    with serving(answer) as address:
        server = Server(address, Auth())
        assert await server.get("/first") == b"{}"
        assert await server.get("/second") == b"{}"
        await server.close()
    assert asked == ["/first", "/second", "/second"]


async def test_no_more_questions_at_once_than_allowed():
    now, most, lock = 0, 0, threading.Lock()

    def answer(handler: BaseHTTPRequestHandler) -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        threading.Event().wait(0.02)
        with lock:
            now -= 1
        say(handler, b"{}")

    with serving(answer) as address:
        server = Server(address, Auth(), at_once=3)
        await asyncio.gather(*(server.get("/") for _ in range(20)))
        await server.close()
    assert most == 3


async def test_the_status_and_its_body_can_be_read():
    with serving(lambda handler: say(handler, b"why", 422)) as address:
        server = Server(address, Auth())
        with pytest.raises(StatusFailed) as failed:
            await server.get("/")
        await server.close()
    assert (failed.value.status, failed.value.body) == (422, b"why")


async def test_secrets_are_read_at_each_question(monkeypatch, tmp_path: Path):
    seen = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        seen.append((handler.headers["Authorization"], handler.headers["X-Scope-OrgID"]))
        say(handler, b"{}")

    file = tmp_path / "token"
    file.write_text("first\n")
    auth = Auth(bearer=Secret(file=str(file)), headers={"X-Scope-OrgID": "payments"})
    with serving(answer) as address:
        server = Server(address, auth)
        await server.get("/")
        file.write_text("second\n")
        await server.get("/")
        await server.close()
        monkeypatch.setenv("METRICS_PASSWORD", "open")
        server = Server(
            address, Auth(basic=Basic(user="me", password=Secret(env="METRICS_PASSWORD")))
        )
        await server.get("/")
        await server.close()
    assert seen == [
        ("Bearer first", "payments"),
        ("Bearer second", "payments"),
        ("Basic bWU6b3Blbg==", None),
    ]


async def test_a_refused_token_is_never_said_even_where_the_server_repeats_it(monkeypatch):
    monkeypatch.setenv("METRICS_TOKEN", "s3cret-token")
    auth = Auth(bearer=Secret(env="METRICS_TOKEN"))

    def echo(handler: BaseHTTPRequestHandler) -> None:
        say(handler, handler.headers["Authorization"].encode(), 401)

    with serving(echo) as address:
        assert await failure(address, auth) == "HTTP 401: the token is refused"


@pytest.mark.parametrize("token", ["tok\nen: s3cret", "s3cret-ü", "  "])
async def test_a_secret_that_no_header_can_hold_is_not_repeated(monkeypatch, token: str):
    monkeypatch.setenv("METRICS_TOKEN", token)
    said = await failure("http://127.0.0.1:9", Auth(bearer=Secret(env="METRICS_TOKEN")))
    assert "s3cret" not in said
    assert "header Authorization" in said or "METRICS_TOKEN is empty" in said


async def test_a_missing_secret_names_where_it_should_be(tmp_path: Path):
    absent = tmp_path / "absent"
    for secret, words in [
        (Secret(env="NOT_SET_AT_ALL"), "the variable NOT_SET_AT_ALL is not set"),
        (Secret(file=str(absent)), f"the file {absent}: No such file or directory"),
        (Secret(), "a secret is named by neither `env` nor `file`"),
    ]:
        assert await failure("http://127.0.0.1:9", Auth(bearer=secret)) == words


@pytest.mark.parametrize("address", ["", "host:9090", "ftp://host", "http://", "http://host/?q=1"])
def test_what_is_no_address_is_refused(address: str):
    with pytest.raises(BadInput, match="is no address"):
        Server(address, Auth())


def test_a_password_in_an_address_is_refused_and_not_repeated():
    with pytest.raises(BadInput) as refused:
        Server("http://me:s3cret@host:9090", Auth())
    assert "auth.basic" in str(refused.value)
    assert "s3cret" not in str(refused.value)


async def test_loopback_is_asked_without_the_proxy_of_the_environment(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with serving(lambda handler: say(handler, b"{}")) as address:
        server = Server(address, Auth())
        assert await server.get("/") == b"{}"
        await server.close()


def _certificate(folder: Path, name: str, authority: str = "") -> None:
    """A key pair for 127.0.0.1, signed by itself or by an authority made before."""
    files = ["-keyout", f"{name}.key", "-out", f"{name}.pem"]
    signer = ["-CA", f"{authority}.pem", "-CAkey", f"{authority}.key"] if authority else []
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    names = ["-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*command, *files, *names, *signer], cwd=folder, check=True, capture_output=True)


async def test_mutual_tls_shows_our_certificate_and_trusts_only_its_authority(tmp_path: Path):
    for name, authority in [("ca", ""), ("server", "ca"), ("client", "ca"), ("stranger", "")]:
        _certificate(tmp_path, name, authority)
    trust = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(tmp_path / "ca.pem"))
    trust.load_cert_chain(tmp_path / "server.pem", tmp_path / "server.key")
    trust.verify_mode = ssl.CERT_REQUIRED
    ours = {"certificate": str(tmp_path / "client.pem"), "key": str(tmp_path / "client.key")}
    with serving(lambda handler: say(handler, json.dumps(1).encode()), trust) as address:
        server = Server(address, Auth(authority=str(tmp_path / "ca.pem"), **ours))
        assert await server.get("/") == b"1"
        await server.close()
        assert await failure(address, Auth(**ours)) == "certificate not trusted"
        stranger = Auth(authority=str(tmp_path / "stranger.pem"), **ours)
        assert await failure(address, stranger) == "certificate not trusted"
    (tmp_path / "client.key").write_text("no key")
    said = await failure(address, Auth(authority=str(tmp_path / "ca.pem"), **ours))
    assert said == f"the file {tmp_path / 'client.pem'} holds no certificate with its key"
