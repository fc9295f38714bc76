"""Clients of the socket for tests: they know the protocol's words and nothing of the application.

`Browser` speaks to a real server through `websockets`, `Wire` to the ASGI application in this process. Both keep all
they heard, in order, and wait for what must come with a deadline; they never sleep.
"""

import asyncio
import contextlib
import itertools
import json
import secrets

from channels.testing import WebsocketCommunicator
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

DEADLINE_SECONDS = 10.0


class Client:
    """What both clients can do. `heard` holds every frame that came, oldest first."""

    def __init__(self, *, answers_pings=True):
        """`answers_pings` off makes a client that is silent where it should say `pong`."""
        self.heard = []
        self.answers_pings = answers_pings
        self.close_code = None
        self._taken = set()
        self._refs = itertools.count(1)
        self._news = asyncio.Condition()
        self._reader = None

    async def __aenter__(self):
        """Connect and begin to listen; says nothing yet of whether the server lets us in."""
        await self._open()
        self._reader = asyncio.get_running_loop().create_task(self._listen())
        return self

    async def __aexit__(self, *_error):
        """Leave."""
        await self.leave()

    async def leave(self):
        """Close the socket from this side."""
        await self._shut()
        if self._reader is not None:
            self._reader.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reader
            self._reader = None

    async def put(self, **frame):
        """Send a frame and wait for nothing."""
        await self.put_text(json.dumps(frame, ensure_ascii=False))

    async def ask(self, type, **fields):
        """Send a command and return its answer, an `ok` or an `error`."""
        ref = f"r{next(self._refs)}"
        await self.put(type=type, ref=ref, **fields)
        return await self.hears("ok", "error", ref=ref)

    async def say(self, room, body, *, nonce=None, **fields):
        """Send a message and return the answer."""
        return await self.ask("message.send", room=room, body=body, nonce=nonce or new_nonce(), **fields)

    async def hears(self, *types, within_seconds=DEADLINE_SECONDS, where=None, **fields):
        """Wait for the next frame of one of these types with these fields, and take it: each is returned once.

        `where` may look at the whole frame. Fails with all that was heard when the socket closes or time is up.
        """

        def wanted(frame):
            fits = frame.get("type") in types and all(frame.get(name) == value for name, value in fields.items())
            return fits and (where is None or where(frame))

        return await self._wait(lambda: self._take(wanted), f"{types} {fields}", within_seconds)

    async def said(self, body, **options):
        """Wait for the `room.changes` that carries a message with this body, and return the message."""
        frame = await self.hears("room.changes", where=lambda frame: body in bodies([frame]), **options)
        return next(each for each in frame["messages"] if each.get("body") == body)

    async def closes(self, within_seconds=DEADLINE_SECONDS):
        """Wait for the server to close the socket and return the code."""
        return await self._wait(lambda: self.close_code, "the close", within_seconds, closed_is_failure=False)

    def all(self, *types, **fields):
        """Return every frame of these types with these fields that was heard so far, taken or not."""
        return [
            frame
            for frame in self.heard
            if frame["type"] in types and all(frame.get(name) == value for name, value in fields.items())
        ]

    def _take(self, wanted):
        for place, frame in enumerate(self.heard):
            if place not in self._taken and wanted(frame):
                self._taken.add(place)
                return frame
        return None

    async def _wait(self, look, what, within_seconds, closed_is_failure=True):
        try:
            async with asyncio.timeout(within_seconds), self._news:
                while (found := look()) is None:
                    assert not (closed_is_failure and self.close_code), self._story(f"closed before {what}")
                    await self._news.wait()
                return found
        except TimeoutError:
            raise AssertionError(self._story(f"never came: {what}")) from None

    def _story(self, sentence):
        frames = "\n  ".join(json.dumps(frame, ensure_ascii=False)[:300] for frame in self.heard[-30:])
        return f"{sentence} (closed with {self.close_code}); heard:\n  {frames}"

    async def _note(self, text):
        frame = json.loads(text)
        if frame["type"] == "ping" and self.answers_pings:
            await self.put(type="pong", n=frame["n"])
        async with self._news:
            self.heard.append(frame)
            self._news.notify_all()

    async def _note_close(self, code):
        async with self._news:
            self.close_code = code
            self._news.notify_all()


class Browser(Client):
    """A raw client of a real server, with the session's cookie (`sessionid=…`) and the origin of its page."""

    def __init__(self, server, cookie="", *, origin=..., answers_pings=True, headers=()):
        """Without `origin` it is the server's own; None sends no Origin. `headers` are (name, value) pairs."""
        super().__init__(answers_pings=answers_pings)
        self._url = server.socket_url
        self._origin = server.origin if origin is ... else origin
        self._headers = [*([("Cookie", cookie)] if cookie else []), *headers]

    async def put_text(self, text):
        """Send a text frame, whatever it holds; bytes go as a binary frame."""
        await self._socket.send(text)

    async def put_bytes_as_text(self, data):
        """Send a text frame whose bytes need not be UTF-8."""
        await self._socket.send(data, text=True)

    async def _open(self):
        # No pings of the library's own, no compression, no limit on what the server may send, no proxy.
        self._socket = await connect(
            self._url,
            origin=self._origin,
            additional_headers=self._headers,
            ping_interval=None,
            compression=None,
            max_size=None,
            proxy=None,
        )

    async def _listen(self):
        try:
            while True:
                await self._note(await self._socket.recv())
        except ConnectionClosed:
            await self._note_close(self._socket.close_code)

    async def _shut(self):
        await self._socket.close()


class Wire(Client):
    """A client of an ASGI application in this process, through channels' communicator."""

    def __init__(self, application, cookie="", *, origin="http://testserver", path="/ws/", answers_pings=True):
        """`cookie` is the whole Cookie header."""
        super().__init__(answers_pings=answers_pings)
        headers = [(b"host", b"testserver"), (b"cookie", cookie.encode()), (b"origin", origin.encode())]
        self._socket = WebsocketCommunicator(application, path, headers=headers)
        self.accepted = False

    async def put_text(self, text):
        """Send a text frame; bytes go as a binary frame."""
        kind = "bytes" if isinstance(text, bytes) else "text"
        await self._socket.send_input({"type": "websocket.receive", kind: text})

    async def _open(self):
        self.accepted, self.close_code = await self._socket.connect(DEADLINE_SECONDS)
        self.close_code = None if self.accepted else self.close_code

    async def _listen(self):
        while self.close_code is None:
            event = await self._socket.output_queue.get()
            if event["type"] == "websocket.close":
                await self._note_close(event.get("code", 1000))
            else:
                await self._note(event["text"])

    async def _shut(self):
        if self.accepted:
            await self._socket.send_input({"type": "websocket.disconnect", "code": 1000})
        await self._socket.wait(DEADLINE_SECONDS)


async def handshake(server, *, cookie="", origin=..., url=None, headers=()):
    """Return the HTTP status that answers a handshake; 101 means that the socket was open, and it is closed again.

    Without `origin` it is the server's own; None sends none. `url` is the server's socket unless given.
    """
    given = server.origin if origin is ... else origin
    sent = [*([("Cookie", cookie)] if cookie else []), *([("Origin", given)] if given is not None else []), *headers]
    try:
        async with connect(url or server.socket_url, additional_headers=sent, compression=None, proxy=None):
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code


def new_nonce():
    """Return a message nonce as a browser makes one."""
    return secrets.token_hex(8)


def bodies(frames):
    """Return the bodies of the messages that these `room.changes` or answers carry, in their order."""
    return [message.get("body") for frame in frames for message in frame.get("messages", ())]
