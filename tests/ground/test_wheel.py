"""A wheel carries the themes and sample incidents to where cockpit looks for them."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

FIND_ASSETS = """
from cockpit import assets
print(assets.themes_folder() / "night.yaml")
print(assets.sample_incident("outage"))
"""


@pytest.fixture(scope="module")
def site_packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a wheel unpacks to, built from our sources with one theme and one sample incident."""
    checkout = tmp_path_factory.mktemp("checkout")
    for file in ("pyproject.toml", "LICENSE", "README.md"):
        if (ROOT / file).exists():
            shutil.copy(ROOT / file, checkout)
    shutil.copytree(ROOT / "src", checkout / "src")
    for file in ("themes/night.yaml", "sample_data/outage.incident", "sample_data/lab/service.py"):
        (checkout / file).parent.mkdir(parents=True, exist_ok=True)
        (checkout / file).write_text(file)
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel"]
    subprocess.run(build, cwd=checkout, check=True, capture_output=True)
    installed = tmp_path_factory.mktemp("site-packages")
    (wheel,) = (checkout / "dist").glob("*.whl")
    zipfile.ZipFile(wheel).extractall(installed)
    return installed


def test_assets_are_found_in_the_wheel(site_packages: Path) -> None:
    found = subprocess.run(
        [sys.executable, "-S", "-c", FIND_ASSETS],
        env={"PYTHONPATH": str(site_packages)},
        check=True,
        capture_output=True,
        text=True,
    )
    theme, sample = (Path(line) for line in found.stdout.splitlines())
    assert theme.read_text() == "themes/night.yaml"
    assert sample.read_text() == "sample_data/outage.incident"
    assert site_packages in theme.parents


def test_the_lab_stays_out_of_the_wheel(site_packages: Path) -> None:
    assert list(site_packages.rglob("service.py")) == []
