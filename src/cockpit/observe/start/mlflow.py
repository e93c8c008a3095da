"""A registry of models with MLflow's REST API: which versions there are, and their inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec
from msgspec.structs import replace

from cockpit.config import Features, Versions
from cockpit.observe.live.http import Server, StatusFailed
from cockpit.observe.live.source import SourceFailed
from cockpit.records import BadInput
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


class _Signature(msgspec.Struct):
    inputs: str = "[]"


class _MLmodel(msgspec.Struct):
    signature: _Signature = msgspec.field(default_factory=_Signature)


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
    """Name and type of each input that an MLmodel file names: JSON inside YAML; none where it
    names none. Inputs without a name, those of a tensor, are left out.
    """
    try:
        signature = read(mlmodel, where="MLmodel").convert(_MLmodel).signature
        inputs = msgspec.json.decode(signature.inputs, type=list[_Input])
    except (BadInput, msgspec.MsgspecError):
        return []
    return [(each.name, each.type) for each in inputs if each.name]


def _add_versions(model: _Model, versions: list[_Version], proposal: Proposal) -> None:
    """The version that serves, by its alias or stage, else the newest; and the one before it."""
    named = {alias.alias.lower(): alias.version for alias in model.aliases}
    staged = {v.current_stage.lower(): v.version for v in reversed(versions)}
    known = {v.version for v in versions}
    told = [(word, v) for word, v in [*named.items(), *staged.items()] if v in known]
    current = next(((w, v) for word in _CURRENT for w, v in told if w == word), None)
    newest = versions[0].version if versions else ""
    serving = current[1] if current else newest
    older = [v.version for v in versions if _number(v.version) < _number(serving)]
    before = next((v for word in _PREVIOUS for w, v in told if w == word), next(iter(older), ""))
    proposal.versions = Versions(current=serving, previous=before)
    why = f"the registry calls it {current[0]}" if current else "the newest in the registry"
    if serving:
        proposal.say("model.versions.current", f"A guess: {why}.")
    if before:
        proposal.say("model.versions.previous", "What a rollback goes to.")


def _add_features(inputs: list[tuple[str, str]], what: str, proposal: Proposal) -> None:
    """The inputs that the log has too become its features: what the model does not read is none."""
    log = proposal.predictions
    if log is None or log.features == "auto":
        return
    types = dict(inputs)
    logged = [*log.features.numeric, *log.features.categorical]
    read_too = [name for name in logged if name in types]
    if not read_too:
        proposal.lacks(what, "the log has no column that is called like an input")
        return
    features = Features(
        numeric=[name for name in read_too if types[name] in _NUMBERS],
        categorical=[name for name in read_too if types[name] not in _NUMBERS],
    )
    proposal.predictions = replace(log, features=features)
    proposal.say("sources.predictions.features", f"Those that are in the {what}.")
    lacking = [name for name in types if name not in logged]
    if lacking:
        proposal.lacks(what, f"not in the log: {', '.join(lacking[:_NAMED])}")


def _chosen(models: list[_Model], proposal: Proposal) -> _Model | None:
    """The model that is called as the service is, or the only one."""
    service = proposal.service.lower()
    same = [model for model in models if model.name.lower() == service]
    if same or len(models) == 1:
        return (same or models)[0]
    named = ", ".join(model.name for model in models[:_NAMED]) or "none"
    proposal.lacks("a model of MLflow", f"there are: {named}", "name yours with --service")
    return None


def _decoded(body: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise SourceFailed("no answer of an MLflow") from None


def _escaped(name: str) -> str:
    """A name as a filter of the registry takes it."""
    return name.replace("\\", "\\\\").replace("'", "\\'")


def _number(version: str) -> int:
    """Versions of a registry are whole numbers, told as text."""
    return int(version) if version.isdecimal() and len(version) < 19 else -1
