"""Promise: people come in, talk and reload, by mouse, finger or keyboard; what they say stands as they typed it."""

import pytest

from tests.browser import COMPOSER, PHONE, in_room, row, settled, texts, write
from tests.cast import PASSWORD

pytestmark = pytest.mark.browser


async def test_from_the_set_up_link_to_a_talk_of_two_in_two_rooms(own_site, open_page):
    site = await own_site()
    server = await site.serve()
    ann = await open_page(server, await site.backstage("set_up_path"))
    for field, value in {
        "site_name": "Lantern",
        "name": "Ann",
        "email": "ann@example.org",
        "password1": PASSWORD,
    }.items():
        await ann.fill(f"[name={field}]", value)
    await ann.get_by_role("button", name="Open the first room").click()
    await in_room(ann, "Everyone")
    assert await ann.evaluate("document.activeElement.matches('.composer-text')"), "the cursor is where one writes"
    link = await ann.get_by_label("Invitation link").input_value()
    assert link.startswith(f"{server.origin}/join/")

    xiaoming = await open_page(server, link)
    for field, value in {"name": "王小明", "email": "xiaoming@example.org", "password1": PASSWORD}.items():
        await xiaoming.fill(f"[name={field}]", value)
    await xiaoming.get_by_role("button", name="Join").click()
    await in_room(xiaoming, "Everyone")
    await write(xiaoming, "你好，Ann")
    await settled(ann, "你好，Ann").wait_for()
    await write(ann, "Welcome")
    await settled(xiaoming, "Welcome").wait_for()

    await ann.goto("/rooms/new/")
    await ann.fill("[name=name]", "茶馆")
    await ann.get_by_role("radio", name="open").first.check()
    await ann.get_by_role("button", name="Make the room").click()
    await in_room(ann, "茶馆")
    await xiaoming.goto("/rooms/")
    await xiaoming.get_by_role("link", name="茶馆").first.click()
    await xiaoming.get_by_role("button", name="Join").click()
    await in_room(xiaoming, "茶馆")
    await write(xiaoming, "喝茶吗？")
    await settled(ann, "喝茶吗？").wait_for()

    await row(xiaoming, "Everyone").click()
    await in_room(xiaoming, "Everyone")
    await write(ann, "Gladly")
    await row(xiaoming, "茶馆").locator(".sidebar-count").wait_for()
    await row(xiaoming, "茶馆").click()
    await settled(xiaoming, "Gladly").wait_for()

    for page in (ann, xiaoming):
        await page.reload()
        await in_room(page, "茶馆")
        assert await texts(page) == ["喝茶吗？", "Gladly"]
        await row(page, "Everyone").click()
        await in_room(page, "Everyone")
        await settled(page, "Welcome").wait_for()
        assert await texts(page) == ["你好，Ann", "Welcome"]


async def test_what_is_typed_shows_as_typed(collected, open_page):
    room = await collected.room(collected.bob)
    bob = await open_page(collected.server, f"/rooms/{room}/", collected.bob)
    ann = await open_page(collected.server, f"/rooms/{room}/", collected.ann)
    hostile = "<script>alert(1)</script><img src=x onerror=alert(2)> &lt;b&gt; {{ 7 * 7 }} ${7 * 7}"
    for page in (bob, ann):
        page.on("dialog", lambda dialog: pytest.fail(f"a dialog opened: {dialog.message}"))
    await write(bob, hostile)
    await settled(ann, hostile).wait_for()
    await ann.reload()
    await settled(ann, hostile).wait_for()
    for page in (bob, ann):
        assert await page.locator(".message-text :is(script, img, b)").count() == 0


async def test_shift_enter_breaks_the_line_and_enter_sends(collected, open_page):
    room = await collected.room(collected.bob)
    page = await open_page(collected.server, f"/rooms/{room}/", collected.bob)
    await page.locator(COMPOSER).press_sequentially("one")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("two")
    assert await page.locator(COMPOSER).input_value() == "one\ntwo"
    await page.keyboard.press("Enter")
    await page.locator(".message[data-seq]").wait_for()
    assert await texts(page) == ["one\ntwo"]
    assert await page.locator(COMPOSER).input_value() == ""


async def test_enter_that_an_input_method_takes_sends_nothing(collected, open_page):
    room = await collected.room(collected.xiaoming)
    page = await open_page(collected.server, f"/rooms/{room}/", collected.xiaoming)
    await page.locator(COMPOSER).focus()
    await page.evaluate("""() => {
      window.composing = [];
      addEventListener("keydown", (event) => window.composing.push([event.key, event.isComposing]), true);
    }""")
    keyboard = await page.context.new_cdp_session(page)
    await keyboard.send("Input.imeSetComposition", {"text": "ni hao", "selectionStart": 6, "selectionEnd": 6})
    enter = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13}
    await keyboard.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **enter})
    await keyboard.send("Input.dispatchKeyEvent", {"type": "keyUp", **enter})
    assert await page.evaluate("window.composing") == [["Enter", True]]
    assert await page.locator(".message").count() == 0
    await page.locator(COMPOSER).fill("你好")
    await page.keyboard.press("Enter")
    await settled(page, "你好").wait_for()
    assert await texts(page) == ["你好"]


