"""A cluster's events, from a loopback server that speaks as the API does; no cluster was met."""

from __future__ import annotations

import base64
import json
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from cockpit.observe.live.feeds.cluster import ClusterFeed
from cockpit.observe.live.feeds.kubeconfig import read_kubeconfig
from cockpit.observe.live.source import Asked, Found, SourceFailed
from cockpit.records import HOUR, MINUTE, SECOND, BadInput, Window
from cockpit.units import iso, parse_instant
from tests.daemons import binary

NOW = parse_instant("2026-11-03T02:51:10Z")
TOKEN = "eyJhbGciOi-test"


def event(
    uid: str, reason: str, message: str, at: int = NOW - MINUTE, **more: Any
) -> dict[str, Any]:
    """An event as core/v1 lists it."""
    return {
        "metadata": {
            "name": f"fraud-6f7.{uid}",
            "namespace": "ml",
            "uid": uid,
            "resourceVersion": "118372",
            "creationTimestamp": iso(at),
            "managedFields": [{"manager": "kubelet", "operation": "Update"}],
        },
        "involvedObject": {
            "kind": "Deployment" if reason == "ScalingReplicaSet" else "Pod",
            "namespace": "ml",
            "name": "fraud",
            "uid": "be23d874",
            "apiVersion": "apps/v1",
        },
        "reason": reason,
        "message": message,
        "source": {"component": "deployment-controller"},
        "firstTimestamp": iso(at),
        "lastTimestamp": iso(at),
        "count": 1,
        "type": "Normal",
        "eventTime": None,
        "reportingComponent": "",
        "reportingInstance": "",
        **more,
    }


ROLLOUT = event("u1", "ScalingReplicaSet", "Scaled up replica set fraud-6f7 to 3 from 0")
BACK_OFF = event("u2", "BackOff", "Back-off restarting failed container model")
NEW_STYLE = event(
    "u3",
    "FailedScheduling",
    "0/3 nodes are available: 3 Insufficient nvidia.com/gpu.",
    firstTimestamp=None,
    lastTimestamp=None,
    count=None,
    eventTime=iso(NOW - 2 * MINUTE + 123_456),
    series={"count": 3, "lastObservedTime": iso(NOW - MINUTE)},
)


class Api:
    """What the cluster holds, and what it was asked."""

    def __init__(self) -> None:
        self.items: list[Any] = []
        self.body: bytes | None = None
        self.asked: list[str] = []
        self.address = ""

    def page(self, path: str) -> dict[str, Any]:
        """Two events to a page."""
        begin = int(path.partition("continue=")[2] or 0)
        following = str(begin + 2) if begin + 2 < len(self.items) else ""
        metadata = {"resourceVersion": "118400", "continue": following}
        items = self.items[begin : begin + 2]
        return {"kind": "EventList", "apiVersion": "v1", "metadata": metadata, "items": items}


@contextmanager
def cluster(context: ssl.SSLContext | None = None) -> Iterator[Api]:
    api = Api()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            api.asked.append(self.path)
            known = self.headers["Authorization"] == f"Bearer {TOKEN}"
            body = json.dumps(api.page(self.path)).encode() if api.body is None else api.body
            self.send_response(200 if known else 401)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    scheme = "http" if context is None else "https"
    api.address = f"{scheme}://127.0.0.1:{server.server_address[1]}"
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()


def kubeconfig(folder: Path, address: str, server: str = "", user: str = f"token: {TOKEN}") -> Path:
    path = folder / "config"
    path.write_text(f"""
apiVersion: v1
kind: Config
preferences: {{}}
current-context: ml
contexts:
- {{name: other, context: {{cluster: other, user: nobody}}}}
- {{name: ml, context: {{cluster: gke, user: cockpit, namespace: ml}}}}
clusters:
- name: gke
  cluster:
    server: {address}
    {server}
users:
- name: cockpit
  user:
    {user}
""")
    return path


def feed(path: Path) -> ClusterFeed:
    return ClusterFeed("changes[1]", read_kubeconfig(path), namespace="ml", every=10 * SECOND)


async def ask(feed: ClusterFeed, mark: str) -> Found:
    return await feed.ask(Asked(now=NOW, mark=mark, closing=False))


async def test_events_are_told_in_words_and_once(tmp_path: Path) -> None:
    with cluster() as api:
        api.items = [event("u0", "BackOff", "before", NOW - HOUR)]
        one = feed(kubeconfig(tmp_path, api.address))
        first = await ask(one, "")
        assert first.events == []
        api.items += [ROLLOUT, event("u9", "Pulled", "ordinary life"), BACK_OFF, NEW_STYLE]
        second = await ask(one, first.mark)
        assert api.asked[-3:] == [
            "/api/v1/namespaces/ml/events?limit=500",
            "/api/v1/namespaces/ml/events?limit=500&continue=2",
            "/api/v1/namespaces/ml/events?limit=500&continue=4",
        ]
        assert [(e.kind, e.at, e.text) for e in second.events] == [
            (
                "deploy",
                NOW - MINUTE,
                "Deployment fraud: Scaled up replica set fraud-6f7 to 3 from 0 (ScalingReplicaSet)",
            ),
            (
                "note",
                NOW - MINUTE,
                "Pod fraud: Back-off restarting failed container model (BackOff)",
            ),
            (
                "note",
                NOW - MINUTE,
                "Pod fraud: 0/3 nodes are available: 3 Insufficient nvidia.com/gpu."
                " (FailedScheduling, 3 times)",
            ),
        ]
        another = feed(kubeconfig(tmp_path, api.address))  # a restart
        assert (await ask(another, first.mark)) == second
        assert (await ask(another, second.mark)).events == []
        told = [f async for f in one.earlier(Window(start=NOW - 6 * HOUR, end=NOW))]
        assert [e.text for f in told for e in f.events] == ["Pod fraud: before (BackOff)"]
        await one.close()
        await another.close()


