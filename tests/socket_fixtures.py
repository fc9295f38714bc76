"""A pytest plugin: sockets of the application in this process, and a clean hub, layer and bridge after each test."""

import asyncio
import contextlib

import pytest

from tests import cast
from tests.socket_client import Wire


@pytest.fixture
async def open_sockets(transactional_db):
    """Return a function that signs a person in and returns their connected `Wire`, past `hello` and `presence`.

    `greeted=False` returns it before it has heard anything. All of them are closed at the end.
    """
    from channels.layers import get_channel_layer

    from chat import bridge, hub, origin
    from chat.routing import websocket_application

    async with contextlib.AsyncExitStack() as stack:

        async def open_socket(person=None, *, cookie="", greeted=True, **options):
            cookie = await asyncio.to_thread(_signed_in, person) if person is not None else cookie
            wire = await stack.enter_async_context(Wire(websocket_application, cookie, **options))
            if greeted:
                await wire.hears("hello")
                await wire.hears("presence", full=True)
            return wire

        yield open_socket
    # What a test leaves in the process would be heard by the next one.
    await hub.current().stop()
    await get_channel_layer().flush()
    await asyncio.to_thread(bridge.close)
    origin._told.clear()


def _signed_in(person):
    from django.db import connections

    try:
        return cast.session_cookie(person)
    finally:
        connections.close_all()
