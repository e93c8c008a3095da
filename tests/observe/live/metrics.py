"""What tests of metric servers share: exporters, past samples, clients, answers that lie."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cockpit.config import Prometheus
from cockpit.observe.live.prometheus.client import Client
from cockpit.records import SECOND

START = 1_793_674_800 * SECOND  # a whole hour


class Exporter:
    """An exporter whose page a test writes; every read gives what `text` holds then."""

    def __init__(self) -> None:
        self.text = ""
        self.address = ""


@contextmanager
def exporting() -> Iterator[Exporter]:
    """An exporter on loopback: `address` is its host and port, as targets are written."""
    exporter = Exporter()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.end_headers()
            self.wfile.write(exporter.text.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    exporter.address = f"127.0.0.1:{server.server_port}"
    try:
        yield exporter
    finally:
        server.shutdown()
        server.server_close()


def openmetrics(samples: Mapping[str, Mapping[int, float]], kinds: Mapping[str, str]) -> str:
    """Past samples, {series: {time (µs): value}}, as OpenMetrics text; kinds by metric family."""
    lines = []
    for family, kind in kinds.items():
        lines.append(f"# TYPE {family} {kind}")
        for series, values in samples.items():
            if series.startswith(family):
                lines += [f"{series} {x:g} {at / SECOND:.3f}" for at, x in values.items()]
    return "\n".join([*lines, "# EOF", ""])


def settings(address: str, **changed: object) -> Prometheus:
    """A server as the configuration names it."""
    return Prometheus(prometheus=address, **changed)


def client(address: str, **changed: object) -> Client:
    return Client(settings(address, **changed))
