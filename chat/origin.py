"""From which page may a socket come: an exact origin (scheme, host and port), nothing else.

Channels' own validators compare host names only, and accept everything when `ALLOWED_HOSTS` is `*`.
"""

import logging
from typing import Any
from urllib.parse import urlsplit

from chat import conf

logger = logging.getLogger(__name__)

_told: set[str] = set()
_USUAL_PORTS = {"http": 80, "https": 443}


def allowed(scope: dict[str, Any]) -> bool:
    """Return whether the handshake's Origin is the site's: that of `CHAT_PUBLIC_URL`, else its own scheme and Host.

    A refusal is logged once for each origin, with the line to set.
    """
    headers = dict(scope["headers"])
    origins = [value.decode("latin-1") for name, value in scope["headers"] if name == b"origin"]
    given = origins[0] if origins else ""
    expected = _as_browsers_write(conf.text("CHAT_PUBLIC_URL") or _own(scope, headers))
    if expected is not None and origins == [expected]:
        return True
    if given not in _told and len(_told) < 1000:
        _told.add(given)
        logger.warning(
            "socket.origin_refused origin=%r expected=%r: to have people come from another address, set PUBLIC_URL=%s",
            given,
            expected,
            given if given == _as_browsers_write(given) else expected,
        )
    return False


def _own(scope: dict[str, Any], headers: dict[bytes, bytes]) -> str:
    scheme = "https" if scope.get("scheme") == "wss" else "http"
    return f"{scheme}://{headers.get(b'host', b'').decode('latin-1')}"


def _as_browsers_write(origin: str) -> str | None:
    """Return scheme, host and port in small letters without the usual port; None for what is no such origin."""
    try:
        parts = urlsplit(origin.lower())
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _USUAL_PORTS or not parts.hostname:
        return None
    usual = f":{_USUAL_PORTS[parts.scheme]}"
    return f"{parts.scheme}://{parts.netloc.removesuffix(usual) if port else parts.netloc}"
