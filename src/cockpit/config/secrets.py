"""What a secret is, read from where it is kept at the moment it is needed."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import TYPE_CHECKING

from cockpit.config.sources import Secret
from cockpit.records import BadInput
from cockpit.text import inert

if TYPE_CHECKING:
    from cockpit.config.sources import Auth, Basic


def read_secret(secret: Secret) -> str:
    """Its text. Raises BadInput naming the variable or the file, never what they hold."""
    if secret.env:
        text = os.environ.get(secret.env)
        if text is None:
            raise BadInput(f"the variable {inert(secret.env)} is not set")
        where = f"the variable {inert(secret.env)}"
    elif secret.file:
        where = f"the file {inert(secret.file)}"
        try:
            text = Path(secret.file).expanduser().read_text(encoding="utf-8")
        except OSError as error:
            raise BadInput(f"{where}: {error.strerror or 'cannot be read'}") from None
        except UnicodeDecodeError:
            raise BadInput(f"{where} is not text in UTF-8") from None
    else:
        raise BadInput("a secret is named by neither `env` nor `file`")
    text = text.strip()
    if not text:
        raise BadInput(f"{where} is empty")
    return text


def hide_secrets(text: str, auth: Auth) -> str:
    """The text with every secret of `auth` in it, plain or as a header has it, replaced by ••••."""
    kept = [value for value in auth.headers.values() if isinstance(value, Secret)]
    kept += [auth.bearer] if auth.bearer is not None else []
    kept += [auth.basic.password] if auth.basic is not None else []
    try:
        told = [read_secret(secret) for secret in kept]
        if auth.basic is not None:
            told.append(_pair(auth.basic))
    except BadInput:
        return "••••"  # what cannot be read now cannot be found in the text either
    for secret in sorted(told, key=len, reverse=True):
        text = text.replace(secret, "••••")
    return text


def _pair(basic: Basic) -> str:
    return base64.b64encode(f"{basic.user}:{read_secret(basic.password)}".encode()).decode()


def auth_headers(auth: Auth) -> dict[str, str]:
    """The headers by which a server knows us. Raises BadInput where a secret cannot be read."""
    headers = {
        name: value if isinstance(value, str) else read_secret(value)
        for name, value in auth.headers.items()
    }
    if auth.basic is not None:
        headers["Authorization"] = "Basic " + _pair(auth.basic)
    if auth.bearer is not None:
        headers["Authorization"] = "Bearer " + read_secret(auth.bearer)
    for name, value in headers.items():
        if not (value.isascii() and value.isprintable()):
            raise BadInput(f"what is to stand in the header {inert(name)} cannot stand in one")
    return headers
