"""A reader who keeps a room by the position rule and nothing else, as `docs/protocol.md` tells any client to."""


class Follower:
    """The messages of one room as one client knows them: `messages` by seq, `position` the last `rev` applied."""

    def __init__(self, client, room, position=0):
        """`client` is a connected `socket_client.Client` in the room; `position` is where its story begins."""
        self.client = client
        self.room = room
        self.position = position
        self.messages = {}
        self.gaps = 0

    async def reach(self, rev):
        """Follow the live events until the position is at least `rev`, asking for what is missing."""
        while self.position < rev:
            await self.follow(await self.client.hears("room.changes", room=self.room))

    async def follow(self, event):
        """Take one `room.changes`: old ones are ignored, a gap is read before anything is applied."""
        if event.get("reset") or event["after"] > self.position:
            self.gaps += 1
            await self.catch_up()
        elif event["rev"] > self.position:
            self._apply(event)

    async def catch_up(self):
        """Ask for all changes since the position."""
        more = True
        while more:
            answer = await self.client.ask("room.changes", room=self.room, after=self.position)
            assert "reset" not in answer, "the server says to start over, and this reader keeps all"
            self._apply(answer)
            more = answer["more"]

    @property
    def story(self):
        """The bodies in the order of their places; a gap in the places is an error."""
        assert sorted(self.messages) == list(range(1, len(self.messages) + 1)), sorted(self.messages)
        return [self.messages[seq].get("body") for seq in sorted(self.messages)]

    def _apply(self, change):
        for message in change["messages"]:
            known = self.messages.get(message["seq"])
            if known is None or message["rev"] > known["rev"]:
                self.messages[message["seq"]] = message
        self.position = change["rev"]
