"""A pytest plugin: Chromium, and pages of it that fail their test when anything is wrong that a reader cannot see.

A complaint is an error in the console, an exception in the page, a violation of the content security policy, or a
request to another host than the site's.
"""

import re
import shutil
from urllib.parse import urlsplit

import pytest

from tests.live import Site
from tests.live_fixtures import People
from tests.services import missing

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
LAPTOP = {"viewport": {"width": 1280, "height": 800}}

# Chromium says this by itself of a socket that cannot be opened, which is no fault of the page's.
LINE_IS_DOWN = re.compile(r"WebSocket connection to|net::ERR_(CONNECTION|INTERNET|FAILED|EMPTY)")


@pytest.fixture(scope="session")
async def chromium():
    """One Chromium for all tests; each of its contexts is a browser of its own, with its own cookies."""
    binary = shutil.which("chromium") or missing("Chromium (chromium)")
    try:
        from playwright.async_api import async_playwright
    except ImportError:
        missing("Playwright (requirements-dev.txt)")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=binary, args=["--no-sandbox"])
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
async def collected():
    """A site whose static files are collected, as `make run` does; shared by tests that make rooms of their own."""
    site = Site()
    site.environment["STATIC_ROOT"] = str(site.folder / "static")
    try:
        await site.open()
        await site.backstage("collect")
        yield await People(site, await site.serve()).arrive()
    finally:
        site.close()


class Complaints(list):
    """What the pages of a test complained of. `line_may_break` forgives what a broken line makes Chromium say."""

    line_may_break = False

    def add(self, text):
        """Take a complaint, if it is one."""
        if not (self.line_may_break and LINE_IS_DOWN.search(text)):
            self.append(text)


@pytest.fixture
def complaints():
    """What the pages of this test complain of; anything fails it at the end."""
    found = Complaints()
    yield found
    assert found == []


@pytest.fixture
async def open_page(chromium, complaints):
    """Return a function that opens a page of a server in a browser of its own, signed in as `person` if given."""
    contexts = []

    async def open_one(server, path="/", person=None, **options):
        context = await chromium.new_context(base_url=server.origin, locale="en-GB", **(LAPTOP | options))
        contexts.append(context)
        context.set_default_timeout(15_000)
        if person is not None:
            name, _is, value = person["cookie"].partition("=")
            await context.add_cookies([{"name": name, "value": value, "url": server.origin}])
        page = await context.new_page()
        watch(page, server, complaints)
        await page.goto(path)
        return page

    yield open_one
    for context in contexts:
        await context.close()


def watch(page, server, complaints):
    """Have a page complain."""
    page.on("console", lambda message: complaints.add(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.add(str(error)))
    page.on("request", lambda request: _check_host(request.url, server, complaints))
    page.on("websocket", lambda socket: _check_host(socket.url, server, complaints))


def _check_host(url, server, complaints):
    parts = urlsplit(url)
    if parts.scheme not in ("data", "blob") and parts.netloc != server.host:
        complaints.add(f"a request to another host: {url}")
