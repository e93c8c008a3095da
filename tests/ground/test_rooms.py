"""The contracts between rooms cover each room there is."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "cockpit"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
CONTRACTS = PROJECT["tool"]["importlinter"]["contracts"]
PROTECTED = {
    module
    for contract in CONTRACTS
    if contract["type"] == "protected"
    for module in contract["protected_modules"]
}

FOR_ALL = {"cockpit.config"}  # any room may import it


def test_each_room_is_protected() -> None:
    rooms = {f"cockpit.{path.parent.name}" for path in PACKAGE.glob("*/__init__.py")}
    assert rooms - FOR_ALL <= PROTECTED


def test_contracts_name_modules_that_exist() -> None:
    named = PROTECTED.union(*(contract.get("allowed_importers", ()) for contract in CONTRACTS))
    modules = {f"cockpit.{path.stem}" for path in PACKAGE.iterdir()}
    assert named <= modules
