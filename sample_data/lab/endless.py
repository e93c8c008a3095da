"""Traffic without end, for the stack: payments, and their labels once they are known."""

from __future__ import annotations

import argparse
import csv
import heapq
import queue
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import numpy as np

from load import CHUNK, arrival_times, start_senders
from payments import Payment, draw_payments, make_population
from times import rfc3339

BLOCK_SECONDS = 7_980.0  # both waves of `arrival_times` fit in it a whole number of times
MOST_WAITING = 500  # payments not sent yet; those beyond are lost, as they would be
LATE_SECONDS = 5.0  # a machine that slept goes on from now and sends nothing twice


def arrivals(seed: int, rate: float) -> Iterator[float]:
    """When payments are sent, in seconds from the start; without end."""
    for block in count():
        times = arrival_times(BLOCK_SECONDS, seed + block, rate)
        yield from (times + block * BLOCK_SECONDS).tolist()


def payments_and_truth(seed: int, prefix: str) -> Iterator[tuple[Payment, int]]:
    """Payments and whether each is fraud; without end. Ids begin with `prefix`."""
    population = make_population(seed)
    rng = np.random.default_rng([seed, 4])
    for chunk in count():
        payments, fraud = draw_payments(population, CHUNK, rng, prefix=f"{prefix}-{chunk:04d}-")
        yield from zip(payments, fraud.tolist(), strict=True)


def run(port: int, labels: Path, seed: int, rate: float, label_minutes: float) -> None:
    """Send payments until the process is ended; write each label when it becomes known.

    That is after half `label_minutes` at the earliest, twice as long at the latest.
    """
    began = time.time()
    rng = np.random.default_rng([seed, 5])
    work: queue.Queue[Payment | None] = queue.Queue()
    start_senders(port, work)
    unknown: list[tuple[float, str, int]] = []  # a heap: when it becomes known, id, is_fraud
    with labels.open("a", newline="", encoding="utf-8", buffering=1) as file:
        writer = csv.writer(file, lineterminator="\n")
        if file.tell() == 0:
            writer.writerow(("id", "is_fraud", "labelled_at"))
        stream = payments_and_truth(seed, f"{int(began):x}")  # no id comes again after a restart
        for offset, (payment, is_fraud) in zip(arrivals(seed, rate), stream, strict=False):
            wait = began + offset - time.time()
            if wait > 0:
                time.sleep(wait)
            elif wait < -LATE_SECONDS:
                began -= wait
            if work.qsize() < MOST_WAITING:
                work.put(payment)
            now = time.time()
            minutes = rng.triangular(label_minutes / 2, label_minutes, label_minutes * 2)
            heapq.heappush(unknown, (now + 60.0 * minutes, payment.id, is_fraud))
            while unknown[0][0] <= now:
                known, id_, truth = heapq.heappop(unknown)
                writer.writerow((id_, truth, rfc3339(datetime.fromtimestamp(known, UTC))))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--rate", type=float, required=True, help="payments a second")
    parser.add_argument("--label-minutes", type=float, required=True, help="the usual delay")
    arguments = parser.parse_args()
    run(
        arguments.port,
        arguments.labels,
        arguments.seed,
        arguments.rate,
        arguments.label_minutes,
    )
