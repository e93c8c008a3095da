"""What a secret is, read from where it is kept at the moment it is needed."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import TYPE_CHECKING

from cockpit.records import BadInput
from cockpit.text import inert

if TYPE_CHECKING:
    from cockpit.config.sources import Auth, Secret


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


def auth_headers(auth: Auth) -> dict[str, str]:
    """The headers by which a server knows us. Raises BadInput where a secret cannot be read."""
    headers = {
        name: value if isinstance(value, str) else read_secret(value)
        for name, value in auth.headers.items()
    }
    if auth.basic is not None:
        pair = f"{auth.basic.user}:{read_secret(auth.basic.password)}"
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    if auth.bearer is not None:
        headers["Authorization"] = "Bearer " + read_secret(auth.bearer)
    for name, value in headers.items():
        if not (value.isascii() and value.isprintable()):
            raise BadInput(f"what is to stand in the header {inert(name)} cannot stand in one")
    return headers
