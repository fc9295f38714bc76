"""One socket as the hub sees it: who it is, which rooms it hears, and what waits to be sent to it."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from chat import conf
from chat.protocol import Close

Send = Callable[[str], Awaitable[None]]
RoomAdded = Callable[[int], None]


@dataclass(slots=True)
class Held:
    """A delivery that is kept back: its text, None while that is being read, and the room it is from, if any."""

    text: str | None
    room_id: int | None = None


class Connection:
    """The outbox of a socket: the Go program's `send` channel, drained by `write_loop`.

    Whoever delivers only appends, so that nobody's slowness holds up the others. While `hold` is on, deliveries
    wait (until `hello` is out, or an `ok` that must come first). More waiting frames than `CHAT_OUTBOX_FRAMES`
    end the connection with 4408; it reconnects and catches up without loss.
    """

    def __init__(
        self, *, person_id: int, session_mark: str, send: Send, end: Callable[[int], None], room_added: RoomAdded
    ) -> None:
        """`send` writes a frame, `end` closes the socket with a code, `room_added` reads and tells a new room."""
        self.person_id = person_id
        self.session_mark = session_mark
        self.rooms: set[int] = set()
        self.room_added = room_added
        self.active_at = asyncio.get_running_loop().time()
        self._send = send
        self._end = end
        self._outbox: deque[str] = deque()
        self._held: deque[Held] = deque()
        self._holds = 0
        self._wake = asyncio.Event()
        self._most = conf.integer("CHAT_OUTBOX_FRAMES")
        self.ended = False

    def deliver(self, text: str, room_id: int | None = None) -> None:
        """Queue an event from the hub, behind what is held; `room_id` is the room it tells of."""
        if self._holds:
            self._held.append(Held(text, room_id))
        else:
            self._outbox.append(text)
            self._wake.set()
        if max(len(self._held), len(self._outbox)) > self._most:
            self.end(Close.TOO_SLOW)

    def answer(self, text: str) -> None:
        """Queue an answer at once, before what is held."""
        self._outbox.append(text)
        self._wake.set()

    def hold(self) -> None:
        """Keep deliveries back until as many `release` as `hold`."""
        self._holds += 1

    def reserve(self) -> Held:
        """Hold, and keep a place in the order for an event that has yet to be read. Fill it, then `release`."""
        self.hold()
        self._held.append(place := Held(None))
        return place

    def release(self) -> None:
        """Take back one `hold`; with the last, let go what was held back, in its order.

        What was said in a room that has been left meanwhile is dropped.
        """
        self._holds -= 1
        if not self._holds:
            kept = (held for held in self._held if held.room_id is None or held.room_id in self.rooms)
            self._outbox.extend(held.text for held in kept if held.text is not None)
            self._held.clear()
            self._wake.set()

    def end(self, code: Close) -> None:
        """Close the socket, once; nothing is delivered after it."""
        if not self.ended:
            self.ended = True
            self._outbox.clear()
            self._held.clear()
            self._end(int(code))

    async def write_loop(self) -> None:
        """Send what waits, until cancelled or the socket is gone."""
        # Servers differ in what they raise for a socket that is closing; whatever it is, this one is over.
        with contextlib.suppress(OSError, RuntimeError):
            while True:
                await self._wake.wait()
                self._wake.clear()
                while self._outbox and not self.ended:
                    await self._send(self._outbox.popleft())
