"""The fraud service: scores one payment per request over HTTP and shows Prometheus metrics."""

from __future__ import annotations

import argparse
import csv
import json
import math
import random
import threading
import time
import zlib
from collections import Counter
from datetime import UTC, datetime
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from model import THRESHOLD, FraudModel, train_version
from payments import Payment, make_population

DEADLINE_SECONDS = 0.8
HISTORY_MEDIAN_SECONDS = 0.021  # reading the card's history, which every version does
HISTORY_SIGMA = 0.52
HISTORY_HANGS = 0.0018  # share of reads that run into the deadline
HISTORY_UNAVAILABLE = 0.0012  # share of reads that are refused at once
BUCKET_BOUNDS = tuple(round(0.005 * 1.08**step, 6) for step in range(73))  # 5 ms to 1.27 s

LOG_COLUMNS = (
    "timestamp",
    "id",
    "customer",
    "model_version",
    "region",
    "device",
    "amount",
    "hour",
    "merchant_category",
    "card_age_days",
    "country_mismatch",
    "tx_last_hour",
    "merchant_risk",
    "score",
    "sent_to_review",
    "latency_ms",
    "error",
)


class RequestFailed(Exception):
    """A payment that could not be scored; its text is the kind of error."""


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
        self._seconds: Counter[str] = Counter()
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
            self._seconds[version] += seconds  # type: ignore[assignment]
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


class PredictionLog:
    """One CSV line for each request, as the service saw it."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", newline="", encoding="utf-8")
        self._writer = csv.writer(self._file, lineterminator="\n")
        self._writer.writerow(LOG_COLUMNS)
        self._lock = threading.Lock()

    def write(
        self,
        payment: Payment,
        arrived: datetime,
        version: str,
        risk: float | None,
        score: float | None,
        review: int | None,
        latency_ms: float,
        error: str,
    ) -> None:
        row = (
            arrived.isoformat(timespec="microseconds").replace("+00:00", "Z"),
            payment.id,
            payment.customer,
            version,
            payment.region,
            payment.device,
            payment.amount,
            payment.hour,
            payment.merchant_category,
            payment.card_age_days,
            payment.country_mismatch,
            payment.tx_last_hour,
            "" if risk is None else repr(risk),
            "" if score is None else repr(score),
            "" if review is None else review,
            f"{latency_ms:.3f}",
            error,
        )
        with self._lock:
            self._writer.writerow(row)

    def close(self) -> None:
        with self._lock:
            self._file.close()


class FraudService:
    """Two versions of the model, the split between them and the waits a request goes through."""

    def __init__(
        self, models: dict[str, FraudModel], features_port: int, log: PredictionLog
    ) -> None:
        self.models = models
        self.counts = Counts()
        self.replicas = {version: Replicas(0) for version in models}
        self.log = log
        self._split = (("v41", 1.0),)
        self._features_port = features_port
        self._connections = threading.local()
        self._waits = random.Random(7)

    def set_split(self, newer_share: float) -> None:
        """Send this share of customers to v42 and the others to v41."""
        self._split = (("v42", newer_share), ("v41", 1.0))

    def version_for(self, customer: str) -> str:
        """The version a customer is served by: the same one as long as the split stands."""
        place = zlib.crc32(customer.encode()) % 10_000 / 10_000
        return next(version for version, share in self._split if place < share)

    def answer(self, payment: Payment) -> dict[str, object]:
        """Score a payment, count it and log it; a failure is an answer with an error."""
        arrived, start = datetime.now(UTC), time.perf_counter()
        version = self.version_for(payment.customer)
        risk = score = review = None
        error = ""
        try:
            with self.replicas[version]:
                risk, score = self._score(version, payment)
            review = int(score >= THRESHOLD)
        except RequestFailed as failure:
            error = str(failure)
        seconds = time.perf_counter() - start
        self.counts.add(version, payment.region, seconds, review, error)
        self.log.write(payment, arrived, version, risk, score, review, seconds * 1e3, error)
        return {"version": version, "score": score, "review": review, "error": error}

    def _score(self, version: str, payment: Payment) -> tuple[float | None, float]:
        fate = self._waits.random()
        if fate < HISTORY_UNAVAILABLE:
            raise RequestFailed("history_unavailable")
        if fate < HISTORY_UNAVAILABLE + HISTORY_HANGS:
            time.sleep(DEADLINE_SECONDS)
            raise RequestFailed("timeout")
        time.sleep(HISTORY_MEDIAN_SECONDS * math.exp(HISTORY_SIGMA * self._waits.gauss(0.0, 1.0)))
        model = self.models[version]
        if not model.uses_merchant_risk:
            return None, float(model.score([payment])[0])
        risk = self._merchant_risk(payment.merchant)
        return risk, float(model.score([payment], [risk])[0])

    def _merchant_risk(self, merchant: int) -> float:
        connection = getattr(self._connections, "features", None)
        if connection is None:
            connection = HTTPConnection("127.0.0.1", self._features_port, timeout=DEADLINE_SECONDS)
            self._connections.features = connection
        try:
            connection.request("GET", f"/merchant?id={merchant}")
            return float(json.loads(connection.getresponse().read())["merchant_risk"])
        except TimeoutError:
            connection.close()  # a later request on this thread opens it anew
            raise RequestFailed("timeout") from None


def make_handler(service: FraudService) -> type[BaseHTTPRequestHandler]:
    """The HTTP face: POST /score, GET /metrics, POST /admin/split and /admin/replicas."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1  # head and body leave in one packet

        def do_GET(self) -> None:
            self._reply(service.counts.exposition(service.replicas).encode(), "text/plain")

        def do_POST(self) -> None:
            url = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            if url.path == "/score":
                self._reply(json.dumps(service.answer(Payment(**json.loads(body)))).encode())
                return
            query = {key: values[0] for key, values in parse_qs(url.query).items()}
            if url.path == "/admin/split":
                service.set_split(float(query["v42"]))
            elif url.path == "/admin/replicas":
                service.replicas[query["version"]].resize(int(query["warm"]))
            elif url.path == "/admin/close-log":
                service.log.close()
            self._reply(b"{}")

        def _reply(self, body: bytes, kind: str = "application/json") -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--features-port", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--newer-model", choices=("v42", "v42-broken"), required=True)
    parser.add_argument("--log", type=Path, required=True)
    arguments = parser.parse_args()
    population = make_population(arguments.seed)
    trained = [train_version(name, population) for name in ("v41", arguments.newer_model)]
    fraud_service = FraudService(
        {model.version: model for model in trained},
        arguments.features_port,
        PredictionLog(arguments.log),
    )
    ThreadingHTTPServer(("127.0.0.1", arguments.port), make_handler(fraud_service)).serve_forever()
