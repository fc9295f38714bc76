"""What is wrong with the settings, said at start with the cure."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from chat import conf


@register("chat")
def clocks_fit(app_configs: Any, **_rest: Any) -> list[CheckMessage]:
    """A connection must be pinged before it is called dead, and there must be a layer to tell others by."""
    found: list[CheckMessage] = []
    if conf.seconds("CHAT_HEARTBEAT_INTERVAL_SECONDS") >= conf.seconds("CHAT_HEARTBEAT_TIMEOUT_SECONDS"):
        found.append(
            Error(
                "CHAT_HEARTBEAT_INTERVAL_SECONDS is not below CHAT_HEARTBEAT_TIMEOUT_SECONDS.",
                hint="Every connection would be closed before it is pinged: 54 and 60 are the defaults.",
                id="chat.E001",
            )
        )
    if not getattr(settings, "CHANNEL_LAYERS", {}).get("default"):
        found.append(
            Error(
                "CHANNEL_LAYERS has no default layer.",
                hint="Use channels.layers.InMemoryChannelLayer, or Redis for more than one process.",
                id="chat.E002",
            )
        )
    return found
