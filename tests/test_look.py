"""Promise: the page keeps the rules of the look: one left edge, nothing jumps, targets one can hit, nothing sideways.

Measured in Chromium on the gallery, which draws every component in every state with the page's own views.
"""

import pytest

from tests.live import Site

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PHONES, WINDOWS = ((320, 640), (390, 844)), ((1280, 800), (1680, 1000))
WITHIN_PIXELS = 0.5

# Where the text of each stands: its box without padding and border, on the side where lines begin.
TEXT_EDGES = """() => {
  const rtl = document.documentElement.dir === 'rtl';
  const wanted = '.message-text, .message-quote, .message-gone, .message-failure, .message-head, .timeline-day > *, '
    + '.timeline-new > *, .timeline-title, .timeline-topic, .composer-text, .composer-under';
  return [...document.querySelectorAll(wanted)].filter((each) => !each.closest('.message-deed')).map((each) => {
    const box = each.getBoundingClientRect(), style = getComputedStyle(each);
    const inside = parseFloat(style.paddingInlineStart) + parseFloat(style.borderInlineStartWidth);
    return [each.className || each.parentElement.className, rtl ? box.right - inside : box.left + inside];
  });
}"""
BOXES = """() => [...document.querySelectorAll('.message, .message-text, .message-margin .seal, .timeline-rule, '
  + '.composer, .composer-text, .composer-send, .topbar > *, .sidebar-row, .sidebar-heading')].map((each) => {
    const { x, y, width, height } = each.getBoundingClientRect();
    return [x, y, width, height];
  })"""
SMALL_TARGETS = """(least) => [...document.querySelectorAll('a, button, input, textarea, select')]
  .filter((each) => !each.closest('p, .message-failure') && each.checkVisibility())
  .map((each) => [each.className || each.tagName, each.getBoundingClientRect()])
  .filter(([, box]) => box.width > 0 && (box.height < least || box.width < Math.min(least, 24)))
  .map(([name, box]) => `${name} ${box.width} x ${box.height}`)"""


@pytest.fixture(scope="session")
async def gallery_site():
    """A server that shows the gallery."""
    site = await Site(DEBUG="on").open()
    try:
        yield await site.serve()
    finally:
        site.close()


@pytest.fixture
async def show(chromium, gallery_site):
    """Return a function that opens the gallery at a size; what the page complained of fails the test at its end."""
    contexts, complaints = [], []

    async def open_gallery(query, size, *, touch=False):
        width, height = size
        viewport = {"width": width, "height": height}
        contexts.append(await chromium.new_context(viewport=viewport, has_touch=touch, is_mobile=touch))
        page = await contexts[-1].new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto(f"{gallery_site.origin}/gallery/?{query}")
        await page.wait_for_selector("html[data-ready]")
        return page

    yield open_gallery
    for context in contexts:
        await context.close()
    assert complaints == []


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
@pytest.mark.parametrize("size", [*PHONES, *WINDOWS], ids=str)
@pytest.mark.parametrize("screen", ["room", "empty", "failed"])
async def test_all_text_begins_at_one_edge(show, screen, size, direction):
    page = await show(f"screen={screen}&dir={direction}", size)
    edges = await page.evaluate(TEXT_EDGES)
    assert len(edges) >= 3
    first = edges[0][1]
    assert [edge for edge in edges if abs(edge[1] - first) > WITHIN_PIXELS] == []


@pytest.mark.parametrize("size", [(390, 844), (1280, 800)], ids=str)
async def test_pointing_and_focus_move_nothing(show, size):
    page = await show("screen=failed", size)
    before = await page.evaluate(BOXES)
    for target in (".message:nth-last-child(2)", ".message-failed .word", ".topbar-members", ".composer-send"):
        await page.hover(target)
        assert await page.evaluate(BOXES) == before, f"pointing at {target}"
        await page.focus(target)
        assert await page.evaluate(BOXES) == before, f"the focus on {target}"
    await page.focus(".composer-text")
    await page.keyboard.type("one line")
    assert await page.evaluate(BOXES) == before, "the first line of a text"


async def test_thirteen_messages_are_in_view(show):
    page = await show("screen=pairs", (1280, 800))
    seen = await page.evaluate("""() => {
      const view = document.querySelector('.timeline').getBoundingClientRect();
      const boxes = [...document.querySelectorAll('.message')].map((each) => each.getBoundingClientRect());
      return boxes.filter((box) => box.top >= view.top && box.bottom <= view.bottom).length;
    }""")
    assert seen >= 13


@pytest.mark.parametrize("screen", ["room", "empty", "members", "list"])
async def test_targets_can_be_hit(show, screen):
    pointed = await show(f"screen={screen}", (1280, 800))
    assert await pointed.evaluate(SMALL_TARGETS, 24) == []
    touched = await show(f"screen={screen}", (390, 844), touch=True)
    assert await touched.evaluate(SMALL_TARGETS, 44) == []


@pytest.mark.parametrize("size", [(320, 640), (1280, 800)], ids=str)
@pytest.mark.parametrize(
    "query", ["theme=light&lang=en", "theme=dark&lang=zh-hans", "screen=members", "screen=offline"]
)
async def test_nothing_is_wider_than_the_window(show, query, size):
    page = await show(query, size)
    assert await page.evaluate("document.documentElement.scrollWidth") <= size[0]


async def test_text_is_text(show):
    page = await show("theme=light", (1280, 800))
    part = page.locator('[data-part^="message: text is text"] .message-text').first
    assert await part.inner_text() == "<script>alert(1)</script> <b>not bold</b> &amp;"
    assert await part.locator("*").count() == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_a_theme_can_be_forced(show, theme):
    page = await show(f"screen=room&theme={theme}", (1280, 800))
    ground = await page.evaluate("getComputedStyle(document.querySelector('.sidebar')).backgroundColor")
    assert ground == {"light": "rgb(242, 245, 244)", "dark": "rgb(26, 30, 30)"}[theme]


@pytest.mark.parametrize("size", WINDOWS, ids=str)
async def test_the_title_of_a_page_stands_over_its_text(show, size):
    page = await show("theme=light", size)
    edges = await page.evaluate("""() => {
      const part = document.querySelector('[data-part="page: list"]');
      return ['.page-title', '.page-body > .list', '.page-body > .list .list-name']
        .map((each) => part.querySelector(each).getBoundingClientRect().left);
    }""")
    assert max(edges) - min(edges) <= WITHIN_PIXELS


async def test_a_choice_can_be_set_once_it_is_another(show):
    page = await show("theme=light", (1280, 800))
    form = page.locator('[data-part="page: list"] .list-set')
    assert not await form.locator("button").is_visible()
    before = await form.locator("select").bounding_box()
    await form.locator("select").select_option(index=1)
    assert await form.locator("button").is_visible()
    assert await form.locator("select").bounding_box() == before, "what is beside it stays"
