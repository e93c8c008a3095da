"""A registry of models that speaks MLflow's REST API: which versions there are, and their inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec
import yaml

from cockpit.config import Features, Versions
from cockpit.observe.live.http import Server, StatusFailed
from cockpit.observe.live.source import SourceFailed
from cockpit.text import inert
from cockpit.yamlfile import read

if TYPE_CHECKING:
    from cockpit.config import Auth
    from cockpit.observe.start.proposal import Proposal

T = TypeVar("T")
_API = "/api/2.0/mlflow"
_MOST_BYTES = 8 << 20
_MOST_MODELS = 100
_NAMED = 8  # models that are named in a comment
_CURRENT = ("champion", "production", "prod", "live", "current", "stable")
_PREVIOUS = ("previous", "last-good", "last_good", "rollback", "fallback")
_NUMBERS = ("integer", "long", "float", "double")


class _Alias(msgspec.Struct):
    alias: str = ""
    version: str = ""


class _Version(msgspec.Struct):
    version: str = ""
    current_stage: str = ""
    status: str = "READY"


class _Model(msgspec.Struct):
    name: str
    aliases: list[_Alias] = []
    latest_versions: list[_Version] = []


class _Models(msgspec.Struct):
    registered_models: list[_Model] = []


class _OneModel(msgspec.Struct):
    registered_model: _Model


class _Versions(msgspec.Struct):
    model_versions: list[_Version] = []


class _Input(msgspec.Struct):
    name: str = ""
    type: str = ""


async def add_models(address: str, auth: Auth, proposal: Proposal) -> None:
    """Add the versions of the model that is called as the service is, else of the only one.

    What cannot be had is named as missing. Raises BadInput for what is no address.
    """
    server = Server(address, auth, most_bytes=_MOST_BYTES)
    try:
        await _Registry(server).add(proposal)
    except SourceFailed as failed:
        proposal.lacks(f"MLflow {address}", str(failed))
    finally:
        await server.close()


class _Registry:
    def __init__(self, server: Server) -> None:
        self._server = server

    async def add(self, proposal: Proposal) -> None:
        """Raises SourceFailed."""
        asked = {"max_results": str(_MOST_MODELS)}
        body = await self._server.get(f"{_API}/registered-models/search", asked)
        models = _decoded(body, _Models).registered_models
        chosen = _chosen(models, proposal)
        if chosen is None:
            return
        body = await self._server.get(f"{_API}/registered-models/get", {"name": chosen.name})
        model = _decoded(body, _OneModel).registered_model
        asked = {"filter": f"name='{_escaped(chosen.name)}'", "max_results": "200"}
        body = await self._server.get(f"{_API}/model-versions/search", asked)
        versions = [v for v in _decoded(body, _Versions).model_versions if v.status == "READY"]
        versions.sort(key=lambda each: _number(each.version), reverse=True)
        proposal.found.append(f"model {inert(model.name)}, {len(versions):,} versions of MLflow")
        _add_versions(model, versions, proposal)
        serving = proposal.versions.current or next((v.version for v in versions), "")
        if serving:
            await self._add_inputs(model.name, serving, proposal)

    async def _add_inputs(self, name: str, version: str, proposal: Proposal) -> None:
        """The inputs of a signature as features, those that the log has too."""
        what = f"signature of {inert(name, 60)} {inert(version, 20)}"
        query = {"name": name, "version": version, "path": "MLmodel"}
        try:
            text = (await self._server.get("/model-versions/get-artifact", query)).decode()
            inputs = inputs_of(text)
        except StatusFailed as failed:
            proposal.lacks(what, str(failed))
            return
        except UnicodeDecodeError:
            inputs = []
        if not inputs:
            proposal.lacks(what, "its MLmodel names no inputs", "log the model with a signature")
            return
        proposal.found.append(f"{len(inputs):,} inputs in the {what}")
        _add_features(inputs, what, proposal)


def inputs_of(mlmodel: str) -> list[tuple[str, str]]:
    """Name and type of each input that an MLmodel file names: JSON inside YAML."""
    raise NotImplementedError
