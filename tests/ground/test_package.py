"""The package says its version once and finds the files that travel with it."""

from importlib import metadata

import pytest
from click.testing import CliRunner

import cockpit
from cockpit import assets
from cockpit.cli import main


def test_version_is_the_installed_one() -> None:
    assert cockpit.__version__ == metadata.version("cockpit")


def test_the_command_tells_its_version() -> None:
    result = CliRunner().invoke(main, ["--version"])
    assert result.exit_code == 0
    assert cockpit.__version__ in result.output


def test_packaged_folders_are_found() -> None:
    assert assets.themes_folder().is_dir()


def test_unknown_sample_is_refused() -> None:
    with pytest.raises(FileNotFoundError, match="no sample incident is named"):
        assets.sample_incident("../x")
