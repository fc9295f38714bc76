"""Promise: `chatsite.asgi:application` serves pages, the socket and static files; files with a hash in their name never
change for a browser, others are asked for again; no client chooses where the site is mounted; and attempts are counted
while Redis is down."""

import json
import re
import socket
from pathlib import Path

import pytest
from channels.testing import HttpCommunicator
from django.contrib.staticfiles import finders

from chatsite.asgi import application
from chatsite.cache import RedisOrMemory
from tests.test_settings import run

SERVE = """
import asyncio, json, sys
from channels.testing import HttpCommunicator
from chatsite.asgi import application

async def main():
    for path in sys.argv[1:]:
        answer = await HttpCommunicator(application, "GET", path).get_response()
        headers = {name.decode().lower(): value.decode() for name, value in answer["headers"]}
        print(json.dumps([answer["status"], headers]))

asyncio.run(main())
"""


async def get(address, **scope):
    """Return status, headers and body of the application's answer; `scope` is put over the connection's own."""
    communicator = HttpCommunicator(application, "GET", address, headers=[(b"host", b"localhost")])
    communicator.scope.update(scope)
    answer = await communicator.get_response(timeout=10)
    headers = {name.decode().lower(): value.decode() for name, value in answer["headers"]}
    return answer["status"], headers, answer["body"]


async def test_a_client_does_not_choose_where_the_site_is_mounted():
    _status, headers, _body = await get("/", root_path="/evil")
    assert headers["location"] == "/accounts/login/?next=/"


async def test_before_anything_is_collected_files_come_from_their_folders():
    status, headers, body = await get("/static/accounts/page.js")
    assert status == 200
    assert body == Path(finders.find("accounts/page.js")).read_bytes()
    assert "immutable" not in headers["cache-control"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["/static/../../../manage.py", "/static//etc/passwd", "/static/accounts/", "/static/"])
async def test_nothing_outside_the_static_folders_is_served(path):
    status, _headers, body = await get("/", path=path)
    assert status == 404
    assert b"No such page" in body


def test_collected_files_are_hashed_immutable_compressed_and_for_this_site_alone(tmp_path):
    variables = {"STATIC_ROOT": str(tmp_path / "static")}
    assert run(["manage.py", "collectstatic", "--noinput", "-v0"], tmp_path, **variables).returncode == 0
    names = json.loads((tmp_path / "static" / "staticfiles.json").read_text())["paths"]
    hashed = names["accounts/page.js"]
    assert re.fullmatch(r"accounts/page\.[0-9a-f]{12}\.js", hashed)
    assert (tmp_path / "static" / f"{hashed}.br").exists()
    done = run(["-c", SERVE, f"/static/{hashed}", "/static/accounts/page.js"], tmp_path, **variables)
    assert done.returncode == 0, done.stderr
    (status, headers), (plain_status, plain_headers) = map(json.loads, done.stdout.splitlines())
    assert (status, plain_status) == (200, 200)
    assert "immutable" in headers["cache-control"]
    assert "immutable" not in plain_headers["cache-control"]
    assert "access-control-allow-origin" not in headers


def test_while_redis_is_down_the_process_counts_by_itself(monkeypatch):
    with socket.socket() as nobody_listens:
        nobody_listens.bind(("127.0.0.1", 0))
        port = nobody_listens.getsockname()[1]
        monkeypatch.setattr(RedisOrMemory, "redis_again_at", 0.0)
        down = RedisOrMemory(f"redis://127.0.0.1:{port}", {"OPTIONS": {"socket_connect_timeout": 3}})
        assert down.add("attempts", 1)
        assert not down.add("attempts", 1)
        assert down.incr("attempts") == 2
        assert down.get("attempts") == 2
        assert RedisOrMemory.redis_again_at > 0
        down.delete("attempts")
        assert down.get("attempts") is None
