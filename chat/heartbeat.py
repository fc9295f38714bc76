"""The Go program's clocks for one connection: a ping at an interval, dead when none is answered in time."""

import asyncio
import secrets
from collections.abc import Callable

from chat import conf


class Heartbeat:
    """Pings with random numbers; only the answer to one of ours counts, not other talk."""

    def __init__(self, ping: Callable[[int], None], dead: Callable[[], None]) -> None:
        """Start at once: `ping` sends a number, `dead` is called once when no pong came for the timeout."""
        self._loop = asyncio.get_running_loop()
        self._interval = conf.seconds("CHAT_HEARTBEAT_INTERVAL_SECONDS")
        self._timeout = conf.seconds("CHAT_HEARTBEAT_TIMEOUT_SECONDS")
        self._ping = ping
        self._dead = dead
        self._asked: set[int] = set()
        self._answered_at = self._loop.time()
        self._next_ping = self._loop.call_later(self._interval, self._send)
        self._deadline = self._loop.call_later(self._timeout, self._check)

    def pong(self, number: int) -> bool:
        """Take an answer; returns whether we had asked with that number."""
        if number not in self._asked:
            return False
        self._asked.clear()
        self._answered_at = self._loop.time()
        return True

    def stop(self) -> None:
        """Ping no more and never call `dead`."""
        self._next_ping.cancel()
        self._deadline.cancel()

    def _send(self) -> None:
        number = secrets.randbelow(2**32)
        self._asked.add(number)
        self._ping(number)
        self._next_ping = self._loop.call_later(self._interval, self._send)

    def _check(self) -> None:
        due_at = self._answered_at + self._timeout
        if self._loop.time() >= due_at:
            self._dead()
        else:
            self._deadline = self._loop.call_at(due_at, self._check)
