"""Real servers for tests: each on loopback, in a folder of its own, ended with the block."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

_READY_WITHIN = 20.0  # seconds


def binary(*names: str) -> str:
    """The first of these programs that is installed; without one the test is skipped."""
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip(f"binary not found: {names[0]}")
    return found


def free_port() -> int:
    """A port of loopback that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def get(url: str) -> bytes:
    """What an address answers. Raises URLError."""
    with urlopen(url, timeout=5.0) as answer:
        return bytes(answer.read())


def post_json(url: str, value: object) -> bytes:
    """Post a value as JSON; what is answered. Raises URLError."""
    body = json.dumps(value).encode()
    request = Request(url, body, {"Content-Type": "application/json"})
    with urlopen(request, timeout=5.0) as answer:
        return bytes(answer.read())


@contextmanager
def running(command: Sequence[str | Path], ready: str, folder: Path) -> Iterator[None]:
    """A program until the block ends; the block begins when the address `ready` answers."""
    log = folder / "log.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(part) for part in command], cwd=folder, stdout=output, stderr=output
        )
        try:
            _wait_for(ready, process, log)
            yield
        finally:
            process.terminate()
            try:
                process.wait(timeout=10.0)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _READY_WITHIN
    while True:
        try:
            get(url)
            return
        except (URLError, OSError):
            if process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"not ready: {log.read_text()[-2000:]}") from None
            time.sleep(0.05)


@contextmanager
def prometheus(
    folder: Path, config: str = "", *, port: int | None = None, tsdb: Path | None = None
) -> Iterator[str]:
    """A Prometheus with this configuration (YAML) and data in `tsdb`; its address."""
    port = port or free_port()
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "prometheus.yml"
    file.write_text(config or "global: {scrape_interval: 1s}\n")
    address = f"http://127.0.0.1:{port}"
    command = [
        binary("prometheus"),
        f"--config.file={file}",
        f"--storage.tsdb.path={tsdb or folder / 'tsdb'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--web.enable-admin-api",
        "--storage.tsdb.retention.time=100y",
    ]
    with running(command, f"{address}/-/ready", folder):
        yield address


@contextmanager
def alertmanager(folder: Path, config: str = "", *, port: int | None = None) -> Iterator[str]:
    """An Alertmanager with this configuration (YAML); its address."""
    port = port or free_port()
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "alertmanager.yml"
    file.write_text(config or "route: {receiver: none}\nreceivers: [{name: none}]\n")
    address = f"http://127.0.0.1:{port}"
    command = [
        binary("prometheus-alertmanager", "alertmanager"),
        f"--config.file={file}",
        f"--storage.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
    ]
    with running(command, f"{address}/-/ready", folder):
        yield address


@contextmanager
def victoria_metrics(folder: Path) -> Iterator[str]:
    """A VictoriaMetrics that shows samples at once; its address."""
    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    address = f"http://127.0.0.1:{port}"
    command = [
        binary("victoria-metrics"),
        f"-storageDataPath={folder / 'data'}",
        f"-httpListenAddr=127.0.0.1:{port}",
        "-retentionPeriod=10y",
        "-search.latencyOffset=0s",
        "-search.disableCache",
    ]
    with running(command, f"{address}/health", folder):
        yield address


def openmetrics_blocks(text: str, tsdb: Path) -> None:
    """Write samples, as OpenMetrics text with times, into the data folder of a Prometheus."""
    tsdb.mkdir(parents=True, exist_ok=True)
    file = tsdb.parent / f"{tsdb.name}.openmetrics"
    file.write_text(text)
    command = [binary("promtool"), "tsdb", "create-blocks-from", "openmetrics"]
    subprocess.run(
        [*command, "--max-block-duration=48h", str(file), str(tsdb)],
        check=True,
        capture_output=True,
    )
