"""Promise: `chat` can be mounted in somebody else's Django project, with Django's own user model and no `chatsite`.

A project of a few lines is made in a folder of its own, in a process of its own: it migrates, sends a message over the
socket, and shows it on the room's page.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

SETTINGS = """
SECRET_KEY = "only for this test"
ALLOWED_HOSTS = ["testserver"]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "chat",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
ROOT_URLCONF = "urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "bare.sqlite3"}}
CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STATIC_URL = "/static/"
LOGIN_URL = "/login/"
USE_TZ = True
"""

URLS = """
from django.contrib.auth.views import LoginView
from django.urls import include, path

urlpatterns = [path("login/", LoginView.as_view()), path("", include("chat.urls"))]
"""

STORY = """
import asyncio, json, os, sys

os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
import django

django.setup()
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

call_command("migrate", verbosity=0)
call_command("check", fail_level="WARNING")

from chat import bridge
from chat.routing import websocket_application
from chat.services import people, rooms

ann = people.create(User.objects.create_user("ann", password="lantern on the river"), name="Ann")
room = rooms.create(ann, kind="open", name="Hall")
browser = Client()
browser.force_login(ann.user)
cookie = f"sessionid={browser.cookies['sessionid'].value}"


async def say():
    headers = [(b"cookie", cookie.encode()), (b"host", b"testserver"), (b"origin", b"http://testserver")]
    socket = WebsocketCommunicator(websocket_application, "/ws/", headers=headers)
    assert (await socket.connect())[0]
    kinds = []
    await socket.send_json_to(
        {"type": "message.send", "ref": 1, "room": room.pk, "nonce": "nonce-0001", "body": "<b>Hello</b>"}
    )
    while "room.changes" not in kinds:
        kinds.append((await socket.receive_json_from(10))["type"])
    await socket.disconnect()
    return kinds


kinds = asyncio.run(say())
bridge.close()
pages = {path: browser.get(path) for path in ("/rooms/", f"/rooms/{room.pk}/", f"/rooms/{room.pk}/plain/", "/people/")}
print(json.dumps({
    "kinds": kinds,
    "status": {path: page.status_code for path, page in pages.items()},
    "page": pages[f"/rooms/{room.pk}/"].content.decode(),
    "plain": pages[f"/rooms/{room.pk}/plain/"].content.decode(),
    "stranger": Client().get("/rooms/").headers["Location"],
    "of this site": [name for name in sys.modules if name.partition(".")[0] in ("chatsite", "allauth", "csp")],
}))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What the story of the bare project tells at its end."""
    folder = tmp_path_factory.mktemp("bare")
    shutil.copytree(ROOT / "chat", folder / "chat", ignore=shutil.ignore_patterns("__pycache__"))
    for name, text in (("settings.py", SETTINGS), ("urls.py", URLS), ("story.py", STORY)):
        (folder / name).write_text(text, encoding="utf-8")
    env = {"PATH": os.environ["PATH"], "PYTHONUTF8": "1"}
    done = subprocess.run([sys.executable, "story.py"], cwd=folder, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_a_message_is_answered_and_told(told) -> None:
    assert told["kinds"][0] == "hello"
    assert told["kinds"].index("ok") < told["kinds"].index("room.changes")


def test_its_pages_are_served(told) -> None:
    assert set(told["status"].values()) == {200}, told["status"]


def test_the_rooms_page_brings_the_message_as_data_and_the_plain_one_as_text(told) -> None:
    assert "\\u003Cb\\u003EHello\\u003C/b\\u003E" in told["page"]
    assert "&lt;b&gt;Hello&lt;/b&gt;" in told["plain"]


def test_a_stranger_is_sent_to_that_projects_login(told) -> None:
    assert told["stranger"] == "/login/?next=/rooms/"


def test_nothing_of_this_site_is_needed(told) -> None:
    assert told["of this site"] == []
