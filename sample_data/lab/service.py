"""The fraud service: scores one payment per request over HTTP and shows Prometheus metrics."""

from __future__ import annotations

import argparse
import json
import math
import random
import threading
import time
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from counts import Counts, Replicas
from model import THRESHOLD, FraudModel, train_version
from payments import Payment, make_population
from prediction_log import LOG_COLUMNS, PredictionLog
from rawfiles import write_reference
from rules import suspicion

DEADLINE_SECONDS = 0.8
HISTORY_MEDIAN_SECONDS = 0.021  # reading the card's history, which every version does
HISTORY_SIGMA = 0.52
HISTORY_HANGS = 0.0018  # share of reads that run into the deadline
HISTORY_UNAVAILABLE = 0.0012  # share of reads that are refused at once


class RequestFailed(Exception):
    """A payment that could not be scored; its text is the kind of error."""


class FraudService:
    """Two versions of the model, the split between them and the waits a request goes through."""

    def __init__(
        self, models: dict[str, FraudModel], features_port: int, log: PredictionLog
    ) -> None:
        self.models = models
        self.counts = Counts()
        self.replicas = {version: Replicas(0) for version in models}
        self.log = log
        self.v42_share = 0.0
        self.rules_regions: set[str] = set()  # where the rules decide instead of the model
        self.amount_factors: dict[str, float] = {}  # what a region's gateway does to amounts
        self._features_port = features_port
        self._connections = threading.local()
        self._waits = random.Random(7)

    def received(self, payment: Payment) -> Payment:
        """A payment as the gateway of its region hands it on."""
        factor = self.amount_factors.get(payment.region, 1.0)
        amount = round(payment.amount * factor, 2)
        return payment if factor == 1.0 else replace(payment, amount=amount)

    def version_for(self, customer: str) -> str:
        """The version a customer is served by: the same one as long as the split stands.

        Raising the share of v42 moves customers to it and none away from it.
        """
        place = zlib.crc32(customer.encode()) % 10_000 / 10_000
        return "v42" if place < self.v42_share else "v41"

    def answer(self, payment: Payment) -> dict[str, object]:
        """Score a payment, count it and log it; a failure is an answer with an error."""
        arrived, start = datetime.now(UTC), time.perf_counter()
        by_rules = payment.region in self.rules_regions
        version = "rules" if by_rules else self.version_for(payment.customer)
        risk = score = review = None
        error = ""
        try:
            if by_rules:
                score = suspicion(payment)
            else:
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
    """The HTTP face: POST /score, GET /metrics and, for whoever runs it, POST /admin/…"""

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
                payment = service.received(Payment(**json.loads(body)))
                self._reply(json.dumps(service.answer(payment)).encode())
                return
            query = {key: values[0] for key, values in parse_qs(url.query).items()}
            if url.path == "/admin/split":
                service.v42_share = float(query["v42"])
            elif url.path == "/admin/replicas":
                service.replicas[query["version"]].resize(int(query["warm"]))
            elif url.path == "/admin/rules":
                service.rules_regions -= {query["region"]}
                service.rules_regions |= {query["region"]} if query["on"] == "1" else set()
            elif url.path == "/admin/amounts":
                service.amount_factors[query["region"]] = float(query["factor"])
            elif url.path == "/admin/log":
                service.log.freeze(query["frozen"] == "1")
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
    parser.add_argument("--reference", type=Path, help="write healthy traffic scored by v41 here")
    arguments = parser.parse_args()
    population = make_population(arguments.seed)
    trained = [train_version(name, population) for name in ("v41", arguments.newer_model)]
    if arguments.reference:
        write_reference(arguments.reference, population, trained[0], LOG_COLUMNS)
    fraud_service = FraudService(
        {model.version: model for model in trained},
        arguments.features_port,
        PredictionLog(arguments.log),
    )
    ThreadingHTTPServer(("127.0.0.1", arguments.port), make_handler(fraud_service)).serve_forever()
