"""The load generator: payments in waves and bursts, with labels that come minutes later."""

from __future__ import annotations

import argparse
import csv
import json
import math
import queue
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import numpy as np

from payments import Payment, draw_payments, make_population
from scenarios import SCENARIOS, Scenario
from times import rfc3339

CONNECTIONS = 28
MEAN_RATE = 61.0  # payments a second before the bursts
BURST_EVERY_SECONDS = 140.0
BURST_FACTOR = 1.7
LABEL_MINUTES = (2.0, 3.8, 8.0)  # earliest, most likely and latest, the same for fraud and honest
CHUNK = 2_000  # payments drawn at once


def arrival_times(seconds: float, seed: int, mean_rate: float = MEAN_RATE) -> np.ndarray:
    """When payments are sent, in seconds from the start: a Poisson stream of changing rate.

    Two waves (of 7 minutes and of 95 seconds) and short bursts; the same seed gives the same times.
    `mean_rate` is in payments a second, before the bursts.
    """
    rng = np.random.default_rng([seed, 3])
    times = np.arange(0.0, seconds, 1.0)
    rate = mean_rate * (
        1.0 + 0.20 * np.sin(2 * math.pi * times / 420.0) + 0.08 * np.sin(2 * math.pi * times / 95.0)
    )
    start = rng.exponential(BURST_EVERY_SECONDS)
    while start < seconds:
        lasts = rng.uniform(8.0, 22.0)
        rate[(times >= start) & (times < start + lasts)] *= BURST_FACTOR
        start += lasts + rng.exponential(BURST_EVERY_SECONDS)
    counts = rng.poisson(rate)
    return np.asarray(np.sort(np.repeat(times, counts) + rng.random(int(counts.sum()))))


def payment_stream(
    scenario: Scenario, minutes_at: Iterator[float]
) -> Iterator[tuple[Payment, int]]:
    """Payments and their truth, changed as the scenario says for the minute each is sent at."""
    population = make_population(scenario.seed)
    rng = np.random.default_rng([scenario.seed, 4])
    ready: list[tuple[Payment, int]] = []
    drawn = 0
    for minute in minutes_at:
        if not ready:
            factor = {c.region: c.factor for c in scenario.traffic_changes if minute >= c.minute}
            payments, fraud = draw_payments(
                population, CHUNK, rng, prefix=f"p{drawn:03d}-", region_factor=factor
            )
            drawn += 1
            ready = list(zip(payments, fraud.tolist(), strict=True))[::-1]
        payment, is_fraud = ready.pop()
        for change in scenario.amount_changes:
            if payment.region == change.region and minute >= change.minute:
                payment = replace(payment, amount=round(payment.amount * change.factor, 2))
        yield payment, is_fraud


def run(
    scenario: Scenario, port: int, labels: Path, start: datetime, before: float, scale: float
) -> None:
    """Send the scenario's traffic, beginning `before` seconds ahead of `start`; write labels."""
    length = scenario.minutes * 60.0 * scale
    offsets = arrival_times(length + before, scenario.seed) - before
    stream = payment_stream(scenario, (offset / 60.0 / scale for offset in offsets.tolist()))
    work: queue.Queue[Payment | None] = queue.Queue()
    senders = start_senders(port, work)
    rng = np.random.default_rng([scenario.seed, 5])
    with labels.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("id", "is_fraud", "labelled_at"))
        for offset, (payment, is_fraud) in zip(offsets.tolist(), stream, strict=True):
            due = start + timedelta(seconds=offset)
            time.sleep(max(0.0, (due - datetime.now(UTC)).total_seconds()))
            work.put(payment)
            known = due + timedelta(minutes=float(rng.triangular(*LABEL_MINUTES)) * scale)
            writer.writerow((payment.id, is_fraud, rfc3339(known)))
    for _ in senders:
        work.put(None)
    for sender in senders:
        sender.join(timeout=5.0)


def start_senders(port: int, work: queue.Queue[Payment | None]) -> list[threading.Thread]:
    """Threads that send the payments put into `work`, each until it gets a None."""
    senders = [
        threading.Thread(target=_send, args=(port, work), daemon=True) for _ in range(CONNECTIONS)
    ]
    for sender in senders:
        sender.start()
    return senders


def _send(port: int, work: queue.Queue[Payment | None]) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=10.0)
    while (payment := work.get()) is not None:
        try:
            connection.request("POST", "/score", json.dumps(vars(payment)))
            connection.getresponse().read()
        except (HTTPException, OSError):
            connection.close()  # the next payment opens it anew; this one is lost, as it would be


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenario", choices=sorted(SCENARIOS), required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--start", type=datetime.fromisoformat, required=True)
    parser.add_argument("--before", type=float, required=True, help="seconds of traffic before it")
    parser.add_argument("--scale", type=float, default=1.0, help="1 is real time")
    arguments = parser.parse_args()
    run(
        SCENARIOS[arguments.scenario],
        arguments.port,
        arguments.labels,
        arguments.start,
        arguments.before,
        arguments.scale,
    )
