"""Where sockets go: `/ws/` to the consumer; any other path is refused with 403, not with a traceback."""

from typing import Any

from chat.consumers import ChatConsumer

SOCKET_PATH = "/ws/"

_chat = ChatConsumer.as_asgi()


async def websocket_application(scope: Any, receive: Any, send: Any) -> None:
    """The ASGI application for `websocket` scopes. It checks origin and session itself."""
    if scope["path"] == SOCKET_PATH:
        await _chat(scope, receive, send)
    else:
        await receive()
        await send({"type": "websocket.close"})
