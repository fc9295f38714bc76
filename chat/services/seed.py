"""Data for load tests: many accounts that share one password, in many rooms, with much to read."""

import random
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.auth.hashers import check_password, make_password
from django.db import reset_queries, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from chat import conf
from chat.models import Membership, Message, Person, Room
from chat.services import bulk

MESSAGES_PER_TRANSACTION: Final = 2000
MEMBERSHIPS_PER_TRANSACTION: Final = 10_000

SENTENCES: Final = (
    "Morning.",
    "The ferry is late again, start without me.",
    "Who has the keys to the shed?",
    "I put the notes in the folder: https://example.org/notes/2024?week=12#open",
    "ok",
    "Could somebody check the numbers on page three before four o'clock? I may have added one column twice.",
    "早上好，今天谁值班？",
    "我晚十分钟到，你们先开始。",
    "周五的清单已经更新了，还差两项没人认领。",
    "👍",
    "好的",
    "`make check` is green here, red on the other machine. Different locale?",
    "That is what I meant: the small one, not the one with the red lid.",
    "Lunch at half past twelve, soup and bread, everyone is welcome.",
    "Thanks! Solved.",
    "这个问题上周也出现过，重启以后就好了，但是原因还没找到。",
    "Can we move it to Thursday? 周四下午两点可以吗？",
    "No rush.",
    "I read it twice and still do not see why the second case cannot happen. If the door is closed first and the light "
    "goes out afterwards, then nobody is inside, but the counter says one. Perhaps we should write the order down.",
    "see you there",
)
"""What is said, over and over: about the lengths and scripts of real talk, all of it ours."""


class NotSeeded(Exception):
    """What was asked for cannot be."""


def password() -> str:
    """Return the password of all seeded accounts: made from the site's secret, the same at each call."""
    return salted_hmac("chat.seed", "password", algorithm="sha256").hexdigest()[:20]


def fill(*, users: int, rooms: int, messages: int) -> list[Person]:
    """Have `users` people, all of them in `rooms` open rooms, with `messages` in them in all; return the people.

    What is there already is kept and topped up: the same again changes nothing. Raises `NotSeeded`.
    """
    most = conf.integer("CHAT_MAX_ROOMS_PER_PERSON")
    if rooms > most:
        raise NotSeeded(f"A person is in at most {most} rooms.")
    if (messages and not rooms) or (rooms and not users):
        raise NotSeeded("Messages need rooms, and rooms need users.")
    people = _people(users)
    places = _rooms(people[0], rooms) if rooms else []
    for number, room in enumerate(places):
        share = messages // rooms + (number < messages % rooms)
        _talk(room, people, share)
    _enter(places, people)
    return people


def cookies(people: Sequence[Person]) -> Iterator[str]:
    """Sign each of these people in and yield the `Cookie` header of each, `sessionid=…`."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    with transaction.atomic():
        for person in people:
            session = store()
            session[SESSION_KEY] = str(person.user_id)
            session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
            session[HASH_SESSION_KEY] = person.user.get_session_auth_hash()  # type: ignore[union-attr]
            session.create()
            yield f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


@transaction.atomic
def accounts(emails: Sequence[str]) -> list[Any]:
    """Return the accounts of these addresses, in their order, made where they are missing; `password` opens each."""
    model = get_user_model()
    name = model.USERNAME_FIELD
    known = {getattr(user, name): user for user in model._default_manager.filter(**{f"{name}__in": emails})}
    word = password()
    # Hashing is slow on purpose: once for all of them.
    held = next((user.password for user in known.values() if check_password(word, user.password)), None)
    held = held or make_password(word)
    fields = {name, model.get_email_field_name()}
    new = [model(password=held, **dict.fromkeys(fields, email)) for email in emails if email not in known]
    known |= {getattr(user, name): user for user in model._default_manager.bulk_create(new)}
    model._default_manager.filter(**{f"{name}__in": emails}).exclude(password=held).update(password=held)
    for user in known.values():
        user.password = held
    return [known[email] for email in emails]


@transaction.atomic
def _people(count: int) -> list[Person]:
    names = [f"user{number:04}" for number in range(1, count + 1)]
    users = accounts([f"{name}@example.com" for name in names])
    known = {person.user_id: person for person in Person.objects.filter(user__in=users)}
    taken = set(Person.objects.filter(handle__in=names).values_list("handle", flat=True))
    new = [
        Person(user=user, name=name, handle=None if name in taken else name)
        for user, name in zip(users, names, strict=True)
        if user.pk not in known
    ]
    known |= {person.user_id: person for person in Person.objects.bulk_create(new)}
    _enter(list(Room.objects.filter(everyone=True, archived_at=None)), new)
    people = [known[user.pk] for user in users]
    for person, user in zip(people, users, strict=True):
        person.user = user
    return people


def _rooms(owner: Person, count: int) -> list[Room]:
    names = [f"room{number:03}" for number in range(1, count + 1)]
    mine = Room.objects.filter(created_by=owner, kind=Room.Kind.OPEN)
    known = set(mine.filter(name__in=names).values_list("name", flat=True))
    Room.objects.bulk_create(Room(name=name, created_by=owner) for name in names if name not in known)
    return list(mine.filter(name__in=names).order_by("pk"))


def _talk(room: Room, people: Sequence[Person], wanted: int) -> None:
    """Say what is missing of `wanted` messages in a room, in short transactions."""
    chance = random.Random(room.name)
    after = room.rev
    while (missing := wanted - room.last_seq) > 0:
        room = _say(room, people, chance, min(missing, MESSAGES_PER_TRANSACTION))
        reset_queries()  # DEBUG keeps the last 9,000 statements
    if room.rev > after:
        bulk.tell(room, after)


@transaction.atomic
def _say(room: Room, people: Sequence[Person], chance: random.Random, count: int) -> Room:
    room = Room.objects.locked([room.pk])[0]
    now = timezone.now()
    bulk.append(
        room,
        [
            Message(author=chance.choice(people), body=chance.choice(SENTENCES), created_at=now)
            for _number in range(count)
        ],
    )
    return room


def _enter(rooms: Sequence[Room], people: Sequence[Person]) -> None:
    """Make the people members of the rooms, all of it read; the first of them owns what nobody owns."""
    heads = dict(Room.objects.filter(pk__in=[room.pk for room in rooms]).values_list("pk", "last_seq"))
    now = timezone.now()
    rows: list[Membership] = []
    for room in rooms:
        inside = set(Membership.objects.filter(room=room).values_list("person", flat=True))
        for person in people:
            if person.pk not in inside:
                owner = person.pk == room.created_by_id
                role = Membership.Role.OWNER if owner else Membership.Role.MEMBER
                rows.append(
                    Membership(room=room, person=person, role=role, last_read_seq=heads[room.pk], joined_at=now)
                )
        if len(rows) >= MEMBERSHIPS_PER_TRANSACTION or room is rooms[-1]:
            _store(rows)
            rows = []


@transaction.atomic
def _store(rows: Sequence[Membership]) -> None:
    Membership.objects.bulk_create(rows)
    Person.objects.filter(pk__in={row.person_id for row in rows}).count_change()
    reset_queries()
