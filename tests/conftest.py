"""What every test starts from: cheap passwords, no rate limit left over, static files by their plain names."""

import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings as site_settings
from django.core.cache import cache

from chat import hub
from tests import cast

pytest_plugins = ["tests.report", "tests.live_fixtures", "tests.socket_fixtures", "tests.browser"]

# A site that runs here holds the lock of its own folder; the tests' one goes with this process.
own_folder = tempfile.TemporaryDirectory(prefix="chatsite-tests-")
site_settings.DATA_DIR = Path(own_folder.name)

# Nothing is collected there, so that no test meets an older file of the same name.
site_settings.STATIC_ROOT = site_settings.BASE_DIR / "tests" / "nothing-collected"


@pytest.fixture(autouse=True)
def cheap_passwords(settings):
    """Hash passwords without the work that makes them hard to guess."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def no_limits_left():
    """Forget what earlier tests used up of the rate limits."""
    cache.clear()


@pytest.fixture
def ann(db):
    """Ann owns the site and the rooms of the cast."""
    return cast.make_person("Ann", owner=True)


@pytest.fixture
def bob(db):
    """Bob is a member."""
    return cast.make_person("Bob")


@pytest.fixture
def xiaoming(db):
    """王小明 is a member."""
    return cast.make_person("王小明")


@pytest.fixture
def lilei(db):
    """李雷 has an account and is in no private room."""
    return cast.make_person("李雷")


@pytest.fixture
def eve(db):
    """Eve has an account and looks for what is not hers."""
    return cast.make_person("Eve")


@pytest.fixture
def hall(ann):
    """The open room that everyone is in, whoever is made before or after it."""
    return cast.make_room(ann, "Hall", topic="What is new", everyone=True)


@pytest.fixture
def den(ann, bob, xiaoming):
    """A private room of ann's, with bob and 王小明."""
    return cast.make_room(ann, "Den", bob, xiaoming, kind="private")


@pytest.fixture
def told(monkeypatch, django_capture_on_commit_callbacks):
    """`with told() as frames:` runs what a service leaves for after the commit and gathers what the hub is told."""

    @contextmanager
    def gather():
        frames = []
        monkeypatch.setattr(hub, "_send", lambda _group, frame: frames.append(frame))
        with django_capture_on_commit_callbacks(execute=True):
            yield frames

    return gather
