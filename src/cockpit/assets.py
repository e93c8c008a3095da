"""Where the files lie that travel with the package: themes and sample incidents."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_IN_WHEEL = _PACKAGE / "_data"
_IN_CHECKOUT = _PACKAGE.parents[1]


def _data() -> Path:
    return _IN_WHEEL if _IN_WHEEL.is_dir() else _IN_CHECKOUT


def themes_folder() -> Path:
    """The folder of the themes that come with cockpit, one YAML file each."""
    return _data() / "themes"


def sample_incident(name: str) -> Path:
    """The file of the packaged sample incident `name`, such as "card-fraud-rollout".

    Raises FileNotFoundError, naming the samples there are, when it is none of them.
    """
    samples = {path.stem: path for path in sorted((_data() / "sample_data").glob("*.incident"))}
    if name not in samples:
        known = ", ".join(samples) or "none"
        raise FileNotFoundError(f"no sample incident is named {name!r}; there are: {known}")
    return samples[name]
