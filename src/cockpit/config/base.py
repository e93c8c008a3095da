"""What every block of the configuration is: immutable, and strict about its keys."""

from __future__ import annotations

from typing import Annotated, dataclass_transform

import msgspec
from msgspec import Meta, field

NotBelow0 = Annotated[float, Meta(ge=0)]


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of every block: immutable, and an unknown key is an error."""
