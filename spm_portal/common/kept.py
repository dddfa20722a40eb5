"""What a process keeps of results that cost much and never change: the last asked for, dropped by use."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

V = TypeVar("V")


class Kept(Generic[V]):
    """Keeps results until there are more than `most`, by number or by what `size` says; the last one always stays.

    A key says everything that its result was made of, so that nothing here is ever out of date. Two threads that miss
    the same result both work it out; no thread waits for another one's work.
    """

    def __init__(self, most: int, size: Callable[[V], int] = lambda _result: 1) -> None:
        self.most = most
        self._size = size
        self._total = 0
        self._results: OrderedDict[Hashable, V] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> V | None:
        """The result of this key, which then counts as the newest; None where it is not kept."""
        with self._lock:
            if key not in self._results:
                return None
            self._results.move_to_end(key)
            return self._results[key]

    def put(self, key: Hashable, result: V) -> V:
        """Keep a result, let go of the oldest that there is no room for, and give it back."""
        with self._lock:
            if key in self._results:
                self._total -= self._size(self._results.pop(key))
            self._results[key] = result
            self._total += self._size(result)
            while len(self._results) > 1 and self._total > self.most:
                self._total -= self._size(self._results.popitem(last=False)[1])
        return result

    def clear(self) -> None:
        """Keep nothing any more, for tests and measurements."""
        with self._lock:
            self._results.clear()
            self._total = 0

    def __len__(self) -> int:
        return len(self._results)
