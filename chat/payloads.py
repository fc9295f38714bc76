"""Rows to the JSON that the protocol describes: one shape for events, answers and the page's first data.

Nothing here depends on who reads it, but for `hello` and what it is made of.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import zip_longest
from typing import Any, Final, TypeVar

from django.db.models import ForeignKey, Model

from chat import access, conf, protocol
from chat.models import Installation, Membership, Message, Person, Room
from chat.protocol import Event

Payload = dict[str, Any]
Led = TypeVar("Led", bound=Model)

# A frame carries more than messages: people, quoted ones, its own fields.
_MESSAGES_BYTES: Final = protocol.MAX_SERVER_FRAME_BYTES // 2
# What messages are shown with, read along with them.
_CONTEXT: Final = ("author", "reply_to__author")


def time(moment: datetime) -> str:
    """Return ISO 8601 in UTC, to the millisecond, with `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def person(row: Person) -> Payload:
    """Return a person as others see them."""
    shown: Payload = {"id": row.pk, "name": row.name}
    if row.handle:
        shown["handle"] = row.handle
    if row.kind != Person.Kind.MEMBER:
        shown["kind"] = row.kind
    return shown


def message(row: Message, reply_seq: int | None = None) -> Payload:
    """Return a message; `reply_seq` is the place of the one it replies to. A deleted one carries no body."""
    shown: Payload = {
        "id": row.pk,
        "seq": row.seq,
        "rev": row.rev,
        "author": row.author_id,
        "created_at": time(row.created_at),
    }
    if row.deleted_at:
        return shown | {"deleted": True}
    shown["body"] = row.body
    if row.action:
        shown["action"] = True
    if row.reply_to_id and reply_seq:
        shown["reply_to"] = {"id": row.reply_to_id, "seq": reply_seq}
    if row.edited_at:
        shown["edited_at"] = time(row.edited_at)
    return shown


def messages(rows: Sequence[Message], reader: Person | None = None) -> Payload:
    """Return `messages` in the order given, the `quoted` ones they reply to, and the `people` who appear.

    In an answer to `reader` their own carry the `nonce`: an echo that waits for its `ok` finds itself.
    """
    quoted = _led_to(Message, "reply_to", [row for row in rows if not row.deleted_at])
    people = _led_to(Person, "author", [*rows, *quoted.values()])

    def shown(row: Message) -> Payload:
        source = quoted.get(row.reply_to_id) if row.reply_to_id else None
        mine = {"nonce": row.nonce} if reader and row.author_id == reader.pk and row.nonce else {}
        return message(row, source.seq if source else None) | mine

    return {
        "messages": [shown(row) for row in rows],
        "quoted": [message(row) for row in quoted.values()],
        "people": [person(row) for row in people.values()],
    }


def _led_to(model: type[Led], name: str, rows: Sequence[Message]) -> dict[int, Led]:
    """Return by id what the field `name` of the rows leads to; what was not loaded along is read in one query."""
    field = Message._meta.get_field(name)
    assert isinstance(field, ForeignKey)
    led = [row for row in rows if getattr(row, field.attname) is not None]
    found: dict[int, Led] = {getattr(row, field.attname): getattr(row, name) for row in led if field.is_cached(row)}
    missing = {getattr(row, field.attname) for row in led} - found.keys()
    return found | model._default_manager.in_bulk(missing)


def fitting(rows: Iterable[Message]) -> list[Message]:
    """Return the first of `rows` that fit one frame together with what they quote, at least one, at most a page."""
    kept: list[Message] = []
    quoted: set[int | None] = {None}
    room_bytes = _MESSAGES_BYTES
    for row in rows:
        room_bytes -= size_bytes(row)
        if row.reply_to_id not in quoted and row.reply_to is not None:
            room_bytes -= size_bytes(row.reply_to)
        if kept and (room_bytes < 0 or len(kept) == protocol.MAX_PAGE_MESSAGES):
            break
        quoted.add(row.reply_to_id)
        kept.append(row)
    return kept


def size_bytes(row: Message) -> int:
    """Return about how many bytes a message takes in a frame."""
    return len(json.dumps(row.body, ensure_ascii=False).encode()) + 250


def changes(room: Room, after: int, rows: Sequence[Message]) -> Iterator[Payload]:
    """Yield the `room.changes` events for a change of `room` from `after` to its `rev`: consecutive, each fits."""
    rest = sorted(rows, key=lambda row: row.rev)
    while True:
        page = fitting(rest)
        rest = rest[len(page) :]
        rev = page[-1].rev if rest else room.rev
        event: Payload = {"room": room.pk, "after": after, "rev": rev} | messages(page)
        if after < room.info_rev <= rev:
            event["info"] = info(room)
        yield event
        after = rev
        if not rest:
            return


def info(room: Room) -> Payload:
    """Return what everyone in a room knows of it."""
    return {"kind": room.kind, "name": room.name, "topic": room.topic, "archived": room.archived}


def rooms_of(reader: Person, room_id: int | None = None) -> tuple[list[Payload], list[Payload]]:
    """Return the reader's rooms as in `hello` (or the one room, if it is theirs), and the people of direct ones."""
    mine = Membership.objects.filter(person=reader).exclude(room__kind=Room.Kind.STAGING).select_related("room")
    if room_id is not None:
        mine = mine.filter(room=room_id)
    found = list(mine.order_by("room__name", "room_id"))
    direct = [row.room_id for row in found if row.room.kind == Room.Kind.DIRECT]
    others = Membership.objects.filter(room__in=direct).select_related("person").order_by("pk") if direct else []
    people: dict[int, list[Person]] = {}
    for row in others:
        people.setdefault(row.room_id, []).append(row.person)
    known = {row.pk: row for rows in people.values() for row in rows}
    return [_room(row, people.get(row.room_id, [])) for row in found], [person(row) for row in known.values()]


def hello(reader: Person) -> Payload:
    """Return the first event of a socket, for `reader`. Four queries, however many rooms."""
    me = Person.objects.get(pk=reader.pk)  # the head of what is theirs, read before the rows
    rooms, people = rooms_of(reader)
    # Topics are what makes it large; the page learns a room's topic also when it opens the room.
    if sum(250 + 3 * len(room["name"] + room["topic"]) for room in rooms) > _MESSAGES_BYTES:
        rooms = [room | {"topic": ""} for room in rooms]
    return {
        "protocol": protocol.PROTOCOL,
        "epoch": str(Installation.current().epoch),
        "me": person(me),
        "rev": me.rev,
        "heartbeat": {
            "interval": conf.seconds("CHAT_HEARTBEAT_INTERVAL_SECONDS"),
            "timeout": conf.seconds("CHAT_HEARTBEAT_TIMEOUT_SECONDS"),
        },
        "limits": limits(),
        "people": people,
        "rooms": rooms,
    }


def joined(reader: Person, room_id: int) -> Payload | None:
    """Return a `room.joined` event, or None when the reader is not in the room (any more)."""
    me = Person.objects.get(pk=reader.pk)
    rooms, people = rooms_of(reader, room_id)
    return {"rev": me.rev, "room": rooms[0], "people": people} if rooms else None


def limits() -> Payload:
    """Return the figures a client keeps to."""
    return {
        "frame_bytes": protocol.MAX_FRAME_BYTES,
        "body_characters": protocol.MAX_BODY_CHARACTERS,
        "page_messages": protocol.MAX_PAGE_MESSAGES,
        "typing_seconds": protocol.TYPING_SECONDS,
    }


def history(
    reader: Person,
    room: Room,
    *,
    before: int | None = None,
    after: int | None = None,
    around: int | None = None,
    limit: int,
) -> Payload:
    """Return a page of `room` in ascending `seq`: before, after or around a place, or the newest.

    `rev` is the room's head, read before the rows: a client asks for changes from there on.
    """
    said = room.messages.select_related(*_CONTEXT)
    if around is not None:
        older = list(said.before(around)[: (limit + 1) // 2])
        newer = list(said.after(around - 1)[: limit - len(older)])
        nearest = (row for pair in zip_longest(newer, older) for row in pair if row is not None)
        rows = sorted(fitting(nearest), key=lambda row: row.seq)
    elif after is not None:
        rows = fitting(said.after(after)[:limit])
    else:
        rows = fitting(said.before(before if before is not None else room.last_seq + 1)[:limit])[::-1]
    first, last = (rows[0].seq, rows[-1].seq) if rows else _edges(room, before, after)
    page = {"rev": room.rev} | messages(rows, reader)
    # Places have no gaps: what lies beyond the page is told by its first and last number.
    return page | {"has_more": first > 1, "has_newer": last < room.last_seq}


def changes_since(reader: Person, room: Room, after: int) -> Payload:
    """Return what changed in `room` after the `rev` given: one page with `more`, or `reset` when too much did."""
    head = room.rev
    behind = head - after
    if behind < 0 or behind > conf.integer("CHAT_REPLAY_LIMIT_CHANGES"):
        return {"reset": True, "rev": head, "last_seq": room.last_seq}
    rows = list(room.messages.select_related(*_CONTEXT).changed_after(after)[: protocol.MAX_PAGE_MESSAGES + 1])
    page = fitting(rows)
    more = len(page) < len(rows)
    rev = page[-1].rev if more else max(head, page[-1].rev if page else 0)
    answer: Payload = {"after": after, "rev": rev} | messages(page, reader) | {"more": more}
    if after < room.info_rev <= rev:
        answer["info"] = info(room)
    return answer


def opening(reader: Person, room: Room, found: Membership | None) -> Payload:
    """Return all that a page needs to show `room` at once: what it is, the reader's rights, the newest messages.

    `found` is the reader's membership. A reader with unread messages begins around the first of them.
    """
    unread = found is not None and found.last_read_seq < room.last_seq - protocol.DEFAULT_PAGE_MESSAGES
    around = found.last_read_seq + 1 if found and unread else None
    direct = room.kind == Room.Kind.DIRECT
    people = [row.person for row in room.memberships.select_related("person").order_by("pk")] if direct else []
    named = people or ([room.created_by] if room.created_by else [])  # the page says who made the room
    may = access.rights(reader, room, found)
    return info(room) | {
        "id": room.pk,
        "joined": found is not None,
        "can_post": may.post,
        "rights": asdict(may),
        "member_count": len(people) or access.member_count(room),
        "created_at": time(room.created_at),
        "created_by": room.created_by_id,
        "people": [person(row) for row in named],
        "history": history(reader, room, around=around, limit=protocol.DEFAULT_PAGE_MESSAGES),
    }


def encoded_changes(room: Room, after: int, rows: Sequence[Message]) -> list[tuple[int, int, str]]:
    """Return `(after, rev, text)` of each frame that tells of a change of `room`."""
    return [
        (event["after"], event["rev"], protocol.encode(Event.ROOM_CHANGES, event))
        for event in changes(room, after, rows)
    ]


def _room(found: Membership, people: list[Person]) -> Payload:
    room = found.room
    shown: Payload = {
        "id": room.pk,
        "kind": room.kind,
        "name": room.name,
        "topic": room.topic,
        "everyone": room.everyone,
        "role": found.role,
        "level": found.level,
        "rev": room.rev,
        "last_seq": room.last_seq,
        "last_read_seq": found.last_read_seq,
        "mentions": [],
    }
    if room.archived:
        shown["archived"] = True
    if room.kind == Room.Kind.DIRECT:
        shown["people"] = [row.pk for row in people]
    return shown


def _edges(room: Room, before: int | None, after: int | None) -> tuple[int, int]:
    """Return between which places an empty page lies."""
    if after is not None:
        return min(after, room.last_seq) + 1, max(after, room.last_seq)
    return 1, (room.last_seq if before is None else before - 1)
