#!/usr/bin/env python3
"""Measure an import: its time and memory, what people who talk meanwhile wait, the export, and the pages after it.

    python tools/measure_archive.py ARCHIVE [--database-url postgres://…]

It makes a site in a temporary folder, serves it with daphne, and talks in a live room over the socket all the time.
With `--database-url` the database must be empty. What is measured is printed; nothing is judged.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.live import Site  # noqa: E402
from tests.socket_client import Browser, new_nonce  # noqa: E402

SEND_EVERY_SECONDS = 0.05
PAGE = 50

PAGES = """
import json, os, statistics, time
import django
django.setup()
from django.db import connection, reset_queries
from django.test import Client
from django.conf import settings
from chat import payloads
from chat.models import Person, Room
room = Room.objects.order_by("-last_seq")[0]
reader = Person.objects.filter(user__isnull=False)[0]
def milliseconds(function, times=20):
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        function()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)
def queries(function):
    connection.force_debug_cursor = True
    reset_queries()
    function()
    count = len(connection.queries)
    connection.force_debug_cursor = False
    return count
newest = lambda: json.dumps(payloads.history(reader, room, limit=%(page)d))
oldest = lambda: json.dumps(payloads.history(reader, room, before=%(page)d + 1, limit=%(page)d))
client = Client()
client.cookies[settings.SESSION_COOKIE_NAME] = os.environ["MEASURE_SESSION"]
address = f"/rooms/{room.pk}/"
page = lambda: client.get(address, headers={"host": "127.0.0.1"})
assert page().status_code == 200, page()
newest(); oldest()
print(json.dumps({
    "newest history page, ms": round(milliseconds(newest), 2),
    "oldest history page, ms": round(milliseconds(oldest), 2),
    "history page, queries": queries(newest),
    "room page, ms": round(milliseconds(page), 2),
    "room page, queries": queries(page),
}))
"""


async def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("archive", type=Path)
    parser.add_argument("--database-url")
    chosen = parser.parse_args()
    site = Site(database_url=chosen.database_url, CHAT_RATE_LIMITS="off")
    try:
        await site.open()
        server = await site.serve()
        ann = await site.backstage("person", name="Ann", owner=True)
        room = await site.backstage("room", owner=ann["id"], name="Live", members=[], kind="open")
        async with Browser(server, ann["cookie"]) as browser:
            show("live sends before", waits(await talk(browser, room, until=after(5.0))))
            run = asyncio.create_task(manage(site, "import_archive", str(chosen.archive)))
            taken = await talk(browser, room, until=run)
            seconds, peak_bytes = await run
            print(f"import: {seconds:.1f} s, peak memory {peak_bytes / 1e6:.0f} MB")
            show("live sends during it", waits(taken))
        out = site.folder / "out.jsonl"
        seconds, peak_bytes = await manage(
            site, "export_archive", "--room", name_in(chosen.archive), "--output", str(out)
        )
        print(f"export: {seconds:.1f} s, peak memory {peak_bytes / 1e6:.0f} MB, identical: {same(chosen.archive, out)}")
        environment = site.environment | {
            "DJANGO_SETTINGS_MODULE": "chatsite.settings",
            "MEASURE_SESSION": ann["cookie"].partition("=")[2],
        }
        program = PAGES % {"page": PAGE}
        found = subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, env=environment, check=True, capture_output=True
        )
        for name, value in json.loads(found.stdout.splitlines()[-1]).items():
            print(f"{name}: {value}")
    finally:
        site.close()


async def talk(browser, room, *, until):
    """Send a message every 50 ms until the task `until` is done; return how long each `ok` took, in seconds."""
    taken = []
    while not until.done():
        began = time.perf_counter()
        await browser.ask("message.send", room=room, nonce=new_nonce(), body="still here?")
        taken.append(time.perf_counter() - began)
        await asyncio.sleep(SEND_EVERY_SECONDS)
    return taken


def after(seconds):
    """Return a task that is done after `seconds`."""
    return asyncio.create_task(asyncio.sleep(seconds))


async def manage(site, *words):
    """Run a management command; return its seconds and the most memory it held, in bytes."""
    return await asyncio.to_thread(_manage, site, words)


def _manage(site, words):
    began = time.monotonic()
    process = subprocess.Popen([sys.executable, "manage.py", *words], cwd=ROOT, env=site.environment)
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{words[0]} failed")
    return time.monotonic() - began, usage.ru_maxrss * 1024


def waits(taken):
    """Return how many there were, and the median, the 99th percentile and the longest in milliseconds."""
    cuts = statistics.quantiles(taken, n=100)
    return len(taken), cuts[49] * 1000, cuts[98] * 1000, max(taken) * 1000


def show(title, figures):
    """Print one line of waits."""
    print("{}: {} sends, p50 {:.1f} ms, p99 {:.1f} ms, longest {:.1f} ms".format(title, *figures))


def name_in(archive):
    """Return the name of the archive's first room."""
    from chat.archive_format import lines

    return next(line.record().room for line in lines(archive))


def same(archive, out):
    """Return whether two archives hold the same lines."""
    from chat.archive_format import lines

    return all(one.text == other.text for one, other in zip(lines(archive), lines(out), strict=True))


if __name__ == "__main__":
    asyncio.run(main())
