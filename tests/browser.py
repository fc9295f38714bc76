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

COMPOSER = ".composer-text"

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
    """Return a function that opens a page of a server in a browser of its own, signed in as `person` if given.

    `prepare` is awaited with the page before it goes anywhere; `options` are those of a Playwright context.
    """
    contexts = []

    async def open_one(server, path="/", person=None, *, prepare=None, **options):
        context = await chromium.new_context(base_url=server.origin, locale="en-GB", **(LAPTOP | options))
        contexts.append(context)
        context.set_default_timeout(15_000)
        if person is not None:
            name, _is, value = person["cookie"].partition("=")
            await context.add_cookies([{"name": name, "value": value, "url": server.origin}])
        page = await context.new_page()
        watch(page, server, complaints)
        if prepare is not None:
            await prepare(page)
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


# What a test does on a page of a room


def message(page, text):
    """Return the messages of the open room that say exactly this, settled or not."""
    return page.locator(".message").filter(has=page.get_by_text(text, exact=True))


def settled(page, text):
    """Return those that the server has taken."""
    return message(page, text).and_(page.locator("[data-seq]"))


async def write(page, text):
    """Write and send with Enter, and wait until the server has it."""
    await page.locator(COMPOSER).fill(text)
    await page.locator(COMPOSER).press("Enter")
    await settled(page, text).wait_for()


async def texts(page):
    """Return what is said in the open room, from top to bottom."""
    return await page.locator(".message .message-text").all_inner_texts()


def row(page, name):
    """Return a room's row in the sidebar."""
    return page.locator(".sidebar-row").filter(has=page.get_by_text(name, exact=True))


async def in_room(page, name):
    """Wait until the page shows a room that can be written to."""
    await page.locator(".topbar-title").get_by_text(name, exact=True).wait_for()
    await page.locator(COMPOSER).wait_for()
