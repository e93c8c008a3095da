"""Trust over TLS: which authority a server is checked against, and what we show for ourselves."""

from __future__ import annotations

import os
import ssl
from typing import TYPE_CHECKING

from cockpit.records import BadInput
from cockpit.text import inert

if TYPE_CHECKING:
    from cockpit.config import Auth


class Trust:
    """Files of certificates live short: each that changed is read again into the same context."""

    def __init__(self, auth: Auth) -> None:
        self._files = [auth.certificate, auth.key, auth.authority]
        self._read_at: list[float] | None = None
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if not auth.authority:
            self.context.load_default_certs()

    def refresh(self) -> None:
        """Read the files of certificates that changed. Raises BadInput naming a bad one."""
        changed = [_changed_at(file) for file in self._files]
        if changed == self._read_at:
            return
        certificate, key, authority = (os.path.expanduser(file) for file in self._files)
        try:
            if authority:
                self.context.load_verify_locations(authority)
        except (OSError, ValueError):
            raise BadInput(f"the file {inert(authority)} holds no certificates") from None
        try:
            if certificate:
                self.context.load_cert_chain(certificate, key or None, password="")
        except (OSError, ValueError):
            name = f"the file {inert(certificate)}"
            raise BadInput(f"{name} holds no certificate with its key") from None
        self._read_at = changed


def _changed_at(file: str) -> float:
    if not file:
        return 0.0
    try:
        return os.stat(os.path.expanduser(file)).st_mtime
    except OSError as error:
        raise BadInput(f"the file {inert(file)}: {error.strerror}") from None
