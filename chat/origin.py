"""From which page may a socket come: an exact origin (scheme, host and port), nothing else.

Channels' own validators compare host names only, and accept everything when `ALLOWED_HOSTS` is `*`.
"""

import logging
from typing import Any
from urllib.parse import urlsplit

from chat import conf

logger = logging.getLogger(__name__)

_told: set[str] = set()
_DEFAULT_PORTS = {"http": 80, "https": 443}


def allowed(scope: dict[str, Any]) -> bool:
    """Return whether the handshake's Origin is the site's: that of `CHAT_PUBLIC_URL`, else its own scheme and Host.

    A refusal is logged once for each origin, with the line to set.
    """
    headers = dict(scope["headers"])
    given = headers.get(b"origin", b"").decode("latin-1")
    expected = conf.text("CHAT_PUBLIC_URL") or _own(scope, headers)
    if len([name for name, _value in scope["headers"] if name == b"origin"]) == 1 and _same(given, expected):
        return True
    if given not in _told and len(_told) < 1000:
        _told.add(given)
        logger.warning(
            "socket.origin_refused origin=%r expected=%r: if people reach the site at that origin, set PUBLIC_URL=%s",
            given,
            expected,
            given or expected,
        )
    return False


def _own(scope: dict[str, Any], headers: dict[bytes, bytes]) -> str:
    scheme = "https" if scope.get("scheme") == "wss" else "http"
    return f"{scheme}://{headers.get(b'host', b'').decode('latin-1')}"


def _same(one: str, other: str) -> bool:
    return (first := _parts(one)) is not None and first == _parts(other)


def _parts(origin: str) -> tuple[str, str, int] | None:
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:
        return None
    if (
        parts.scheme not in _DEFAULT_PORTS
        or not parts.hostname
        or parts.path.strip("/")
        or parts.query
        or parts.username
    ):
        return None
    return parts.scheme, parts.hostname, port or _DEFAULT_PORTS[parts.scheme]
