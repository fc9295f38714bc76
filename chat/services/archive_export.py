"""Write rooms as an archive: what is deleted stays out, what was imported comes out as it came in."""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.db import reset_queries
from django.db.models import Count

from chat.archive_format import Record
from chat.models import Installation, Message, Room
from chat.protocol import MAX_NAME_CHARACTERS

PAGE_MESSAGES: Final = 2000
"""Messages read at once, over all rooms."""


class NotExported(Exception):
    """Rooms that one archive cannot hold."""


def rooms_called(words: Sequence[str]) -> list[Room]:
    """Return the rooms with these names or ids; without any, all but direct ones. Raises `NotExported`.

    A direct room has no name: it is found by its id only.
    """
    known = Room.objects.exclude(kind=Room.Kind.STAGING)
    if not words:
        return list(known.exclude(kind=Room.Kind.DIRECT).order_by("pk"))
    found: dict[int, Room] = {}
    for word in words:
        rooms = list(known.filter(name=word)) or list(known.filter(pk=int(word)) if word.isdecimal() else [])
        if len(rooms) != 1:
            problem = "No room is" if not rooms else "More than one room is"
            raise NotExported(f"{problem} called {word!r}{'; use its id' if rooms else ''}.")
        found[rooms[0].pk] = rooms[0]
    return list(found.values())


def records(rooms: Sequence[Room]) -> Iterator[Record]:
    """Yield what the rooms hold, each in its order, and all in the order they were stored.

    Raises `NotExported`, before the first, when two of them share a name, or an id of an archive.
    """
    names = {room.pk: _name(room) for room in rooms}
    _refuse_shared(names)
    mark = f"chatsite:{Installation.current().epoch.hex[:8]}"
    page = max(PAGE_MESSAGES // max(len(rooms), 1), 50)
    latest: dict[tuple[int, int], datetime] = {}
    for said in heapq.merge(*(_said(room, names[room.pk], mark, page) for room in rooms), key=lambda said: said.stored):
        day = (said.room_id, said.record.at.toordinal())
        # Clocks are set back: within a room's day, no message of an archive is before the one above it.
        latest[day] = max(said.record.at, latest.get(day, said.record.at))
        yield said.record if said.record.at == latest[day] else replace(said.record, at=latest[day])


@dataclass(frozen=True, slots=True)
class _Said:
    room_id: int
    stored: int
    """Grows in the order in which messages were stored, whichever rooms they are in."""
    record: Record


def _said(room: Room, name: str, mark: str, page: int) -> Iterator[_Said]:
    rows = Message.objects.filter(room=room, deleted_at=None).select_related("author", "reply_to").order_by("seq")
    rows = rows.only(
        "seq",
        "room_id",
        "body",
        "action",
        "archive_id",
        "created_at",
        "author__name",
        "reply_to__archive_id",
        "reply_to__deleted_at",
    )
    place = 0
    while found := list(rows.filter(seq__gt=place, seq__lte=room.last_seq)[:page]):
        place = found[-1].seq
        reset_queries()  # DEBUG keeps the last 9,000 statements
        for row in found:
            source = row.reply_to if row.reply_to and row.reply_to.deleted_at is None else None
            record = Record(
                id=_id(row, mark),
                room=name,
                at=row.created_at,
                author=row.author.name,
                body=row.body,
                action=row.action,
                reply_to=_id(source, mark) if source else None,
            )
            yield _Said(room.pk, row.pk, record)


def _id(row: Message, mark: str) -> str:
    """Return the message's id in the archive it came from; one that was said here is marked with where that is."""
    return row.archive_id if row.archive_id is not None else f"{mark}:{row.pk}"


def _name(room: Room) -> str:
    if room.kind != Room.Kind.DIRECT:
        return room.name
    people = room.memberships.order_by("person__name").values_list("person__name", flat=True)
    return ", ".join(people)[:MAX_NAME_CHARACTERS].strip()


def _refuse_shared(names: dict[int, str]) -> None:
    """An archive names rooms and messages once each: what shares a name goes into archives of its own."""
    twice = {name for name in names.values() if list(names.values()).count(name) > 1}
    if twice:
        raise NotExported(f"Two rooms are called {min(twice)!r}: export them one at a time, by --room ID.")
    if len(names) < 2:
        return
    held = Message.objects.filter(room__in=names, deleted_at=None).exclude(archive_id=None)
    shared = held.values("archive_id").annotate(rooms=Count("pk")).filter(rooms__gt=1).order_by("archive_id").first()
    if shared is not None:
        raise NotExported(
            f"Two rooms hold a message {shared['archive_id']!r}, each from an archive of its own: "
            "export them one at a time, by --room."
        )
