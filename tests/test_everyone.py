"""Promise: a room for everyone has everyone, also who comes at the very moment that it is made.

Real processes at one PostgreSQL. A third connection holds a row that one of them needs halfway, so that the two overlap
for certain.
"""

import asyncio
from contextlib import asynccontextmanager

import psycopg
import pytest

from tests.live import POLL_SECONDS, Site

pytestmark = pytest.mark.services

DATABASE = "everyone"
MOST_SECONDS = 30.0


@pytest.fixture(scope="module")
async def sites(postgresql):
    """Two processes of one site, with ann, who owns it."""
    url = postgresql.new_database(DATABASE)
    one, other = Site(database_url=url), Site(database_url=url)
    try:
        await one.open()
        one.ann = (await one.backstage("person", name="Ann", owner=True))["id"]
        yield one, other
    finally:
        one.close()
        other.close()


@pytest.fixture
def held(postgresql):
    """`async with held(lock, value) as gate:` runs a query that locks a row; commit or leave to let it go."""

    @asynccontextmanager
    async def hold(lock, value):
        async with await psycopg.AsyncConnection.connect(postgresql.url(DATABASE)) as gate:
            await gate.execute(lock, [value])
            yield gate

    return hold


def members(postgresql, room):
    """Return person → last_read_seq of a room's members."""
    return dict(
        postgresql.run(f"SELECT person_id, last_read_seq FROM chat_membership WHERE room_id = {room}", DATABASE)
    )


async def stands(postgresql, task, waiting):
    """Wait until the task is done, or `waiting` connections wait for a lock."""
    query = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{DATABASE}' AND wait_event_type = 'Lock'"
    async with asyncio.timeout(MOST_SECONDS):
        while not task.done() and postgresql.run(query) != [(waiting,)]:
            await asyncio.sleep(POLL_SECONDS)


async def test_a_room_that_is_made_while_somebody_comes_has_them(postgresql, sites, held):
    """And what was said while they came counts as read, as all that was said before."""
    one, other = sites
    hall = await one.backstage("room", owner=one.ann, name="Hall", everyone=True)
    async with held("SELECT id FROM chat_room WHERE id = %s FOR UPDATE", hall) as gate:
        coming = asyncio.create_task(one.backstage("person", name="Bob"))
        await stands(postgresql, coming, 1)
        making = asyncio.create_task(other.backstage("room", owner=one.ann, name="Tea", everyone=True))
        await stands(postgresql, making, 2)
        await gate.execute("UPDATE chat_room SET last_seq = 7, rev = 7 WHERE id = %s", [hall])
    bob, tea = (await coming)["id"], await making
    assert members(postgresql, tea).keys() == {one.ann, bob}
    assert members(postgresql, hall)[bob] == 7


async def test_who_comes_while_a_room_is_made_is_in_it(postgresql, sites, held):
    one, other = sites
    xiaoming = (await one.backstage("person", name="王小明"))["id"]
    async with held("SELECT id FROM chat_person WHERE id = %s FOR UPDATE", xiaoming):
        making = asyncio.create_task(one.backstage("room", owner=one.ann, name="Garden", everyone=True))
        await stands(postgresql, making, 1)
        coming = asyncio.create_task(other.backstage("person", name="李雷"))
        await stands(postgresql, coming, 2)
    garden, lilei = await making, (await coming)["id"]
    assert {one.ann, xiaoming, lilei} <= members(postgresql, garden).keys()
