"""People: who comes, what they are called, who goes."""

import secrets
from typing import Any

from django.db import IntegrityError, transaction

from chat import text
from chat.models import Person
from chat.protocol import ErrorCode, Refused
from chat.services import memberships, sessions

_ATTEMPTS = 100


@transaction.atomic
def create(user: Any, *, name: str, handle: str | None = None) -> Person:
    """Make the person of a new account, with a free handle made from the name, in the rooms for everyone.

    `user` is a saved row of `AUTH_USER_MODEL`. Raises `invalid` for a name or handle that cannot be,
    `conflict` for a handle that is taken.
    """
    name = text.person_name(name)
    memberships.lock_everyone()
    person = _named(user, name, text.handle(handle)) if handle else None
    if handle and person is None:
        raise _taken()
    while person is None:  # another of this name may come at the same moment: then the next free handle
        person = _named(user, name, _free_handle(name))
    memberships.join_everyone_rooms(person)
    return person


def rename(person: Person, *, name: str, handle: str) -> Person:
    """Give a person another name and handle. Raises `invalid`, or `conflict` for a handle that is taken."""
    person.name, person.handle = text.person_name(name), text.handle(handle)
    if Person.objects.filter(handle__iexact=person.handle).exclude(pk=person.pk).exists():
        raise _taken()
    try:
        with transaction.atomic():
            person.save(update_fields=["name", "handle"])
            person.take_rev()
    except IntegrityError:
        raise _taken() from None
    return person


@transaction.atomic
def deactivate(user: Any) -> None:
    """Shut an account out: no login, no socket, no message. What was said stays.

    Rooms that only they owned go to who is next in them.
    """
    _set_active(user, False)
    person = Person.objects.filter(user_id=user.pk).first()
    if person is not None:
        memberships.hand_over(person)
        sessions.ended(person.pk)


@transaction.atomic
def reactivate(user: Any) -> None:
    """Let a deactivated account in again."""
    _set_active(user, True)


def _set_active(user: Any, active: bool) -> None:
    user.is_active = active
    user.save(update_fields=["is_active"])


def _named(user: Any, name: str, handle: str) -> Person | None:
    """Make a person, or return None when the handle is taken; the constraint decides between two at once."""
    if Person.objects.filter(handle__iexact=handle).exists():
        return None
    try:
        with transaction.atomic():
            return Person.objects.create(user=user, name=name, handle=handle)
    except IntegrityError:
        if Person.objects.filter(user_id=user.pk).exists():
            raise
        return None


def _free_handle(name: str) -> str:
    stem = text.handle_from(name)
    for number in range(1, _ATTEMPTS):
        suffix = "" if number == 1 else str(number)
        handle = stem[: text.MAX_HANDLE_CHARACTERS - len(suffix)] + suffix
        if not Person.objects.filter(handle__iexact=handle).exists():
            return handle
    return f"{stem[:20]}.{secrets.token_hex(4)}"


def _taken() -> Refused:
    return Refused(ErrorCode.CONFLICT, "this handle is taken")
