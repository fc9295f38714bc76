"""Who opens a socket: the session cookie to a person, by Django's own rules.

Channels' `get_user` knows no `SECRET_KEY_FALLBACKS` and flushes a session it cannot verify, so that rotating a key
logs everyone out (django #34384). Here a session is only read.
"""

import hashlib
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model, load_backend
from django.http.cookie import parse_cookie
from django.utils.crypto import constant_time_compare

from chat import access
from chat.models import Person
from chat.protocol import Refused


@dataclass(frozen=True, slots=True)
class Identity:
    """A person, and the mark of the session they came with."""

    person: Person
    session_mark: str


def mark(session_key: str) -> str:
    """Return what stands for a session where its key, which opens it, must not travel."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:32]


def identify(headers: list[tuple[bytes, bytes]]) -> Identity | None:
    """Return who the handshake's session cookie belongs to, or None. Reads the database."""
    session_key = _cookie(headers)
    session = import_module(settings.SESSION_ENGINE).SessionStore(session_key) if session_key else None
    user = _user(session) if session is not None else None
    if user is None or not session_key:
        return None
    try:
        return Identity(access.person_of(user), mark(session_key))
    except Refused:
        return None


def _cookie(headers: list[tuple[bytes, bytes]]) -> str | None:
    """Return the session's key, read as leniently as Django reads it: neighbours on the host set odd cookies."""
    jar = parse_cookie("; ".join(value.decode("latin-1") for name, value in headers if name == b"cookie"))
    key = jar.get(settings.SESSION_COOKIE_NAME, "")
    # A quoted cookie can hold any sign by its octal number; PostgreSQL fails on a NUL instead of finding nothing.
    return key if key.isprintable() else None


def _user(session: Any) -> Any:
    """Return the session's account when it exists, may log in, and has had no new password since."""
    backend_path = session.get(BACKEND_SESSION_KEY)
    if SESSION_KEY not in session or backend_path not in settings.AUTHENTICATION_BACKENDS:
        return None
    user_id = get_user_model()._meta.pk.to_python(session[SESSION_KEY])
    user = load_backend(backend_path).get_user(user_id)
    if user is None:
        return None
    held = session.get(HASH_SESSION_KEY, "")
    known = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return user if any(constant_time_compare(held, one) for one in known) else None
