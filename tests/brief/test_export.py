"""An exported brief is whole or absent, private, and named by service, audience and time."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.brief.export import default_name, write_text
from cockpit.records import BadInput
from tests.brief.sample_view import AT


def test_a_brief_is_written_for_its_owner_alone(tmp_path: Path) -> None:
    path = write_text(tmp_path / "update.md", "# ein Wörtchen\n")
    assert path.read_bytes() == "# ein Wörtchen\n".encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["update.md"]
    assert path.is_absolute()


def test_an_export_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_text(tmp_path / "update.md", "old")

    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(BadInput, match="No space left on device; name another place"):
        write_text(path, "new")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["update.md"]


def test_a_place_that_cannot_be_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"there is no folder .*nowhere; make it"):
        write_text(tmp_path / "nowhere" / "update.md", "text")
    with pytest.raises(BadInput, match="is a folder; name a file in it"):
        write_text(tmp_path, "text")
    with pytest.raises(BadInput, match="name another place"):
        write_text(tmp_path / ("x" * 300), "text")
    assert os.listdir(tmp_path) == []


def test_the_name_says_whose_for_whom_and_when() -> None:
    assert default_name("card-fraud", "exec", AT) == "card-fraud-exec-20261103T025100Z.md"


@given(st.text(), st.integers(0, 4_000_000_000_000_000))
def test_no_service_makes_a_name_that_is_a_path(service: str, at: int) -> None:
    name = default_name(service, "technical", at)
    assert Path(name).name == name
    assert name.isascii()
    assert not name.startswith((".", "-"))
    assert len(name) < 120
