"""Promise: who asks `/readyz` hears at once what is in order, whatever hangs, and asking costs next to nothing."""

import socket
import time
from contextlib import closing

import pytest
from channels.layers import channel_layers
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder

from chat.views import health
from tests.cast import browser_of

pytestmark = pytest.mark.django_db

LAST_OF_CHAT = ("chat", "0001_initial")
FAR_MORE_THAN_A_PROBE_SECONDS = 5.0


@pytest.fixture(autouse=True)
def fresh_process(monkeypatch):
    """Forget what earlier tests have seen of the database."""
    monkeypatch.setattr(health, "_migrated", set())


def asked():
    """Return the status of `/readyz` and its report."""
    answer = browser_of().get("/readyz")
    return answer.status_code, answer.json()


def test_a_site_in_order_is_ready():
    assert asked() == (200, {"database": "ok", "migrations": "ok", "layer": "ok"})


def test_a_layer_that_takes_calls_and_answers_none_is_degraded_within_a_moment(settings):
    """Its own time limit is 15 seconds; a proxy would have taken the process out of service long before."""
    with closing(socket.create_server(("127.0.0.1", 0))) as hung:
        address = f"redis://127.0.0.1:{hung.getsockname()[1]}/0"
        hosts = [{"address": address, "socket_timeout": 15, "socket_connect_timeout": 3}]
        backend = "channels_redis.pubsub.RedisPubSubChannelLayer"
        settings.CHANNEL_LAYERS = {"default": {"BACKEND": backend, "CONFIG": {"hosts": hosts}}}
        channel_layers.backends.pop("default", None)
        began = time.monotonic()
        try:
            assert asked() == (200, {"database": "ok", "migrations": "ok", "layer": "degraded"})
        finally:
            channel_layers.backends.pop("default", None)
    assert time.monotonic() - began < FAR_MORE_THAN_A_PROBE_SECONDS


def test_migrations_that_wait_are_looked_for_until_there_are_none():
    MigrationRecorder(connection).record_unapplied(*LAST_OF_CHAT)
    assert [asked() for _ in range(2)] == [(503, {"database": "ok", "migrations": "missing", "layer": "ok"})] * 2
    MigrationRecorder(connection).record_applied(*LAST_OF_CHAT)
    assert asked()[1]["migrations"] == "ok"


def test_once_all_migrations_are_applied_a_question_is_one_query(django_assert_num_queries):
    asked()
    with django_assert_num_queries(1):
        assert asked()[0] == 200


def test_a_database_that_goes_away_later_is_still_seen(monkeypatch):
    def gone():
        raise DatabaseError("gone")

    assert asked()[0] == 200
    monkeypatch.setattr(connection, "cursor", gone)
    assert asked() == (503, {"database": "unreachable", "migrations": "unknown", "layer": "ok"})
