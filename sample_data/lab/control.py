"""How `inject.py` reaches a running stack: one order at a time, over loopback."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Callable
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

STATE_FILE = "stack.json"  # in the stack's folder: what runs where
ANSWERED_WITHIN = 30.0  # seconds; starting a daemon may take some
Order = tuple[str, str]  # what is to be done, and its value or nothing


class Unheard(Exception):
    """No stack that takes orders; its text says which."""


class Control:
    """Takes orders over HTTP in a thread; the stack carries them out in its own."""

    def __init__(self) -> None:
        self._orders: queue.Queue[tuple[Order, queue.Queue[tuple[bool, str]]]] = queue.Queue()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self._orders))
        self.port = int(self._server.server_port)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def serve(self, seconds: float, do: Callable[[str, str], tuple[bool, str]]) -> None:
        """Wait so long for an order and have it done: whether it could be, and what is so now."""
        try:
            (name, value), answer = self._orders.get(timeout=seconds)
        except queue.Empty:
            return
        answer.put(do(name, value))

    def close(self) -> None:
        """Take no more orders."""
        self._server.shutdown()
        self._server.server_close()


def send(folder: Path, name: str, value: str) -> tuple[bool, str]:
    """Have a running stack do something: whether it could, and what it says. Raises Unheard."""
    try:
        port = int(json.loads((folder / STATE_FILE).read_text())["control_port"])
    except (OSError, ValueError, KeyError):
        raise Unheard(f"{folder}: no stack runs in this folder; make stack starts one") from None
    connection = HTTPConnection("127.0.0.1", port, timeout=ANSWERED_WITHIN)
    try:
        connection.request("POST", "/", json.dumps([name, value]))
        done, text = json.loads(connection.getresponse().read())
        return bool(done), str(text)
    except (OSError, ValueError):
        raise Unheard(f"{folder}: the stack that ran here has ended; start it again") from None
    finally:
        connection.close()


def _handler(
    orders: queue.Queue[tuple[Order, queue.Queue[tuple[bool, str]]]],
) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            name, value = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            answer: queue.Queue[tuple[bool, str]] = queue.Queue()
            orders.put(((str(name), str(value)), answer))
            body = json.dumps(answer.get(timeout=ANSWERED_WITHIN)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler
