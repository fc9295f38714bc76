"""How often something may happen. The clock is passed in: seconds that only grow."""

from collections import deque
from collections.abc import Hashable


class Window:
    """Counts what happened in the last `seconds`; `hit` tells whether it was more than `most`."""

    def __init__(self, most: int, seconds: float) -> None:
        """Begin with nothing counted."""
        self._most = most
        self._seconds = seconds
        self._times: deque[float] = deque()

    def hit(self, now: float) -> bool:
        """Count one more and return whether that is too many."""
        while self._times and self._times[0] <= now - self._seconds:
            self._times.popleft()
        self._times.append(now)
        return len(self._times) > self._most


class Every:
    """Lets something happen once in `seconds` for each key."""

    def __init__(self, seconds: float) -> None:
        """Begin with nothing done."""
        self._seconds = seconds
        self._done: dict[Hashable, float] = {}
        self._tidied_at = 0.0

    def wait_seconds(self, key: Hashable, now: float) -> float:
        """Return 0.0 and note it when `key` may happen now, else how long to wait."""
        if now >= self._tidied_at + self._seconds:  # what is over is forgotten, whatever keys a client makes up
            self._tidied_at = now
            self._done = {done: at for done, at in self._done.items() if at + self._seconds > now}
        left = self._done.get(key, -self._seconds) + self._seconds - now
        if left > 0:
            return left
        self._done[key] = now
        return 0.0
