"""Promise: the environment is read once, typed and checked; an error names the variable; production settings are safe.

Settings are read when Python imports them, so each of these tests that needs another environment starts a Python.
"""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from chatsite import env

ROOT = Path(__file__).resolve().parent.parent
PRODUCTION = {"PUBLIC_URL": "https://chat.example.org"}


def run(arguments, data_dir, **variables):
    """Run Python in a bare environment with `variables`; return the finished process."""
    bare = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**bare, "DATA_DIR": str(data_dir), **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def settings_of(data_dir, *names, **variables):
    """Return the settings `names` as a Python in that environment has them."""
    code = (
        "import json, sys; from chatsite import settings\n"
        "print(json.dumps({name: getattr(settings, name, None) for name in sys.argv[1:]}, default=str))"
    )
    done = run(["-c", code, *names], data_dir, **variables)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("reader", "value", "expected"),
    [
        (lambda: env.flag("X", False), "perhaps", "on or off"),
        (lambda: env.integer("X", 1), "-3", "a whole number"),
        (lambda: env.integer("X", 1, most=65535), "70000", "65535"),
        (lambda: env.integer("X", 1), "１２", "a whole number"),
        (lambda: env.decimal("X", 1.0), "nan", "a number"),
        (lambda: env.decimal("X", 1.0), "1,5", "a number"),
        (lambda: env.origin("X"), "chat.example.org", "https://chat.example.org"),
        (lambda: env.origin("X"), "https://chat.example.org/path", "without a path"),
        (lambda: env.origin("X"), "https://me@chat.example.org", "without a path"),
        (lambda: env.origin("X"), "https://chat.example.org:port", "without a path"),
        (lambda: env.redis_url("X"), "localhost:6379", "redis://"),
        (lambda: env.mail("X"), "mail.example.org", "smtp+tls://"),
        (lambda: env.mail("X"), "smtp://", "smtp+tls://"),
    ],
)
def test_a_wrong_value_is_answered_with_the_name_and_what_is_expected(monkeypatch, reader, value, expected):
    monkeypatch.setenv("X", value)
    with pytest.raises(ImproperlyConfigured) as error:
        reader()
    assert "X" in str(error.value)
    assert expected in str(error.value)


@pytest.mark.parametrize("url", ["mysql://u:secret@h/n", "postgres://u:secret@h:5432", "sqlite://", "nonsense"])
def test_a_wrong_database_address_is_refused_without_showing_its_password(monkeypatch, tmp_path, url):
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(ImproperlyConfigured) as error:
        env.database(tmp_path)
    assert "DATABASE_URL" in str(error.value)
    assert "secret" not in str(error.value)


def test_a_command_with_a_wrong_variable_stops_with_its_name(tmp_path):
    done = run(["manage.py", "check"], tmp_path, PORT="eighty")
    assert done.returncode != 0
    assert "PORT='eighty'" in done.stderr
    assert "a whole number from 1 to 65535" in done.stderr


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://Chat.Example.org/", "https://chat.example.org"),
        ("https://chat.example.org:443", "https://chat.example.org"),
        ("http://chat.example.org:80", "http://chat.example.org"),
        ("http://192.168.1.5:8000", "http://192.168.1.5:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("", ""),
    ],
)
def test_the_public_address_is_kept_as_browsers_write_an_origin(monkeypatch, given, kept):
    monkeypatch.setenv("PUBLIC_URL", given)
    assert env.origin("PUBLIC_URL") == kept


def test_the_secret_key_is_made_once_for_its_owner_alone(monkeypatch, tmp_path):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    first = env.secret_key(tmp_path)
    assert len(first) >= 50
    assert env.secret_key(tmp_path) == first
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret-key"]


def test_two_first_starts_at_once_use_one_secret(monkeypatch, tmp_path):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: env.secret_key(tmp_path), range(32)))
    assert len(set(found)) == 1


def test_the_environments_secret_comes_first_and_is_not_written_down(monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET_KEY", "from outside")
    assert env.secret_key(tmp_path) == "from outside"
    assert list(tmp_path.iterdir()) == []


def test_the_data_folder_is_closed_to_others(monkeypatch, tmp_path):
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "new" / "data"))
    assert env.data_dir("DATA_DIR", tmp_path).stat().st_mode & 0o777 == 0o700


