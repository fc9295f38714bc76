"""Measure how soon a room can be read: `python -m tools.measure_page [--rounds 5]`. Exit code 1 when a bar is missed.

It serves a site of its own with collected static files and a busy room, and opens the room in Chromium: cold, with
nothing cached, on a line of 150 ms and 1.6 Mbit/s and a processor four times slower; then warm on this machine, in a
tab that has shown the room before. Counted is the time from the start of the navigation to the first frame after the
first message's text is in the page. Bytes are those that crossed the line, compressed.
"""

import argparse
import asyncio
import shutil
import statistics
import sys
from urllib.parse import urlsplit

from playwright.async_api import async_playwright

from tests.live import Site

COLD_BAR_MS, WARM_BAR_MS, BYTES_BAR = 1500, 300, 110 * 1024
SLOW_LINE = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
    "connectionType": "cellular3g",
}
SLOWER_PROCESSOR = 4
MESSAGES = 300

# The observer sees the text in the page; the message comes after the frame that shows it has been drawn.
WATCH = """
  const seen = () => {
    const first = document.querySelector(".message .message-text");
    if (!first?.textContent) return false;
    requestAnimationFrame(() => {
      const after = new MessageChannel();
      after.port1.onmessage = () => { window.paintedAt = performance.now(); };
      after.port2.postMessage(null);
    });
    return true;
  };
  const observer = new MutationObserver(() => { if (seen()) observer.disconnect(); });
  observer.observe(document, { childList: true, subtree: true });
"""


class Traffic:
    """What one load brought over the line."""

    def __init__(self, host):
        """`host` is the site's own."""
        self.host = host
        self.others = set()
        self.kinds = {}
        self.bytes = {}

    async def watch(self, devtools):
        """Count from now on."""
        await devtools.send("Network.enable")
        devtools.on("Network.requestWillBeSent", self._asked)
        devtools.on("Network.loadingFinished", self._came)

    def total(self, *kinds):
        """Return the bytes of these kinds of resources: Document, Script, Stylesheet …"""
        return sum(size for number, size in self.bytes.items() if self.kinds.get(number) in kinds)

    def _asked(self, event):
        url = urlsplit(event["request"]["url"])
        self.kinds[event["requestId"]] = event.get("type", "Other")
        if url.scheme in ("http", "https", "ws", "wss") and url.netloc != self.host:
            self.others.add(url.netloc)

    def _came(self, event):
        self.bytes[event["requestId"]] = event["encodedDataLength"]


async def slow_down(page, host):
    """Give a page of `host` an empty cache, a slow line and a slow processor; return the traffic it will have."""
    devtools = await page.context.new_cdp_session(page)
    traffic = Traffic(host)
    await traffic.watch(devtools)
    await devtools.send("Network.setCacheDisabled", {"cacheDisabled": True})
    await devtools.send("Network.emulateNetworkConditions", SLOW_LINE)
    await devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER_PROCESSOR})
    return traffic


async def painted(page, path):
    """Go to the room and return when its first message was painted, in milliseconds; wait until all is loaded."""
    await page.goto(path, wait_until="commit")
    await page.wait_for_function("() => window.paintedAt", timeout=60_000)
    painted_at = await page.evaluate("() => window.paintedAt")
    await page.wait_for_load_state("networkidle")
    return painted_at


async def new_page(chromium, server, cookie):
    """Return a page of a browser that has never been here, but is signed in."""
    name, _is, value = cookie.partition("=")
    context = await chromium.new_context(base_url=server.origin)
    await context.add_cookies([{"name": name, "value": value, "url": server.origin}])
    page = await context.new_page()
    await page.add_init_script(WATCH)
    return page


async def measure(chromium, server, path, cookie, rounds):
    """Return the times of all cold and all warm rounds, and the traffic of the last cold one."""
    cold = []
    for _round in range(rounds):
        page = await new_page(chromium, server, cookie)
        traffic = await slow_down(page, server.host)
        cold.append(await painted(page, path))
        await page.context.close()
    page = await new_page(chromium, server, cookie)
    await painted(page, path)  # fills the cache
    warm = [await painted(page, path) for _round in range(rounds)]
    await page.context.close()
    return cold, warm, traffic


def report(cold, warm, traffic):
    """Print the table; return whether every bar is met."""
    script, document = traffic.total("Script", "Stylesheet"), traffic.total("Document")
    rows = [
        ("first message painted, cold", statistics.median(cold), COLD_BAR_MS, "ms"),
        ("first message painted, warm", statistics.median(warm), WARM_BAR_MS, "ms"),
        ("scripts and styles, with the page that holds styles", (script + document) / 1024, BYTES_BAR / 1024, "KiB"),
        ("requests to other hosts", len(traffic.others), 0, ""),
    ]
    for what, figure, bar, unit in rows:
        print(f"{what:<54}{figure:8.1f} {unit:<4} (at most {bar:g}){'' if figure <= bar else '  MISSED'}")
    for name, times in (("cold", cold), ("warm", warm)):
        print(f"{name} rounds: {', '.join(f'{each:.0f}' for each in times)} ms")
    print(f"of the bytes, {script / 1024:.1f} KiB are scripts and {document / 1024:.1f} KiB the page with its messages")
    return all(figure <= bar for _what, figure, bar, _unit in rows)


async def main(rounds):
    """Serve, measure, report."""
    site = Site()
    site.environment["STATIC_ROOT"] = str(site.folder / "static")
    try:
        await site.open()
        await site.backstage("collect")
        server = await site.serve()
        ann = await site.backstage("person", name="Ann", owner=True)
        room = await site.backstage("room", owner=ann["id"], name="Hall")
        await site.backstage("talk", room=room, people=[ann["id"]], count=MESSAGES)
        async with async_playwright() as playwright:
            binary = shutil.which("chromium")
            chromium = await playwright.chromium.launch(executable_path=binary, args=["--no-sandbox"])
            return report(*await measure(chromium, server, f"/rooms/{room}/", ann["cookie"], rounds))
    finally:
        site.close()


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__.partition(":")[0])
    options.add_argument("--rounds", type=int, default=5, help="how often each load is measured; the median counts")
    sys.exit(0 if asyncio.run(main(options.parse_args().rounds)) else 1)
