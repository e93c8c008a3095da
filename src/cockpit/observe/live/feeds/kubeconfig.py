"""A kubeconfig: where the cluster of its current context is, and how it knows us.

Certificates and tokens may stand in it or be files beside it. What runs a program to get a token
(`exec`, `auth-provider`) is not run: name a kubeconfig with a token or a certificate of its own.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from cockpit.config import Auth, Secret
from cockpit.records import BadInput
from cockpit.text import inert
from cockpit.yamlfile import load

Kept = Path | bytes | None  # in a file, which may be written anew, or in the kubeconfig itself


@dataclass(frozen=True)
class Cluster:
    """A cluster, and by what we know it and it knows us."""

    address: str
    authority: Kept
    certificate: Kept
    key: Kept = field(repr=False)
    token: Kept = field(repr=False)


class _Server(Struct, rename="kebab"):
    server: str = ""
    certificate_authority: str = ""
    certificate_authority_data: str = ""
    insecure_skip_tls_verify: bool = False
    tls_server_name: str = ""
    proxy_url: str = ""


class _User(Struct, rename="kebab"):
    client_certificate: str = ""
    client_certificate_data: str = ""
    client_key: str = ""
    client_key_data: str = ""
    token: str = ""
    token_file: str = msgspec.field(name="tokenFile", default="")
    exec: dict[str, Any] | None = None
    auth_provider: dict[str, Any] | None = None
    username: str = ""


class _Context(Struct):
    cluster: str = ""
    user: str = ""


class _NamedServer(Struct):
    name: str
    cluster: _Server


class _NamedUser(Struct):
    name: str
    user: _User | None = None


class _NamedContext(Struct):
    name: str
    context: _Context


class _KubeConfig(Struct, rename="kebab"):
    current_context: str = ""
    clusters: list[_NamedServer] = []
    users: list[_NamedUser] = []
    contexts: list[_NamedContext] = []


def read_kubeconfig(path: Path) -> Cluster:
    """The cluster of the current context. Raises BadInput naming the file, never a secret."""
    config, name = load(path, _KubeConfig), inert(path.name)
    current = next((c.context for c in config.contexts if c.name == config.current_context), None)
    if current is None:
        raise BadInput(f"{name}: current-context: there is no such context; name one in it")
    server = next((c.cluster for c in config.clusters if c.name == current.cluster), None)
    if server is None or not server.server:
        raise BadInput(f"{name}: clusters: the current context's has no server; add it")
    user = next((u.user for u in config.users if u.name == current.user), None) or _User()
    _refuse(name, server, user)

    def kept(key: str, data: str, file: str) -> Kept:
        return _decoded(f"{name}: {key}", data) if data else _beside(path, file)

    return Cluster(
        server.server,
        kept(
            "certificate-authority-data",
            server.certificate_authority_data,
            server.certificate_authority,
        ),
        kept("client-certificate-data", user.client_certificate_data, user.client_certificate),
        kept("client-key-data", user.client_key_data, user.client_key),
        user.token.encode() or _beside(path, user.token_file),
    )


def auth_of(cluster: Cluster, folder: Path) -> Auth:
    """How the cluster knows us; what stood in the kubeconfig is written to a private `folder`."""

    def file(name: str, kept: Kept) -> str:
        if not isinstance(kept, bytes):
            return "" if kept is None else str(kept)
        path = folder / name
        path.touch(mode=0o600)
        path.write_bytes(kept)
        return str(path)

    return Auth(
        bearer=None if cluster.token is None else Secret(file=file("token", cluster.token)),
        certificate=file("certificate", cluster.certificate),
        key=file("key", cluster.key),
        authority=file("authority", cluster.authority),
    )


def _refuse(name: str, server: _Server, user: _User) -> None:
    """Raises BadInput for what a kubeconfig may say and is not done here."""
    mend = "name a kubeconfig with a token or a client certificate"
    if user.exec is not None or user.auth_provider is not None:
        raise BadInput(f"{name}: exec and auth-provider are not run here; {mend}")
    if user.username:
        raise BadInput(f"{name}: clusters take no user name and password any more; {mend}")
    if server.insecure_skip_tls_verify:
        raise BadInput(f"{name}: insecure-skip-tls-verify: name its certificate-authority instead")
    if server.tls_server_name or server.proxy_url:
        raise BadInput(f"{name}: tls-server-name and proxy-url are not known here; remove them")


def _decoded(place: str, data: str) -> bytes:
    try:
        return base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        raise BadInput(f"{place}: not base64; copy it again") from None


def _beside(kubeconfig: Path, file: str) -> Path | None:
    return kubeconfig.parent / file if file else None
