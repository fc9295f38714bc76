"""The settings of the chat: one table of defaults, read from Django's settings at call time.

A setting is overridden by the Django setting of the same name, which `chatsite/settings.py` takes from the
environment by the type of its default. `docs/configuration.md` names each one; a test holds it to that.
"""

from typing import Final

from django.conf import settings

DEFAULTS: Final[dict[str, int | float | bool | str]] = {
    # The Go program's clocks: a ping under a proxy's usual 60 s idle cut, and dead when none is answered in time.
    "CHAT_HEARTBEAT_INTERVAL_SECONDS": 54.0,
    "CHAT_HEARTBEAT_TIMEOUT_SECONDS": 60.0,
    # Frames waiting for one connection; beyond it the connection is closed, resumes, and loses nothing.
    "CHAT_OUTBOX_FRAMES": 256,
    # A client further behind than this starts over with history instead of a replay.
    "CHAT_REPLAY_LIMIT_CHANGES": 1000,
    "CHAT_LEASE_SECONDS": 75.0,
    "CHAT_IDLE_AFTER_SECONDS": 600.0,
    "CHAT_BRIDGE_THREADS": 4,
    "CHAT_MAX_ROOMS_PER_PERSON": 500,
    "CHAT_RATE_LIMITS": True,
    # The exact origin browsers come from, e.g. "https://chat.example.org"; empty: the handshake's own scheme and host.
    "CHAT_PUBLIC_URL": "",
}


def _get(name: str) -> int | float | bool | str:
    return getattr(settings, name, DEFAULTS[name])


def integer(name: str) -> int:
    """Return the setting `name` as an int. Raises KeyError when the table does not hold it."""
    return int(_get(name))


def seconds(name: str) -> float:
    """Return the setting `name`, a duration in seconds. Raises KeyError when the table does not hold it."""
    return float(_get(name))


def flag(name: str) -> bool:
    """Return the setting `name` as a bool. Raises KeyError when the table does not hold it."""
    return bool(_get(name))


def text(name: str) -> str:
    """Return the setting `name` as a str. Raises KeyError when the table does not hold it."""
    return str(_get(name))