def test_a_data_folder_that_cannot_be_made_is_named(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "file" / "data"))
    with pytest.raises(ImproperlyConfigured, match="DATA_DIR"):
        env.data_dir("DATA_DIR", tmp_path)


def test_production_settings_pass_every_deployment_check(tmp_path):
    done = run(["-W", "error", "manage.py", "check", "--deploy", "--fail-level", "WARNING"], tmp_path, **PRODUCTION)
    assert done.returncode == 0, done.stderr


def test_a_local_start_prints_no_warning(tmp_path):
    done = run(["manage.py", "check"], tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


def test_https_makes_cookies_secure_and_trusts_only_the_public_address(tmp_path):
    names = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "CSRF_TRUSTED_ORIGINS", "ALLOWED_HOSTS", "CHAT_PUBLIC_URL")
    found = settings_of(tmp_path, *names, **PRODUCTION)
    assert found["SESSION_COOKIE_SECURE"] is found["CSRF_COOKIE_SECURE"] is True
    assert found["CSRF_TRUSTED_ORIGINS"] == ["https://chat.example.org"]
    assert "chat.example.org" in found["ALLOWED_HOSTS"]
    assert found["CHAT_PUBLIC_URL"] == "https://chat.example.org"


def test_without_anything_set_the_site_answers_this_machine_only(tmp_path):
    found = settings_of(tmp_path, "ALLOWED_HOSTS", "DEBUG", "SESSION_COOKIE_SECURE", "DATABASES")
    assert found["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]"]
    assert found["DEBUG"] is False
    assert not found["SESSION_COOKIE_SECURE"]
    assert found["DATABASES"]["default"]["NAME"] == str(tmp_path / "chatsite.sqlite3")


def test_the_chats_settings_take_the_type_of_their_default(tmp_path):
    names = ("CHAT_RATE_LIMITS", "CHAT_OUTBOX_FRAMES", "CHAT_HEARTBEAT_INTERVAL_SECONDS")
    found = settings_of(
        tmp_path, *names, CHAT_RATE_LIMITS="off", CHAT_OUTBOX_FRAMES="512", CHAT_HEARTBEAT_INTERVAL_SECONDS="2.5"
    )
    assert found == {"CHAT_RATE_LIMITS": False, "CHAT_OUTBOX_FRAMES": 512, "CHAT_HEARTBEAT_INTERVAL_SECONDS": 2.5}


def test_sqlite_writes_at_once_waits_for_others_and_survives_a_power_cut(monkeypatch, tmp_path):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    options = env.database(tmp_path)["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert options["timeout"] == 20
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        assert pragma in options["init_command"]


def test_postgresql_and_redis_come_with_a_pool_and_patient_sockets(tmp_path):
    urls = {"DATABASE_URL": "postgres://chat:pass@db:5432/chat", "REDIS_URL": "redis://cache:6379/1"}
    found = settings_of(tmp_path, "DATABASES", "CHANNEL_LAYERS", "CACHES", **urls)
    assert found["DATABASES"]["default"]["OPTIONS"]["pool"] == {"min_size": 2, "max_size": 10, "timeout": 5}
    assert found["DATABASES"]["default"]["CONN_MAX_AGE"] == 0
    layer = found["CHANNEL_LAYERS"]["default"]
    assert layer["BACKEND"] == "channels_redis.pubsub.RedisPubSubChannelLayer"
    assert layer["CONFIG"]["hosts"][0]["socket_timeout"] == 15
    assert found["CACHES"]["default"]["LOCATION"] == "redis://cache:6379/1"


@pytest.mark.parametrize(
    ("host", "public", "expected"),
    [
        ("127.0.0.1", "", ["http://127.0.0.1:8000", "http://localhost:8000"]),
        ("192.168.1.5", "", ["http://192.168.1.5:8000"]),
        ("::1", "", ["http://[::1]:8000"]),
        ("127.0.0.1", "https://chat.example.org", ["https://chat.example.org"]),
    ],
)
def test_the_addresses_are_those_that_a_person_can_type(host, public, expected):
    assert env.addresses(host, 8000, public) == expected


def test_bound_to_every_address_the_machines_own_names_are_offered():
    found = env.addresses("0.0.0.0", 8000, "")
    assert "http://127.0.0.1:8000" in found
    assert not any("0.0.0.0" in address for address in found)
