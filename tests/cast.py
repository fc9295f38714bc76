"""The cast: ann owns the site, bob and 王小明 are members, 李雷 is one who is elsewhere, eve is an outsider.

Fixtures of the same names are in `conftest.py`; the functions here serve tests that run real servers, too.
"""

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from chat.models import Person, Room
from chat.services import memberships, people, rooms

PASSWORD = "lantern on the river"
LATIN = {"王小明": "xiaoming", "李雷": "lilei"}


def email_of(name):
    """Return the e-mail address that someone called `name` signs in with."""
    return f"{LATIN.get(name, name.lower().replace(' ', '.'))}@example.org"


def make_person(name, *, owner=False) -> Person:
    """Return a person with an account (`email_of(name)`, PASSWORD); `owner` has them own the site."""
    accounts = get_user_model().objects
    make = accounts.create_superuser if owner else accounts.create_user
    return people.create(make(email_of(name), PASSWORD), name=name)


def make_room(owner, name, *members, kind=Room.Kind.OPEN, **fields) -> Room:
    """Return a room that `owner` owns and that `members` are in."""
    room = rooms.create(owner, kind=kind, name=name, **fields)
    for member in members:
        memberships.add(owner, room.pk, member.pk)
    room.refresh_from_db()
    return room


def session_key(person) -> str:
    """Sign `person` in and return the key of the session."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.user_id)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.user.get_session_auth_hash()
    session.save()
    return session.session_key


def session_cookie(person) -> str:
    """Sign `person` in and return the value of the `Cookie` header: `sessionid=…`."""
    return f"{settings.SESSION_COOKIE_NAME}={session_key(person)}"


def browser_of(person=None, **options) -> Client:
    """Return a test client that `person` is signed in with; without one, nobody."""
    client = Client(**options)
    if person is not None:
        client.cookies[settings.SESSION_COOKIE_NAME] = session_key(person)
    return client
