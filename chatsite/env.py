"""The environment as typed values: a reader names the variable and says what it expected when it is wrong."""

import contextlib
import os
import secrets
import socket
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

TRUE: Final = frozenset({"1", "true", "yes", "on"})
FALSE: Final = frozenset({"0", "false", "no", "off"})
EVERY_ADDRESS: Final = frozenset({"0.0.0.0", "::", "[::]"})

SQLITE_OPTIONS: Final[dict[str, Any]] = {
    # DEFERRED fails at once with "database is locked" when a reading transaction turns into a writing one.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    # FULL: an acknowledged message survives a power cut, not only a killed process.
    "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;",
}
POSTGRESQL_OPTIONS: Final[dict[str, Any]] = {"pool": {"min_size": 2, "max_size": 10, "timeout": 5}}


def wrong(name: str, expected: str, value: str | None = None) -> ImproperlyConfigured:
    """Return the error for a variable `name`. Leave `value` out where it may hold a password."""
    shown = name if value is None else f"{name}={value!r}"
    return ImproperlyConfigured(f"The environment variable {shown} is wrong: expected {expected}.")


def text(name: str, default: str = "") -> str:
    """Return the variable `name` without surrounding blanks; an empty one counts as not set."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, default: bool) -> bool:
    """Return the variable `name` as a bool. Raises ImproperlyConfigured unless it reads like one."""
    value = text(name)
    if not value:
        return default
    if value.lower() not in TRUE | FALSE:
        raise wrong(name, "on or off", value)
    return value.lower() in TRUE


def integer(name: str, default: int, *, least: int = 0, most: int = 2**31) -> int:
    """Return the variable `name` as an int from `least` to `most`. Raises ImproperlyConfigured otherwise."""
    value = text(name)
    if not value:
        return default
    if not (value.isascii() and value.isdigit() and least <= int(value) <= most):
        raise wrong(name, f"a whole number from {least} to {most}", value)
    return int(value)


def decimal(name: str, default: float) -> float:
    """Return the variable `name` as a float of at least 0. Raises ImproperlyConfigured otherwise."""
    value = text(name)
    if not value:
        return default
    with contextlib.suppress(ValueError):
        # The comparison also refuses "nan".
        if 0 <= float(value) < float("inf"):
            return float(value)
    raise wrong(name, "a number of at least 0", value)


def words(name: str) -> list[str]:
    """Return the comma-separated variable `name` as a list without empty parts."""
    return [word.strip() for word in text(name).split(",") if word.strip()]


def like(name: str, default: bool | int | float | str) -> bool | int | float | str:
    """Return the variable `name` in the type of `default`. Raises ImproperlyConfigured if it has another."""
    match default:
        case bool():
            return flag(name, default)
        case int():
            return integer(name, default)
        case float():
            return decimal(name, default)
        case _:
            return text(name, default)


def origin(name: str) -> str:
    """Return the variable `name` as `scheme://host[:port]`, or "". Raises ImproperlyConfigured otherwise."""
    value = text(name).rstrip("/")
    if not value:
        return ""
    error = wrong(name, "an address such as https://chat.example.org, without a path", value)
    try:
        parts = urlsplit(value.lower())
        port = parts.port
    except ValueError:
        raise error from None
    exact = f"{parts.scheme}://{parts.netloc}" == value.lower() and "@" not in parts.netloc
    if parts.scheme not in {"http", "https"} or not parts.hostname or not exact:
        raise error
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    # A browser leaves the usual port out of an Origin, so we do, too.
    usual = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" if port in {None, usual} else f"{parts.scheme}://{host}:{port}"


def database(data_dir: Path) -> dict[str, Any]:
    """Return Django's settings of the database: DATABASE_URL, or SQLite in `data_dir`."""
    url = text("DATABASE_URL", f"sqlite:///{data_dir / 'chatsite.sqlite3'}")
    expected = "postgres://user:password@host:5432/name or sqlite:////path/to/file"
    if not url.startswith(("postgres://", "postgresql://", "sqlite://")):
        raise wrong("DATABASE_URL", expected)
    try:
        found: dict[str, Any] = dict(environ.Env.db_url_config(url))
    except (ValueError, KeyError):
        raise wrong("DATABASE_URL", expected) from None
    engine = found.get("ENGINE", "")
    if engine.endswith(".sqlite3") and found["NAME"] not in {"", ":memory:"}:
        return found | {"OPTIONS": SQLITE_OPTIONS, "CONN_MAX_AGE": 0}
    if engine.endswith(".postgresql") and found["NAME"]:
        # The pool keeps the connections; Django refuses it together with persistent ones.
        options = {**found.get("OPTIONS", {}), **POSTGRESQL_OPTIONS}
        return found | {"OPTIONS": options, "CONN_MAX_AGE": 0}
    raise wrong("DATABASE_URL", expected)


