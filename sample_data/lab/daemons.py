"""Prometheus and Alertmanager on loopback, as the stack starts, kills and replaces them."""

from __future__ import annotations

import shutil
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from processes import ENDS_WITH_US, wait_for

PACKAGES = {  # of Debian, and the names their programs have here or elsewhere
    "prometheus": ("prometheus",),
    "prometheus-alertmanager": ("prometheus-alertmanager", "alertmanager"),
}
SIGN_IN_PAGE = b"<!doctype html><title>Sign in</title><h1>Sign in to go on</h1>\n"


def missing_packages() -> list[str]:
    """The packages whose program is not installed."""
    return [package for package in PACKAGES if _program(package) is None]


def _program(package: str) -> str | None:
    return next((path for name in PACKAGES[package] if (path := shutil.which(name))), None)


class Daemon:
    """A program that listens on a port of loopback; its output goes to a file."""

    def __init__(self, package: str, port: int, log: Path, *arguments: str) -> None:
        self.name = package
        self.port = port
        self.address = f"http://127.0.0.1:{port}"
        self._command = [*ENDS_WITH_US, _program(package) or package, *arguments]
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Its process, and None while there is none."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start it unless it runs; return when it listens. Raises OSError if it does not."""
        if self._process is None:
            with self._log.open("ab") as output:
                self._process = subprocess.Popen(self._command, stdout=output, stderr=output)
            wait_for(self.port, 20.0)

    def stop(self, *, kill: bool = False) -> None:
        """End it, in good order or not, unless it has ended."""
        if self._process is not None:
            if kill:
                self._process.kill()
            else:
                self._process.terminate()
            self._process.wait(timeout=20.0)
            self._process = None

    def failed(self) -> bool:
        """Whether it ended by itself."""
        return self._process is not None and self._process.poll() is not None


class Page:
    """What answers every request on a port with an HTML page, as a proxy before a server may."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._server: ThreadingHTTPServer | None = None

    def start(self) -> None:
        """Answer until stopped."""
        if self._server is None:
            self._server = ThreadingHTTPServer(("127.0.0.1", self._port), _SignIn)
            threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Leave the port to others."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


class _SignIn(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(SIGN_IN_PAGE)))
        self.end_headers()
        self.wfile.write(SIGN_IN_PAGE)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:
        pass


def prometheus(folder: Path, port: int) -> Daemon:
    """Prometheus with `prometheus.yml` and `rules.yml` of a folder, and its data there."""
    return Daemon(
        "prometheus",
        port,
        folder / "prometheus.log",
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'prometheus'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--web.enable-admin-api",  # for snapshots of its data
        "--storage.tsdb.retention.time=7d",
        "--storage.tsdb.retention.size=1GB",
    )


def alertmanager(folder: Path, port: int) -> Daemon:
    """Alertmanager with `alertmanager.yml` of a folder, and its data there."""
    return Daemon(
        "prometheus-alertmanager",
        port,
        folder / "alertmanager.log",
        f"--config.file={folder / 'alertmanager.yml'}",
        f"--storage.path={folder / 'alertmanager'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",  # alone: no port for others of its kind
    )
