"""The one border between the event loop and the database.

Channels' own bridge is one thread for all sockets: a query of two seconds froze 500 of them. Here socket work
has a small pool of readers, and one writer thread, because SQLite lets one transaction write at a time and is
not fair to those that wait.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connections

from chat import conf

Result = TypeVar("Result")

_pools: dict[str, ThreadPoolExecutor] = {}


async def read(function: Callable[..., Result], *arguments: object) -> Result:
    """Run `function(*arguments)`, which only reads, in a thread; return or raise what it does."""
    return await _run("read", function, arguments)


async def write(function: Callable[..., Result], *arguments: object) -> Result:
    """Run `function(*arguments)` in the writer's thread; return or raise what it does."""
    return await _run("write", function, arguments)


def close() -> None:
    """End the threads and with them their database connections. The next call starts new ones."""
    while _pools:
        _name, pool = _pools.popitem()
        # A connection belongs to its thread: each thread closes its own before it ends.
        for _thread in range(pool._max_workers):
            pool.submit(connections.close_all)
        pool.shutdown(wait=True)


async def _run(kind: str, function: Callable[..., Result], arguments: tuple[object, ...]) -> Result:
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_pool(kind), _call, function, arguments)


def _pool(kind: str) -> ThreadPoolExecutor:
    if kind not in _pools:
        # PostgreSQL has many writers at once; there the two pools only keep reads from waiting for writes.
        one_writer = kind == "write" and connections["default"].vendor == "sqlite"
        threads = 1 if one_writer else conf.integer("CHAT_BRIDGE_THREADS")
        _pools[kind] = ThreadPoolExecutor(threads, thread_name_prefix=f"chat-{kind}")
    return _pools[kind]


def _call(function: Callable[..., Result], arguments: tuple[object, ...]) -> Result:
    try:
        return function(*arguments)
    finally:
        for connection in connections.all(initialized_only=True):
            # A SQLite connection is kept, opening one costs more than a query; psycopg's goes back to its pool.
            if connection.vendor != "sqlite" or connection.errors_occurred:
                connection.close()
