"""A pytest plugin: the real servers and services that tests share, started when the first test asks for them."""

import pytest

from tests.live import SHORT_CLOCKS, Site
from tests.services import PostgreSQL, Redis


class People:
    """A site with a running server and its cast: a person is `{"id", "user", "email", "cookie"}`.

    Tests that share it make rooms of their own with `room`, so that none hears another's.
    """

    def __init__(self, site, server):
        """Nobody is there yet."""
        self.site = site
        self.server = server

    async def arrive(self):
        """Make the cast: ann owns the site, bob, 王小明 and 李雷 are members, eve is an outsider."""
        names = {"ann": "Ann", "bob": "Bob", "xiaoming": "王小明", "lilei": "李雷", "eve": "Eve"}
        for attribute, name in names.items():
            setattr(self, attribute, await self.site.backstage("person", name=name, owner=attribute == "ann"))
        return self

    async def newcomer(self, name):
        """Make one more person, for a test that ends their account or sessions."""
        return await self.site.backstage("person", name=name)

    async def room(self, *members, name="Room", kind="private"):
        """Make a room of ann's with these members and return its id."""
        ids = [member["id"] for member in members]
        return await self.site.backstage("room", owner=self.ann["id"], name=name, members=ids, kind=kind)


@pytest.fixture(scope="session")
async def live():
    """A site on SQLite with one daphne and the usual clocks, shared by the tests that change nothing but rooms."""
    site = await Site().open()
    try:
        yield await People(site, await site.serve()).arrive()
    finally:
        site.close()


@pytest.fixture(scope="session")
async def quick():
    """The same with short heartbeats and leases."""
    site = await Site(**SHORT_CLOCKS).open()
    try:
        yield await People(site, await site.serve()).arrive()
    finally:
        site.close()


@pytest.fixture
async def own_site():
    """Return a function that opens a site for one test alone, with further environment variables."""
    sites = []

    async def open_site(**environment):
        sites.append(await Site(**environment).open())
        return sites[-1]

    try:
        yield open_site
    finally:
        for site in sites:
            site.close()


@pytest.fixture(scope="session")
def redis():
    """A Redis of the tests' own."""
    service = Redis()
    try:
        service.start()
        yield service
    finally:
        service.close()


@pytest.fixture(scope="session")
def postgresql():
    """A PostgreSQL cluster of the tests' own."""
    service = PostgreSQL()
    try:
        service.start()
        yield service
    finally:
        service.close()
