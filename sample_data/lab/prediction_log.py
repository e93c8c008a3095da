"""The service's own log of predictions: one CSV line for each request, written at once."""

from __future__ import annotations

import csv
import threading
from datetime import datetime
from pathlib import Path

from payments import Payment
from times import rfc3339

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


class PredictionLog:
    """One CSV line for each request, as the service saw it; goes on where the file ends.

    While it is frozen, the lines wait in memory.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", newline="", encoding="utf-8", buffering=1)
        self._writer = csv.writer(self._file, lineterminator="\n")
        self._waiting: list[tuple[object, ...]] = []
        self._frozen = False
        self._lock = threading.Lock()
        if self._file.tell() == 0:
            self._writer.writerow(LOG_COLUMNS)

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
            rfc3339(arrived),
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
            if self._frozen:
                self._waiting.append(row)
            else:
                self._writer.writerow(row)

    def freeze(self, frozen: bool) -> None:
        """Stop writing, or write what waited and go on."""
        with self._lock:
            self._frozen = frozen
            if not frozen:
                self._writer.writerows(self._waiting)
                self._waiting.clear()

    def close(self) -> None:
        with self._lock:
            self._file.close()
