"""The demonstration: a small radio station by a river, twelve people, six rooms, two weeks of talk.

What they say is in `chat/demo/`, one file per room. A line is `[days ago, "HH:MM" in UTC, who, text, {more}]`; `more`
holds `id` for what is replied to, `reply_to`, and `action`. `unread` tells how many of the last lines someone missed.
"""

import json
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from chat.models import Membership, Message, Person, Room
from chat.services import bulk, memberships, people, rooms, seed

FOLDER: Final = Path(__file__).resolve().parent.parent / "demo"
ROOMS: Final = ("studio", "programme", "workshop", "yehang", "committee", "open-day")
MAIL_DOMAIN: Final = "ferry-radio.example"

Talk = list[list[Any]]


@transaction.atomic
def fill(now: datetime | None = None) -> list[Person]:
    """Make the demonstration, its last day on the latest one that is over by `now`, and return its people.

    They share `seed.password`. Where they are already, nothing changes.
    """
    cast = _read("people")
    users = seed.accounts([f"{each['who']}@{MAIL_DOMAIN}" for each in cast])
    known = list(Person.objects.filter(user__in=users).select_related("user").order_by("pk"))
    if known:
        return known
    crew = {each["who"]: people.create(user, name=each["name"]) for each, user in zip(cast, users, strict=True)}
    today = _last_day(now or timezone.now())
    for name in ROOMS:
        _make_room(_read(name), crew, today)
    for each in _read("direct"):
        first, second = (crew[who] for who in each["people"])
        _say(rooms.open_direct(first, second.pk), each, crew, today)
    return list(crew.values())


def _read(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def _last_day(now: datetime) -> datetime:
    """Return the midnight that times of day 0 count from: today's when all of them are past, else yesterday's."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    said = [each for name in ROOMS for each in _read(name)["talk"]]
    said += [each for room in _read("direct") for each in room["talk"]]
    return midnight if max(_moment(line, midnight) for line in said) < now else midnight - timedelta(days=1)


def _make_room(written: dict[str, Any], crew: dict[str, Person], today: datetime) -> None:
    owner = crew[written["owner"]]
    room = rooms.create(owner, kind=written["kind"], name=written["name"], topic=written["topic"])
    moderators = [crew[who] for who in written["moderators"]]
    memberships.enter(room, moderators, role=Membership.Role.MODERATOR)
    memberships.enter(room, [crew[who] for who in written["members"]])
    _say(room, written, crew, today)
    if written.get("archived"):
        rooms.set_archived(room, True)


def _say(room: Room, written: dict[str, Any], crew: dict[str, Person], today: datetime) -> None:
    """Put the talk of a room into it, and everyone where they have read up to."""
    talk: Talk = written["talk"]
    room = Room.objects.locked([room.pk])[0]
    rows = [
        Message(author=crew[line[2]], body=line[3], action="action" in _more(line), created_at=_moment(line, today))
        for line in talk
    ]
    bulk.append(room, rows)
    _link(talk, rows)
    began = rows[0].created_at - timedelta(hours=1)
    Room.objects.filter(pk=room.pk).update(created_at=began)
    room.memberships.update(joined_at=began, last_read_seq=room.last_seq)
    for who, missed in written["unread"].items():
        room.memberships.filter(person=crew[who]).update(last_read_seq=room.last_seq - missed)


def _link(talk: Talk, rows: Sequence[Message]) -> None:
    named: dict[str, Message] = {}
    replies: list[Message] = []
    for line, row in zip(talk, rows, strict=True):
        more = _more(line)
        if "reply_to" in more:
            row.reply_to = named[more["reply_to"]]
            replies.append(row)
        if "id" in more:
            named[more["id"]] = row
    Message.objects.bulk_update(replies, ["reply_to"])


def _more(line: list[Any]) -> dict[str, Any]:
    more: dict[str, Any] = line[4] if len(line) > 4 else {}
    return more


def _moment(line: list[Any], today: datetime) -> datetime:
    days_ago, clock = line[:2]
    at = time.fromisoformat(clock)
    return today - timedelta(days=days_ago) + timedelta(hours=at.hour, minutes=at.minute)
