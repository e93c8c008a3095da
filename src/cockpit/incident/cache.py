"""A cache bounded by bytes: what was used longest ago is forgotten first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

Value = TypeVar("Value")


class Cache:
    """Values by key, at most `limit` bytes of them; any thread may use it."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held = 0
        self._entries: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], tuple[Value, int]]) -> Value:
        """The value of a key; `make` gives it and its size in bytes where it is not held."""
        with self._lock:
            if key in self._entries:
                self._entries.move_to_end(key)
                held: Value = self._entries[key][0]
                return held
        value, size = make()
        with self._lock:
            if key not in self._entries:
                self._entries[key] = (value, size)
                self._held += size
            while self._held > self._limit and self._entries:
                _, (_, freed) = self._entries.popitem(last=False)
                self._held -= freed
        return value
