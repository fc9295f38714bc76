"""Where an import gathers: hidden rooms that nobody sees until all is in, and that the next import clears away."""

import contextlib
import fcntl
from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from chat.archive_format import Record
from chat.models import Message, Person, Room
from chat.services import bulk

quote = connection.ops.quote_name

CLEAR_CHUNK: Final = 5000
_COLUMNS: Final = [
    column for column in Message._meta.concrete_fields if not column.primary_key and column.name != "reply_to"
]
# `bulk_create` takes ten times as long, all of it with SQLite's one write lock held, and knows no sub-select: what a
# message replies to is found by its archive id, which is in the same chunk or in an earlier one.
_INSERT: Final = "INSERT INTO {table} ({columns}, {reply_to}) VALUES ({values}, ({source}))".format(
    table=quote(Message._meta.db_table),
    columns=", ".join(quote(str(column.column)) for column in _COLUMNS),
    reply_to=quote("reply_to_id"),
    values=", ".join(["%s"] * len(_COLUMNS)),
    source=f"SELECT id FROM {quote(Message._meta.db_table)} WHERE room_id = %s AND archive_id = %s",
)
LOCK_NUMBER: Final = 0x63686174  # "chat"; PostgreSQL names advisory locks by number


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
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK_NUMBER])
        if not cursor.fetchone()[0]:
            raise AlreadyRunning
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK_NUMBER])


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
    """The hidden rooms of one import."""

    def __init__(self) -> None:
        """Begin with no room."""
        self.rooms: dict[str, Room] = {}
        self._people: dict[str, int] = {}
        # The columns in their order, with what a message has that nothing is told of.
        blank = Message()
        self._blank = {
            column.attname: column.get_db_prep_save(getattr(blank, column.attname), connection) for column in _COLUMNS
        }

    def add(self, records: Sequence[Record]) -> None:
        """Store the next records of the archive, whichever rooms they are of, in one short transaction."""
        self._find_people({record.author for record in records})
        values = [self._values(record) for record in records]
        rooms = [self.rooms[name] for name in {record.room for record in records}]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(_INSERT, values)
            Room.objects.bulk_update(rooms, ["last_seq", "rev", "last_message_at"])

    def _values(self, record: Record) -> list[Any]:
        """Return the values of the message's columns, and at the end what finds the one it replies to."""
        room = self._room(record)
        seq, rev = room.take_message_numbers()
        room.last_message_at = max(record.at, room.last_message_at or record.at)
        said = {
            "room_id": room.pk,
            "seq": seq,
            "rev": rev,
            "author_id": self._people[record.author],
            "body": record.body,
            "action": record.action,
            "archive_id": record.id,
            "created_at": connection.ops.adapt_datetimefield_value(record.at),
        }
        return [*(self._blank | said).values(), room.pk, record.reply_to]

    def _room(self, record: Record) -> Room:
        name = record.room
        if name not in self.rooms:
            self.rooms[name] = Room.objects.create(kind=Room.Kind.STAGING, name=name, created_at=record.at)
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
