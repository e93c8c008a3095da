"""What is around a service: its processes and GPUs, what tells of changes, who sends its alerts."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cockpit.config import Alertmanager, Auth, ChangeFeed, Panel
from cockpit.observe.live.http import Server
from cockpit.observe.live.source import SourceFailed
from cockpit.observe.start.promql import narrowed
from cockpit.records import BadInput
from cockpit.text import inert

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from cockpit.observe.start.proposal import Proposal
    from cockpit.observe.start.serving import Job
    from cockpit.observe.start.telling import Telling

_VERSION_LABELS = ("version", "model_version", "app_version", "revision", "tag", "image_tag")
# Of what a process runs on, not of the model.
_NOT_OURS = ("go_", "python_", "prometheus_", "alertmanager_", "grafana_", "node_", "jvm_")


class _Of(NamedTuple):
    """A figure of a process or a machine; {s} is its series, {w} the window of rates."""

    name: str
    metric: str
    query: str
    unit: str
    said: str


_OF_PROCESSES = (
    _Of("cpu", "process_cpu_seconds_total", "max(rate({s}[{w}]))", "cores", "Its busiest process."),
    _Of("memory", "process_resident_memory_bytes", "max({s})", "B", "Its largest process."),
)
_OF_GPUS = (
    # dcgm-exporter 3, etc/default-counters.csv: percent, and MiB
    _Of("gpu_busy", "DCGM_FI_DEV_GPU_UTIL", "max({s}) / 100", "share", "The busiest GPU."),
    _Of("gpu_memory", "DCGM_FI_DEV_FB_USED", "max({s}) * 1048576", "B", "The fullest GPU."),
    _Of("gpu_temperature", "DCGM_FI_DEV_GPU_TEMP", "max({s})", "°C", "The hottest GPU."),
    # nvidia_gpu_exporter 1.2: a share from 0 to 1
    _Of("gpu_busy", "nvidia_smi_utilization_gpu_ratio", "max({s})", "share", "The busiest GPU."),
)


async def add_processes(
    telling: Telling, names: Collection[str], job: Job, proposal: Proposal
) -> None:
    """Figures of the job's processes, and of the GPUs that are known. Raises SourceFailed."""
    for of in _OF_PROCESSES:
        series = narrowed(of.metric, job.matchers)
        if of.metric in names and await telling.number(f"count({series})"):
            _add(of, series, job, proposal, of.said)
    for of in _OF_GPUS:
        if of.metric in names and of.name not in proposal.panels:
            many = await telling.number(f"count({of.metric})") or 0
            _add(
                of, of.metric, job, proposal, f"{of.said} There are {many:.0f}: narrow it to yours."
            )
    if "gpu_busy" not in proposal.panels:
        proposal.lacks(
            "GPUs",
            "no metric of dcgm-exporter or nvidia_gpu_exporter is there",
            "without a GPU nothing is missing",
        )


async def add_changes(telling: Telling, names: Sequence[str], job: Job, proposal: Proposal) -> None:
    """A series whose version changes, and one that counts instances. Raises SourceFailed."""
    series, label = await _of_versions(telling, names, job)
    if series:
        proposal.say(f"sources.changes[{len(proposal.changes)}]", "Another version is a deploy.")
        proposal.changes.append(ChangeFeed(series=series, label=label))
    else:
        proposal.lacks(
            "deploys",
            "no build_info and no label of a version is there",
            "name a file, or `listen`, under sources.changes",
        )
    up = narrowed("up", job.matchers)
    if job.serving.job and await telling.number(f"count({up})"):
        said = "More or fewer instances that answer."
        proposal.say(f"sources.changes[{len(proposal.changes)}]", said)
        proposal.changes.append(ChangeFeed(series=f"sum({up})", label="", kind="note"))
        panel = Panel(query=f"sum({up})", unit="instances", direction="higher_is_better")
        proposal.add_panel("instances", panel, "Instances that answer when they are scraped.")


async def add_alertmanager(telling: Telling, proposal: Proposal) -> None:
    """The first Alertmanager of the server that can be reached from here too."""
    try:
        addresses = await telling.alertmanagers()
    except SourceFailed as failed:
        proposal.lacks("Alertmanager", str(failed), "name it under sources.alerts")
        return
    if not addresses:
        proposal.lacks(
            "Alertmanager",
            "the server names none",
            "its own firing alerts are taken; name one under sources.alerts",
        )
    for address in addresses:
        why = await _why_not(address)
        if why:
            mend = "name under sources.alerts how it is reached from here"
            proposal.lacks(f"Alertmanager {address}", why, mend)
            continue
        proposal.alerts = Alertmanager(alertmanager=address)
        proposal.found.append(f"Alertmanager {inert(address)}")
        proposal.say("sources.alerts", "Named by the server of metrics, and it answers.")
        proposal.say("sources.alerts", "matchers: which alerts are of this service; now all are.")
        return


def _add(of: _Of, series: str, job: Job, proposal: Proposal, said: str) -> None:
    query = of.query.format(s=series, w=job.window)
    proposal.add_panel(of.name, Panel(query=query, unit=of.unit, direction="lower_is_better"), said)


async def _of_versions(telling: Telling, names: Sequence[str], job: Job) -> tuple[str, str]:
    """A series with a version in a label, and that label."""
    infos = [n for n in names if n.endswith("build_info") and not n.startswith(_NOT_OURS)]
    for name in infos:
        series = narrowed(name, job.matchers)
        labels = set(await telling.label_names(series))
        for label in _VERSION_LABELS:
            if label in labels:
                return series, label
    if job.version:
        return f"group by ({job.version}) ({job.counted})", job.version
    return "", ""


async def _why_not(address: str) -> str:
    """Why an Alertmanager cannot be asked; "" where it answers. It is told no secret."""
    try:
        server = Server(address, Auth(), most_bytes=1 << 20)
        try:
            await server.get("/api/v2/status")
        finally:
            await server.close()
    except (BadInput, SourceFailed) as reason:
        return str(reason)
    return ""