def redis_url(name: str) -> str:
    """Return the variable `name`, a Redis address, or "". Raises ImproperlyConfigured for anything else."""
    value = text(name)
    if value and not value.startswith(("redis://", "rediss://", "unix://")):
        raise wrong(name, "redis://host:6379/0, rediss://… or unix:///path")
    return value


def mail(name: str) -> dict[str, Any]:
    """Return Django's mail settings from the variable `name`; without it, mail goes nowhere."""
    url = text(name, "dummymail://")
    expected = "smtp+tls://user:password@host:587 (or smtp+ssl://, smtp://, filemail:///folder, consolemail://)"
    try:
        found: dict[str, Any] = dict(environ.Env.email_url_config(url))
    except (ValueError, ImproperlyConfigured):
        raise wrong(name, expected) from None
    if url.startswith("smtp") and not found["EMAIL_HOST"]:
        raise wrong(name, expected)
    return found


def folder(name: str, default: Path) -> Path:
    """Return the variable `name` as an absolute path."""
    return Path(text(name, str(default))).expanduser().resolve()


def data_dir(name: str, default: Path) -> Path:
    """Return the folder `name`, made for its owner only. Raises ImproperlyConfigured if it cannot be."""
    path = folder(name, default)
    try:
        # It holds what people say in private.
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        raise wrong(name, "a folder that the site may make and write to", str(path)) from None
    return path


def secret_key(data_dir: Path) -> str:
    """Return SECRET_KEY, or the one in `data_dir`, made at the first start, readable by its owner only."""
    if given := text("SECRET_KEY"):
        return given
    path = data_dir / "secret-key"
    try:
        if not path.exists():
            _keep_new_secret(path)
        return path.read_text(encoding="ascii").strip()
    except OSError:
        raise wrong("DATA_DIR", "a folder that the site may write to", str(data_dir)) from None


def _keep_new_secret(path: Path) -> None:
    """Put a new secret at `path` in one step: two processes that start together use the same."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(50) + "\n")
            file.flush()
            os.fsync(file.fileno())
        # A link fails where a rename would replace the secret another process already uses.
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)
    finally:
        fresh.unlink()


def reachable_hosts(host: str) -> list[str]:
    """Return the names a browser may use for a server bound to `host`, most usual first."""
    if host not in EVERY_ADDRESS:
        return [_bracketed(host)]
    name = socket.gethostname()
    found = ["127.0.0.1", "localhost", name]
    with contextlib.suppress(OSError):
        found += [str(entry[4][0]) for entry in socket.getaddrinfo(name, None)]
    # No packet is sent: connecting a datagram socket only asks which own address would be used.
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
        found.append(str(probe.getsockname()[0]))
    return list(dict.fromkeys(map(_bracketed, found)))


def _bracketed(host: str) -> str:
    """Return `host` as an address holds it: IPv6 in brackets."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def addresses(host: str, port: int, public_url: str) -> list[str]:
    """Return the addresses a person can type, without a trailing slash; only the public one if set."""
    if public_url:
        return [public_url]
    hosts = reachable_hosts(host)
    if host == "127.0.0.1":
        hosts.append("localhost")
    return [f"http://{each}:{port}" if port != 80 else f"http://{each}" for each in hosts]
