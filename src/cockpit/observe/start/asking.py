"""What a server with the HTTP API of Prometheus is asked about itself: names, labels, values."""

from __future__ import annotations
