"""The service as it answers over HTTP, its split of customers, and the merchants kept in memory."""

import csv
import json
import threading
from collections import OrderedDict
from http.client import HTTPConnection
from http.server import ThreadingHTTPServer

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features import MerchantCache
from payments import Payment
from prediction_log import PredictionLog
from scrape import parse_exposition
from service import FraudService, make_handler

CUSTOMERS = [f"c{number:05d}" for number in range(3_000)]


class SameScore:
    """A model that finds every payment equally suspicious."""

    uses_merchant_risk = False

    def __init__(self, score):
        self._score = score

    def score(self, payments, merchant_risk=None):
        return np.full(len(payments), self._score)


@pytest.fixture
def service(tmp_path):
    log = PredictionLog(tmp_path / "served.csv")
    fraud_service = FraudService({"v41": SameScore(0.125), "v42": SameScore(0.75)}, 0, log)
    yield fraud_service
    log.close()


@given(shares=st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_raising_the_share_moves_nobody_away_from_the_newer_version(shares):
    split = FraudService({}, 0, None)
    served = []
    for share in sorted(shares):
        split.v42_share = share
        served.append({c for c in CUSTOMERS if split.version_for(c) == "v42"})
        assert len(served[-1]) / len(CUSTOMERS) == pytest.approx(share, abs=0.05)
    assert served[0] <= served[1]


def test_a_payment_is_scored_counted_and_logged(service, tmp_path):
    server = ThreadingHTTPServer(("127.0.0.1", 0), make_handler(service))
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def ask(method, path, body=""):
        connection = HTTPConnection("127.0.0.1", server.server_port, timeout=20)
        connection.request(method, path, body, {"Connection": "close"})
        return connection.getresponse().read().decode()

    try:
        for version in ("v41", "v42"):
            ask("POST", f"/admin/replicas?version={version}&warm=2")
        ask("POST", "/admin/split?v42=1.0")
        payments = [
            Payment(f"p{n}", "c1", "BR", "ios", n, "fuel", 12.5, 9, 300, 0, 1) for n in range(12)
        ]
        answers = [json.loads(ask("POST", "/score", json.dumps(vars(p)))) for p in payments]
        sample = parse_exposition(ask("GET", "/metrics"))
        ask("POST", "/admin/close-log")
    finally:
        server.shutdown()
        server.server_close()
    scored = [answer for answer in answers if not answer["error"]]
    assert all(a == {"version": "v42", "score": 0.75, "review": 1, "error": ""} for a in scored)
    labels = frozenset({("version", "v42"), ("region", "BR"), ("review", "1")})
    assert sample.get(("fraud_decisions_total", labels), 0) == len(scored)
    with (tmp_path / "served.csv").open(newline="") as file:
        logged = list(csv.DictReader(file))
    assert [row["id"] for row in logged] == [payment.id for payment in payments]
    assert [row["error"] for row in logged] == [answer["error"] for answer in answers]
    assert {row["score"] for row in logged if not row["error"]} <= {"0.75"}


@given(st.integers(1, 5), st.lists(st.integers(0, 8), max_size=60))
def test_the_cache_keeps_the_merchants_asked_for_last(size, asked):
    cache, expected = MerchantCache(size), OrderedDict()
    for merchant in asked:
        found = cache.get(merchant)
        assert (found is not None) == (merchant in expected)
        if found is None:
            cache.put(merchant, merchant / 10)
        expected[merchant] = None
        expected.move_to_end(merchant)
        if len(expected) > size:
            expected.popitem(last=False)
