"""The lab's processes: the two services and the load, started, talked to and ended."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from scenarios import Scenario, Stage

HERE = Path(__file__).resolve().parent
# Where the system can (Linux), a process ends with the one that started it, however that ended.
ENDS_WITH_US = ("setpriv", "--pdeathsig", "TERM") if shutil.which("setpriv") else ()


class ServiceClient:
    """The fraud service's metrics and admin endpoints."""

    def __init__(self, port: int) -> None:
        self.port = port

    def metrics(self) -> str:
        """What `/metrics` says now."""
        return self._ask("GET", "/metrics")

    def enter(self, stage: Stage) -> None:
        """Warm the replicas the stage wants, then split the traffic as it says."""
        self._ask("POST", f"/admin/replicas?version=v41&warm={stage.v41_replicas}")
        self._ask("POST", f"/admin/replicas?version=v42&warm={stage.v42_replicas}")
        self._ask("POST", f"/admin/split?v42={stage.v42_share}")

    def rules_decide(self, region: str, decide: bool) -> None:
        """Have the rules decide in a region instead of the model, or no longer."""
        self._ask("POST", f"/admin/rules?region={region}&on={int(decide)}")

    def multiply_amounts(self, region: str, factor: float) -> None:
        """Have the gateway multiply a region's amounts before anybody sees them; 1 mends it."""
        self._ask("POST", f"/admin/amounts?region={region}&factor={factor}")

    def freeze_log(self, frozen: bool) -> None:
        """Stop the prediction log, or have it write what waited and go on."""
        self._ask("POST", f"/admin/log?frozen={int(frozen)}")

    def close_log(self) -> None:
        """Have the prediction log written out to its last line."""
        self._ask("POST", "/admin/close-log")

    def _ask(self, method: str, path: str) -> str:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10.0)
        try:
            connection.request(method, path, headers={"Connection": "close"})
            return connection.getresponse().read().decode()
        finally:
            connection.close()


@contextmanager
def running_services(scenario: Scenario, log: Path, **more: object) -> Iterator[ServiceClient]:
    """The feature service and the fraud service, each a process of its own, ended on leaving.

    `more` are further options of `service.py`.
    """
    features_port, port = free_port(), free_port()
    with (
        running(
            "features.py",
            port=features_port,
            seed=scenario.seed,
            cache_size=scenario.feature_cache,
        ),
        running(
            "service.py",
            port=port,
            features_port=features_port,
            seed=scenario.seed,
            newer_model=scenario.newer_model,
            log=log,
            **more,
        ),
    ):
        wait_for(features_port)
        wait_for(port)
        yield ServiceClient(port)


@contextmanager
def running(script: str, **options: object) -> Iterator[subprocess.Popen[bytes]]:
    """One script of the lab with `--name value` for each option, ended on leaving."""
    command = [*ENDS_WITH_US, sys.executable, str(HERE / script)]
    for name, value in options.items():
        command += [f"--{name.replace('_', '-')}", str(value)]
    one_thread = {**os.environ, "OMP_NUM_THREADS": "1"}  # one row at a time gains nothing by more
    process = subprocess.Popen(command, env=one_thread)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=10.0)


def free_port() -> int:
    """A port of loopback that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, seconds: float = 60.0) -> None:
    """Return once something listens on a port of loopback. Raises OSError if nothing ever does."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1.0).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