# Scrolls near the top and tells at the same moment what is in view: the first whole message, its distance from the top
# of the view, and the oldest message that is held.
GO_UP = """() => {
  const timeline = document.querySelector("#timeline");
  timeline.scrollTop = 200;
  const view = timeline.getBoundingClientRect();
  const messages = [...document.querySelectorAll(".message[data-seq]")];
  const first = messages.find((each) => each.getBoundingClientRect().top >= view.top);
  const top = first.getBoundingClientRect().top - view.top;
  return { seq: first.dataset.seq, top, oldest: Number(messages[0].dataset.seq) };
}"""
OLDEST_IS_BELOW = "(seq) => Number(document.querySelector('.message[data-seq]').dataset.seq) < seq"
COUNT_MOST = """() => {
  window.most = 0;
  const count = () => { window.most = Math.max(window.most, document.querySelectorAll(".message").length); };
  new MutationObserver(count).observe(document.querySelector("#timeline"), { childList: true, subtree: true });
  count();
}"""
TOP_OF = """(seq) => document.querySelector(`.message[data-seq="${seq}"]`)?.getBoundingClientRect().top
  - document.querySelector("#timeline").getBoundingClientRect().top"""


@pytest.mark.parametrize("anchor", ["auto", "none"], ids=["anchoring browser", "Safari, which does not anchor"])
async def test_scrolling_up_loads_more_keeps_its_place_and_never_holds_more_than_300(collected, open_page, anchor):
    room = await collected.room(collected.bob)
    people = [collected.ann["id"], collected.bob["id"]]
    await collected.site.backstage("talk", room=room, people=people, count=700)
    page = await open_page(collected.server, f"/rooms/{room}/", collected.bob)
    await page.locator(".message[data-seq]").first.wait_for()
    await page.evaluate("(anchor) => { document.querySelector('#timeline').style.overflowAnchor = anchor; }", anchor)
    await page.evaluate(COUNT_MOST)
    await page.locator("#timeline").hover()
    longest_jump = 0.0
    while (before := await page.evaluate(GO_UP))["oldest"] > 1:
        await page.wait_for_function(OLDEST_IS_BELOW, arg=before["oldest"])
        after = await page.evaluate(TOP_OF, before["seq"])
        longest_jump = max(longest_jump, abs(after - before["top"]))
    assert longest_jump <= 1.0, "what is read stays where it is"
    assert await page.evaluate("window.most") <= 300
    first = page.locator(".message[data-seq='1']")
    assert "message 1" in await first.inner_text()
    await page.locator(".pill-bottom button").click()
    await page.locator(".message[data-seq='700']").wait_for()
    assert await page.evaluate("window.most") <= 300


async def test_a_room_can_be_read_without_javascript(collected, open_page):
    room = await collected.room(collected.bob, name="Library")
    await collected.site.backstage("talk", room=room, people=[collected.ann["id"]], count=60)
    page = await open_page(collected.server, f"/rooms/{room}/", collected.bob, java_script_enabled=False)
    await page.get_by_role("link", name="Read this room as a plain page").click()
    assert await page.locator("li").count() == 50
    assert "message 60" in await page.locator("li").last.inner_text()
    await page.get_by_role("link", name="Older messages").click()
    assert "message 1" in await page.locator("li").first.inner_text()


async def test_on_a_phone_one_goes_from_the_list_to_a_room_and_writes_with_a_finger(collected, open_page):
    first = await collected.room(collected.bob, name="Kitchen")
    await collected.room(collected.bob, name="Garden")
    page = await open_page(collected.server, f"/rooms/{first}/", collected.bob, **PHONE)
    await in_room(page, "Kitchen")
    assert not await row(page, "Garden").is_visible()
    await page.locator("[data-show-list]").tap()
    await row(page, "Garden").tap()
    await in_room(page, "Garden")
    await page.locator(COMPOSER).tap()
    await page.locator(COMPOSER).fill("from the tram")
    await page.locator(".composer-send").tap()
    await settled(page, "from the tram").wait_for()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing to scroll sideways"


async def test_everything_of_a_talk_can_be_done_from_the_keyboard(collected, open_page):
    await collected.room(collected.xiaoming, name="Harbour")
    page = await open_page(collected.server, "/accounts/login/")
    await page.locator("[name=login]").focus()
    await page.keyboard.type(collected.xiaoming["email"])
    await page.keyboard.press("Tab")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await page.locator(".sidebar-row").first.wait_for()
    await page.evaluate("document.activeElement.blur()")
    await row(page, "Harbour").wait_for()
    for _stop in range(60):
        if await row(page, "Harbour").and_(page.locator(":focus")).count():
            break
        await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await in_room(page, "Harbour")
    await page.locator(COMPOSER).and_(page.locator(":focus")).wait_for()
    await page.keyboard.type("no mouse")
    await page.keyboard.press("Enter")
    await settled(page, "no mouse").wait_for()


async def test_logging_out_in_one_tab_leads_the_other_to_the_door(collected, open_page):
    person = await collected.newcomer("Carol")
    room = await collected.room(person)
    page = await open_page(collected.server, f"/rooms/{room}/", person)
    await in_room(page, "Room")
    await write(page, "here")
    await collected.server.post("/accounts/logout/", person["cookie"])
    await page.wait_for_url("**/accounts/login/**")
