"""Promise: who loses the line and comes back has said everything once, in order, and has missed nothing."""

import pytest

from tests.browser import COMPOSER, message, settled, texts, write
from tests.socket_client import Browser

pytestmark = pytest.mark.browser


async def test_what_is_written_without_a_server_is_sent_once_when_it_is_back(own_site, open_page, complaints):
    complaints.line_may_break = True
    site = await own_site()
    server = await site.serve()
    ann, bob = [await site.backstage("person", name=name) for name in ("Ann", "Bob")]
    room = await site.backstage("room", owner=ann["id"], name="Hall", members=[bob["id"]])
    pages = [await open_page(server, f"/rooms/{room}/", person) for person in (ann, bob)]
    await write(pages[0], "before")
    await settled(pages[1], "before").wait_for()
    server.kill()
    await pages[0].locator(".wire-broken").wait_for()
    for text in ("meanwhile one", "meanwhile two"):
        await pages[0].locator(COMPOSER).fill(text)
        await pages[0].locator(COMPOSER).press("Enter")
        await message(pages[0], text).wait_for()
        assert await settled(pages[0], text).count() == 0
    await server.start()
    for page in pages:
        for text in ("meanwhile one", "meanwhile two"):
            await settled(page, text).wait_for(timeout=45_000)
        assert await texts(page) == ["before", "meanwhile one", "meanwhile two"]
        await page.locator(".wire:not(.wire-broken)").wait_for()
    rows = site.rows("SELECT body FROM chat_message ORDER BY seq")
    assert rows == [("before",), ("meanwhile one",), ("meanwhile two",)]


async def test_what_is_written_offline_is_sent_once_and_what_was_missed_is_there(collected, open_page, complaints):
    complaints.line_may_break = True
    room = await collected.room(collected.bob)
    page = await open_page(collected.server, f"/rooms/{room}/", collected.bob)
    await write(page, "before")
    await page.context.set_offline(True)
    await page.locator(".wire-broken").wait_for()
    await page.locator(COMPOSER).fill("from the tunnel")
    await page.locator(COMPOSER).press("Enter")
    await message(page, "from the tunnel").wait_for()
    async with Browser(collected.server, collected.ann["cookie"]) as ann:
        await ann.say(room, "meanwhile")
        await page.context.set_offline(False)
        await ann.said("from the tunnel", within_seconds=45)
        await settled(page, "from the tunnel").wait_for()
        await settled(page, "meanwhile").wait_for()
        assert await texts(page) == ["before", "meanwhile", "from the tunnel"]
        await ann.say(room, "the end")
        await settled(page, "the end").wait_for()
        said = [each["body"] for frame in ann.all("room.changes") for each in frame["messages"]]
        assert said == ["meanwhile", "from the tunnel", "the end"]


async def test_a_message_whose_answer_was_lost_is_said_once(collected, open_page):
    room = await collected.room(collected.bob)
    lost = []

    async def lose_the_first_answer(page):
        async def between(line):
            server = line.connect_to_server()

            async def pass_on(text):
                if not lost and '"message":' in text and text.startswith('{"type":"ok"'):
                    lost.append(text)  # stored, told to everybody else, and then the line breaks
                    await server.close()
                    await line.close(code=4408)
                else:
                    line.send(text)

            server.on_message(pass_on)

        await page.route_web_socket("**/ws/", between)

    async with Browser(collected.server, collected.ann["cookie"]) as ann:
        await ann.hears("hello")
        page = await open_page(collected.server, f"/rooms/{room}/", collected.bob, prepare=lose_the_first_answer)
        await write(page, "once")
        await write(page, "and on")
        assert len(lost) == 1
        assert await texts(page) == ["once", "and on"]
        await ann.said("and on")
        said = [each["body"] for frame in ann.all("room.changes") for each in frame["messages"]]
        assert said == ["once", "and on"]
