"""The feature service: risk of a merchant, quick from its cache and slow from its store."""

from __future__ import annotations

import argparse
import json
import math
import random
import threading
import time
from collections import OrderedDict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from payments import make_population

STORE_MEDIAN_SECONDS = 0.300
STORE_SIGMA = 0.28


class MerchantCache:
    """Least recently used merchants, kept in memory; safe to use from many threads."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept: OrderedDict[int, float] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, merchant: int) -> float | None:
        """The risk of a merchant if it is kept, and None if not."""
        with self._lock:
            if merchant in self._kept:
                self._kept.move_to_end(merchant)
            return self._kept.get(merchant)

    def put(self, merchant: int, risk: float) -> None:
        """Keep a merchant and let go of the one not asked for longest."""
        with self._lock:
            self._kept[merchant] = risk
            self._kept.move_to_end(merchant)
            if len(self._kept) > self._size:
                self._kept.popitem(last=False)


def serve(port: int, seed: int, cache_size: int) -> None:
    """Answer `/merchant?id=N` until the process is ended."""
    risk = make_population(seed).merchant_risk.tolist()
    cache = MerchantCache(cache_size)
    for merchant in reversed(range(cache_size)):  # warmed with the most popular ones
        cache.put(merchant, risk[merchant])
    waits = random.Random(seed)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            merchant = int(parse_qs(urlsplit(self.path).query)["id"][0])
            found = cache.get(merchant)
            if found is None:
                time.sleep(STORE_MEDIAN_SECONDS * math.exp(STORE_SIGMA * waits.gauss(0.0, 1.0)))
                found = risk[merchant]
                cache.put(merchant, found)
            body = json.dumps({"merchant_risk": found}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--cache-size", type=int, required=True, help="merchants kept in memory")
    arguments = parser.parse_args()
    serve(arguments.port, arguments.seed, arguments.cache_size)