async def test_what_goes_on_is_told_as_its_count_doubles(tmp_path: Path) -> None:
    with cluster() as api:
        one = feed(kubeconfig(tmp_path, api.address))
        mark, told = (await ask(one, "")).mark, []
        for times in range(1, 20):
            api.items = [{**BACK_OFF, "count": times}]
            found = await ask(one, mark)
            mark = found.mark
            told += [times for _ in found.events]
        assert told == [1, 2, 4, 8, 16]
        api.items = []
        assert (await ask(one, mark)).mark == "{}", "what the cluster forgot is forgotten"
        await one.close()


async def test_what_lies_or_hides_costs_only_itself(tmp_path: Path) -> None:
    with cluster() as api:
        one = feed(kubeconfig(tmp_path, api.address))
        mark = (await ask(one, "")).mark
        api.items = [
            event("h1", "BackOff", "\x1b[2J\u202e" + "x" * 5_000, NOW + HOUR),
            event("h2", "BackOff", "no time", lastTimestamp="soon", firstTimestamp=None),
            event("h" * 200, "BackOff", "a name too long"),
            {"reason": "BackOff"},
            [[[]]],
            None,
            ROLLOUT,
        ]
        found = await ask(one, mark)
        hostile, rollout = found.events
        assert hostile.at == NOW
        assert len(hostile.text) == 500
        assert hostile.text.isprintable()
        assert rollout.kind == "deploy"
        assert found.failing == {"events": "5 events cannot be read"}
        for body in (b"<html>", b"{}", b"[]", b'{"items": 3}', b"[" * 200_000, b"\xff"):
            api.body = body
            with pytest.raises(SourceFailed):
                await ask(one, mark)
        await one.close()


async def test_over_tls_as_the_kubeconfig_says(tmp_path: Path) -> None:
    certificate, key = _self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    context.load_verify_locations(certificate)
    context.verify_mode = ssl.CERT_REQUIRED  # and we are asked for ours
    data = {p: base64.b64encode(p.read_bytes()).decode() for p in (certificate, key)}
    authority = f"certificate-authority-data: {data[certificate]}"
    user = (
        f"{{client-certificate-data: {data[certificate]}, client-key-data: {data[key]},"
        f" token: {TOKEN}}}"
    )
    with cluster(context) as api:
        path = kubeconfig(tmp_path, api.address, authority, user)
        one = feed(path)
        await ask(one, "")
        private = Path(one._folder.name)  # type: ignore[union-attr]
        assert private.stat().st_mode & 0o077 == 0
        assert all(file.stat().st_mode & 0o077 == 0 for file in private.iterdir())
        await one.close()
        assert not private.exists()
        assert TOKEN not in repr(read_kubeconfig(path))
        beside = "certificate-authority: cert.pem"
        files = "{client-certificate: cert.pem, client-key: key.pem, tokenFile: token}"
        (tmp_path / "token").write_text(TOKEN)
        one = feed(kubeconfig(tmp_path, api.address, beside, files))
        await ask(one, "")
        await one.close()
        one = feed(kubeconfig(tmp_path, api.address, "", files))
        with pytest.raises(SourceFailed, match="certificate not trusted"):
            await ask(one, "")
        await one.close()


async def test_a_token_that_is_refused_is_said_and_not_shown(tmp_path: Path) -> None:
    with cluster() as api:
        one = feed(kubeconfig(tmp_path, api.address, user="token: wr0ng"))
        with pytest.raises(SourceFailed, match="HTTP 401: the token is refused") as failed:
            await ask(one, "")
        assert "wr0ng" not in str(failed.value)
        await one.close()


@pytest.mark.parametrize(
    ("server", "user", "words"),
    [
        ("", "exec: {command: aws}", "exec and auth-provider are not run here"),
        ("", "username: admin", "no user name and password"),
        ("insecure-skip-tls-verify: true", "token: t", "name its certificate-authority"),
        ("proxy-url: http://proxy", "token: t", "proxy-url are not known here"),
        (
            "certificate-authority-data: '***'",
            "token: t",
            "config: certificate-authority-data: not",
        ),
        ("", "token: [1]", "users"),
    ],
)
def test_what_a_kubeconfig_may_not_say(tmp_path: Path, server: str, user: str, words: str) -> None:
    with pytest.raises(BadInput, match=words) as bad:
        read_kubeconfig(kubeconfig(tmp_path, "https://x", server, user))
    assert "config" in str(bad.value)


def test_a_kubeconfig_without_its_context_or_cluster(tmp_path: Path) -> None:
    path = kubeconfig(tmp_path, "https://x")
    for was, words in (("current-context: ml", "no such context"), ("name: gke", "no server")):
        (tmp_path / "broken").write_text(path.read_text().replace(was, was + "2"))
        with pytest.raises(BadInput, match=words):
            read_kubeconfig(tmp_path / "broken")
    with pytest.raises(BadInput, match="missing"):
        read_kubeconfig(tmp_path / "missing")


def _self_signed(folder: Path) -> tuple[Path, Path]:
    certificate, key = folder / "cert.pem", folder / "key.pem"
    command = [binary("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*command, *names, *files], check=True, capture_output=True)
    return certificate, key
