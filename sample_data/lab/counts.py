"""What the service counts of itself, and how it shows that to Prometheus."""

from __future__ import annotations

import threading
import time
from collections import Counter

BUCKET_BOUNDS = tuple(round(0.005 * 1.08**step, 6) for step in range(73))  # 5 ms to 1.27 s


class Replicas:
    """How many requests a version may work on at once; the rest wait in line."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.busy = 0
        self._changed = threading.Condition()

    def resize(self, size: int) -> None:
        with self._changed:
            self.size = size
            self._changed.notify_all()

    def __enter__(self) -> None:
        with self._changed:
            while self.busy >= self.size:
                self._changed.wait()
            self.busy += 1

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self.busy -= 1
            self._changed.notify()


class Counts:
    """Everything `/metrics` shows, counted since the start; safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: Counter[str] = Counter()
        self._errors: Counter[tuple[str, str]] = Counter()
        self._decisions: Counter[tuple[str, str, int]] = Counter()
        self._seconds: dict[str, float] = {}
        self._buckets: dict[str, list[int]] = {}

    def add(
        self, version: str, region: str, seconds: float, review: int | None, error: str
    ) -> None:
        """Count one finished request."""
        with self._lock:
            self._requests[version] += 1
            if error:
                self._errors[version, error] += 1
            if review is not None:
                self._decisions[version, region, review] += 1
            self._seconds[version] = self._seconds.get(version, 0.0) + seconds
            buckets = self._buckets.setdefault(version, [0] * len(BUCKET_BOUNDS))
            for index in range(len(BUCKET_BOUNDS) - 1, -1, -1):
                if seconds > BUCKET_BOUNDS[index]:
                    break
                buckets[index] += 1

    def exposition(self, replicas: dict[str, Replicas]) -> str:
        """The counts as Prometheus text (exposition format 0.0.4)."""
        lines = ["# TYPE fraud_request_seconds histogram"]
        with self._lock:
            for version, buckets in sorted(self._buckets.items()):
                label = f'version="{version}"'
                for bound, count in zip(BUCKET_BOUNDS, buckets, strict=True):
                    lines.append(f'fraud_request_seconds_bucket{{{label},le="{bound}"}} {count}')
                total = self._requests[version]
                lines.append(f'fraud_request_seconds_bucket{{{label},le="+Inf"}} {total}')
                lines.append(f"fraud_request_seconds_sum{{{label}}} {self._seconds[version]}")
                lines.append(f"fraud_request_seconds_count{{{label}}} {total}")
            lines.append("# TYPE fraud_errors_total counter")
            for (version, kind), count in sorted(self._errors.items()):
                lines.append(f'fraud_errors_total{{version="{version}",kind="{kind}"}} {count}')
            lines.append("# TYPE fraud_decisions_total counter")
            for (version, region, review), count in sorted(self._decisions.items()):
                labels = f'version="{version}",region="{region}",review="{review}"'
                lines.append(f"fraud_decisions_total{{{labels}}} {count}")
        for name, pick in (("in_flight", "busy"), ("warm_replicas", "size")):
            lines.append(f"# TYPE fraud_{name} gauge")
            for version, pool in sorted(replicas.items()):
                lines.append(f'fraud_{name}{{version="{version}"}} {getattr(pool, pick)}')
        lines.append("# TYPE process_cpu_seconds_total counter")
        lines.append(f"process_cpu_seconds_total {time.process_time()}")
        lines.append('fraud_build_info{service="card-fraud"} 1')
        return "\n".join(lines) + "\n"
