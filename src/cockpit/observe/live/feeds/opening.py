"""One entry of `sources.changes` or `sources.reports` as the feed it names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cockpit.observe.live.feeds.cluster import ClusterFeed
from cockpit.observe.live.feeds.file import FileFeed
from cockpit.observe.live.feeds.kubeconfig import read_kubeconfig
from cockpit.observe.live.feeds.listening import ListeningFeed, Posted, address_of
from cockpit.records import BadInput, naming
from cockpit.units import parse_duration

if TYPE_CHECKING:
    from cockpit.config import ChangeFeed
    from cockpit.observe.live.source import Source

REPORTS = "reports"  # the other list: what users report


def open_feed(name: str, feed: ChangeFeed, *, beside: Path, state_folder: Path) -> Source:
    """The feed called `name`: changes[0], reports[1]. A series of Prometheus is none of these.

    Files are named from the folder `beside`, that of the configuration; what is posted is spooled
    under `state_folder`. Raises BadInput naming the key.
    """
    with naming(f"sources.{name}"):
        every = parse_duration(feed.every)
        which = name.partition("[")[0]
        kind = "report" if which == REPORTS and feed.kind == "deploy" else feed.kind
        named = [key for key in ("file", "listen", "kubernetes") if getattr(feed, key)]
        if len(named) != 1:
            raise BadInput("name one of file, listen, kubernetes or series")
        if feed.file:
            path = beside / Path(feed.file).expanduser()
            return FileFeed(name, path, defaults={"kind": kind}, every=every)
        if feed.kubernetes:
            cluster = read_kubeconfig(beside / Path(feed.kubernetes).expanduser())
            return ClusterFeed(name, cluster, namespace=feed.namespace, every=every)
        if feed.token is None:
            raise BadInput("listen takes a token; write token: {env: CHANGES_TOKEN}")
        host, port = address_of(feed.listen)
        spool = state_folder / "feeds" / f"{host.replace(':', '-')}-{port}-{which}.jsonl"
        posted = Posted(feed.listen, f"/{which}", feed.token, kind, spool)
        return ListeningFeed(name, posted, every=every)
