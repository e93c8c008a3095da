"""A live file that this process has open stays its own, whatever else looks at the file here."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from cockpit.incident.connection import is_live
from cockpit.incident.file import IncidentFile
from cockpit.records import MINUTE

ELSEWHERE = """
import sys
from pathlib import Path
from cockpit.incident.file import IncidentFile
with IncidentFile.open_live(Path(sys.argv[1])) as file:
    file.put_meta("theirs", "2")
    print(file.meta("ours"))
"""


def elsewhere(path: Path) -> str:
    """Another process opens the file, writes to it and leaves it; what it read of ours."""
    environment = {**os.environ, "PYTHONPATH": "src"}
    done = subprocess.run(
        [sys.executable, "-c", ELSEWHERE, str(path)],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


def test_a_look_at_a_live_file_takes_no_lock_away(tmp_path: Path):
    path = tmp_path / "live.incident"
    IncidentFile.create(path, service="shop", bucket=MINUTE, live=True).close()
    with IncidentFile.open_live(path) as file:
        file.put_meta("ours", "1")
        assert is_live(path)
        with IncidentFile.open(path) as other:
            assert other.meta("ours") == "1"
        assert elsewhere(path) == "1"
        assert file.meta("theirs") == "2"
        file.put_meta("ours", "3")
        assert elsewhere(path) == "3"


def test_descriptors_go_with_the_last_connection(tmp_path: Path):
    path = tmp_path / "live.incident"
    before = len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").exists() else 0
    for _ in range(3):
        file = IncidentFile.create(path, service="shop", bucket=MINUTE, live=True)
        with file, IncidentFile.open(path):
            file.put_meta("ours", "1")
        path.unlink()
    assert not before or len(os.listdir("/proc/self/fd")) == before
