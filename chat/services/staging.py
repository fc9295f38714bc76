"""Where an import gathers: hidden rooms that nobody sees until all is in, and that the next import clears away."""

import contextlib
import fcntl
from collections.abc import Iterator, Sequence
from typing import Final

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from chat.archive_format import Record
from chat.models import Message, Person, Room
from chat.services import bulk

CLEAR_CHUNK: Final = 5000
_LOCK_NUMBER: Final = 0x63686174  # "chat"; PostgreSQL names advisory locks by number


class AlreadyRunning(Exception):
    """Another import holds the staging rooms."""


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Hold the only import of this database. A process that dies lets go. Raises `AlreadyRunning`."""
    if connection.vendor == "sqlite":
        with open(f"{connection.settings_dict['NAME']}.import-lock", "w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise AlreadyRunning from None
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK_NUMBER])
        if not cursor.fetchone()[0]:
            raise AlreadyRunning
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK_NUMBER])


def clear() -> int:
    """Delete what an interrupted import left; return how many messages that was. Call it inside `alone`."""
    deleted = 0
    left = list(Room.objects.filter(kind=Room.Kind.STAGING))
    for room in left:
        while messages := _delete_newest(room):
            deleted += messages
        _delete(room)
    if left:
        spoke = Message.objects.filter(author=OuterRef("pk"))
        Person.objects.filter(~Exists(spoke), kind=Person.Kind.IMPORTED).delete()
    return deleted


class Staging:
    """The hidden rooms of one import, and what its archive ids have become."""

    def __init__(self) -> None:
        """Begin with no room."""
        self.rooms: dict[str, Room] = {}
        self._people: dict[str, int] = {}
        self._messages: dict[str, int] = {}

    def add(self, records: Sequence[Record]) -> None:
        """Store the next records of the archive, whichever rooms they are of."""
        self._find_people({record.author for record in records})
        rows = {record.id: self._row(record) for record in records}
        by_room: dict[str, list[Message]] = {}
        for record in records:
            by_room.setdefault(record.room, []).append(rows[record.id])
        with transaction.atomic():
            for name, said in by_room.items():
                bulk.append(self._room(name, said[0]), said)
            _link([(rows[record.reply_to], rows[record.id]) for record in records if record.reply_to in rows])
        self._messages.update({name: row.pk for name, row in rows.items()})

    def _row(self, record: Record) -> Message:
        return Message(
            author_id=self._people[record.author],
            body=record.body,
            action=record.action,
            archive_id=record.id,
            created_at=record.at,
            # A message of an earlier chunk has its id; for those of this one see `_link`.
            reply_to_id=self._messages.get(record.reply_to) if record.reply_to else None,
        )

    def _room(self, name: str, first: Message) -> Room:
        if name not in self.rooms:
            self.rooms[name] = Room.objects.create(kind=Room.Kind.STAGING, name=name, created_at=first.created_at)
        return self.rooms[name]

    def _find_people(self, names: set[str]) -> None:
        missing = names - self._people.keys()
        known = Person.objects.filter(kind=Person.Kind.IMPORTED, name__in=missing)
        self._people.update(known.values_list("name", "pk"))
        new = [Person(kind=Person.Kind.IMPORTED, name=name) for name in sorted(missing - self._people.keys())]
        self._people.update({person.name: person.pk for person in Person.objects.bulk_create(new)})


def open_as(room: Room, kind: str) -> None:
    """Make a staging room, whose row is locked, a room of `kind`, with all that is in it."""
    room.kind = kind
    room.save(update_fields=["kind"])


def move_into(room: Room, staged: Room) -> None:
    """Put what a staging room holds behind the messages of `room`; the rows of both are locked.

    One statement moves it, so that a reader sees nothing or all of it.
    """
    after = room.rev
    Message.objects.filter(room=staged).update(room=room, seq=F("seq") + room.last_seq, rev=F("rev") + room.rev)
    room.last_seq += staged.last_seq
    room.rev += staged.rev
    room.last_message_at = max(filter(None, (room.last_message_at, staged.last_message_at)), default=timezone.now())
    room.save(update_fields=["last_seq", "rev", "last_message_at"])
    _delete(staged)
    bulk.tell(room, after)


def _link(pairs: Sequence[tuple[Message, Message]]) -> None:
    """Have the second of each pair reply to the first. `bulk_update` takes ten times as long for it."""
    table, quote = Message._meta.db_table, connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {quote(table)} SET {quote('reply_to_id')} = %s WHERE {quote('id')} = %s",
            [(source.pk, reply.pk) for source, reply in pairs],
        )


def _delete_newest(room: Room) -> int:
    """Delete the newest messages of a staging room. Replies point backwards: none is left pointing nowhere."""
    newest = room.messages.order_by("-seq").values_list("seq", flat=True)[:CLEAR_CHUNK]
    lowest = min(newest, default=None)
    if lowest is None:
        return 0
    with transaction.atomic():
        # Not `delete()`: it would load each row and then refuse those that are replied to.
        return room.messages.filter(seq__gte=lowest)._raw_delete(connection.alias)


def _delete(room: Room) -> None:
    Room.objects.filter(pk=room.pk)._raw_delete(connection.alias)
