"""Promise: nobody loses their place: unread stays unread until its beginning was seen, what opens beside a room or over
it closes with "back" and Escape, and the focus goes on where the work goes on.
"""

import itertools

import pytest

from tests.browser import PHONE
from tests.socket_client import Browser

pytestmark = pytest.mark.browser

COMPOSER = ".composer-text"
NUMBERS = itertools.count(1)
PILL = ".pill:not(.pill-bottom) button"
FOCUSED = "(selector) => document.activeElement.matches(selector)"
LOOK_AWAY = """() => {
  Object.defineProperty(document, "hasFocus", { value: () => false, configurable: true });
  dispatchEvent(new Event("blur"));
}"""
NOTHING_UNREAD = "() => !document.title.startsWith('(')"
LOOK_AGAIN = "() => { delete document.hasFocus; dispatchEvent(new Event('focus')); }"


async def say(talker, room, count):
    """Say `count` messages, "late 1" and so on, one after the other."""
    for number in range(1, count + 1):
        assert (await talker.say(room, f"late {number}"))["type"] == "ok"


@pytest.fixture
async def left_alone(collected, open_page):
    """A page of dora's, who looked away in a room where forty messages came meanwhile, more than a window holds; and
    another page of hers.
    """
    dora = await collected.newcomer(f"Dora {next(NUMBERS)}")
    room = await collected.room(dora, collected.xiaoming)
    await collected.site.backstage("talk", room=room, people=[dora["id"]], count=60)
    page = await open_page(collected.server, f"/rooms/{room}/", dora)
    await page.get_by_text("message 60", exact=True).wait_for()
    await page.locator(COMPOSER).wait_for()
    await page.evaluate(LOOK_AWAY)
    async with Browser(collected.server, collected.xiaoming["cookie"]) as xiaoming:
        await say(xiaoming, room, 40)
    await page.get_by_text("late 40", exact=True).wait_for()
    other = await open_page(collected.server, "/rooms/", dora)
    assert (await other.title()).startswith("(40) ")
    return page, other


async def test_what_came_while_nobody_looked_stays_unread_until_its_beginning_was_seen(left_alone):
    page, other = left_alone
    await page.evaluate(LOOK_AGAIN)
    pill = page.locator(PILL)
    await pill.first.wait_for()
    assert (await pill.first.inner_text()).startswith("40 unread since ")
    assert (await page.title()).startswith("(40) ")
    await pill.first.click()
    await page.locator("[data-new]").wait_for()
    assert await page.get_by_text("late 1", exact=True).is_visible()
    await page.locator(".pill-bottom").wait_for()
    assert await page.evaluate(FOCUSED, "[data-new] + .message"), "reading goes on there"
    await page.keyboard.type("x")
    assert await page.locator(COMPOSER).input_value() == "x", "a letter is meant for the composer"
    await page.locator(".pill-bottom button").click()
    await other.wait_for_function(NOTHING_UNREAD)
    assert await page.locator("[data-new]").count() == 1, "the line stays where unread began"


async def test_it_can_be_marked_read_from_where_one_is(left_alone):
    page, other = left_alone
    await page.evaluate(LOOK_AGAIN)
    await page.get_by_role("button", name="Mark read").click()
    await page.locator(".pill").wait_for(state="detached")
    await other.wait_for_function(NOTHING_UNREAD)
    assert await page.locator(COMPOSER).and_(page.locator(":focus")).count() == 1


async def test_a_panel_has_an_address_and_closes_with_escape_and_back(collected, open_page):
    room = await collected.room(collected.bob)
    page = await open_page(collected.server, f"/rooms/{room}/", collected.bob)
    panel, button = page.locator("#panel"), page.locator(".topbar-members")
    await button.click()
    await page.wait_for_url("**/#members")
    await panel.get_by_text("Bob", exact=False).first.wait_for()
    await page.keyboard.press("Escape")
    await panel.wait_for(state="hidden")
    await page.wait_for_url(f"**/rooms/{room}/")
    assert await page.evaluate(FOCUSED, ".topbar-members"), "the focus returns"
    await button.click()
    await panel.wait_for()
    await page.go_back()
    await panel.wait_for(state="hidden")
    await page.goto(f"/rooms/{room}/#members")
    await panel.get_by_text("Bob", exact=False).first.wait_for()


async def test_on_a_phone_back_leads_to_the_list_and_the_list_to_the_room(collected, open_page):
    first = await collected.room(collected.bob, name="Stairs")
    second = await collected.room(collected.bob, name="Cellar")
    page = await open_page(collected.server, f"/rooms/{first}/", collected.bob, **PHONE)
    row = page.locator(".sidebar-row").filter(has_text="Cellar")
    await page.locator("[data-show-list]").tap()
    await row.tap()
    await page.wait_for_url(f"**/rooms/{second}/")
    await page.go_back()
    await row.wait_for()
    await row.tap()
    await page.locator(".topbar-title").get_by_text("Cellar").wait_for()
    await page.keyboard.press("Escape")
    await row.wait_for()


async def test_a_message_of_many_lines_is_folded_until_asked_for(collected, open_page):
    room = await collected.room(collected.bob)
    page = await open_page(collected.server, f"/rooms/{room}/", collected.bob)
    await page.locator(COMPOSER).fill("\n".join(f"{number}. line" for number in range(1, 61)))
    await page.locator(COMPOSER).press("Enter")
    await page.locator(".message[data-seq]").wait_for()
    text = page.locator(".message-text")
    folded = (await text.bounding_box())["height"]
    await page.get_by_role("button", name="Show all 60 lines").click()
    assert (await text.bounding_box())["height"] == pytest.approx(folded * 60 / 24, abs=2)
    assert await page.locator(".message:focus").count() == 1
