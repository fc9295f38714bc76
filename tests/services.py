"""Redis and PostgreSQL for tests, from Debian's binaries: own ports, own temporary folders, nothing runs beforehand.

What is missing skips the tests that need it, with the reason; with `CI=true` it fails them.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

START_SECONDS = 30.0
POLL_SECONDS = 0.02


def missing(what):
    """Skip the test because `what` ("Redis (redis-server)") is not installed; under CI fail it."""
    sentence = f"{what} is not installed"
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(f"{sentence}, and CI=true says that it must be", pytrace=False)
    pytest.skip(sentence)


def free_port():
    """Return a TCP port of this machine that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Service:
    """A server process in a folder of its own. `start` returns once `answers` does not raise any more."""

    def __init__(self):
        """Nothing runs before `start`."""
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="chatsite-service-"))
        self.process = None

    def start(self):
        """Start the process and wait until it answers. Raises RuntimeError with its log when it does not."""
        log_file = self.folder / "log"
        with log_file.open("ab") as log:
            self.process = subprocess.Popen(self.command(), stdout=log, stderr=log, cwd=self.folder, **self.identity())
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                return self.answers()
            except Exception as error:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(log_file.read_text(errors="replace")) from error
            time.sleep(POLL_SECONDS)

    def stop(self, how=signal.SIGINT):
        """End the process and wait for its end; SIGKILL as `how` takes its plug out."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(START_SECONDS)
            self.process = None

    def close(self):
        """Stop, and leave nothing behind."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def identity(self):
        """Return as whom the process runs, in the words of `subprocess.Popen`."""
        return {}


class Redis(Service):
    """A Redis that keeps nothing on disk."""

    def __init__(self):
        """Skips or fails without the binary."""
        self.binary = shutil.which("redis-server") or missing("Redis (redis-server)")
        super().__init__()
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def command(self):
        """Return the command line."""
        where = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)]
        return [self.binary, *where, "--save", "", "--appendonly", "no"]

    def answers(self):
        """Return when it takes connections; raises until then."""
        with socket.create_connection(("127.0.0.1", self.port), 1.0) as line:
            line.sendall(b"PING\r\n")
            assert line.recv(16).startswith(b"+PONG")


class PostgreSQL(Service):
    """A PostgreSQL cluster that is fast because a power cut may cost it everything."""

    def __init__(self):
        """Makes the cluster. Skips or fails without the binaries. `initdb` refuses root: another user makes it."""
        self.binaries = _postgresql_binaries() or missing("PostgreSQL (postgresql)")
        super().__init__()
        self.user = _other_user() if os.geteuid() == 0 else None
        if self.user:
            shutil.chown(self.folder, self.user, self.user_group)
        self.folder.chmod(0o755)
        self.data = self.folder / "data"
        options = ["--auth=trust", "--username=chatsite", "--encoding=UTF8", "--locale=C", "--no-sync"]
        subprocess.run(
            [self.binaries / "initdb", "-D", self.data, *options],
            check=True,
            capture_output=True,
            cwd=self.folder,
            **self.identity(),
        )

    @property
    def user_group(self):
        """The group of the user it runs as, by its number."""
        import pwd

        return pwd.getpwnam(self.user).pw_gid

    def identity(self):
        """Return the user that is not root."""
        return {"user": self.user, "group": self.user_group, "extra_groups": []} if self.user else {}

    def command(self):
        """Return the command line: TCP on this machine only."""
        settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
        }
        chosen = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self.binaries / "postgres"), "-D", str(self.data), "-p", str(self.port), *chosen]

    def url(self, database):
        """Return the address of a database."""
        return f"postgres://chatsite@127.0.0.1:{self.port}/{database}"

    def answers(self):
        """Return when it takes connections; raises until then."""
        self.run("SELECT 1")

    def run(self, statement, database="postgres"):
        """Run one statement and return its rows, if it has any."""
        import psycopg

        with psycopg.connect(self.url(database), autocommit=True, connect_timeout=2) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def new_database(self, name, template="template1"):
        """Make a database and return its address; `template` is one that nobody is connected to."""
        self.run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)


def _postgresql_binaries():
    """Return the folder with `initdb` and `postgres`, the newest of Debian's or that of the PATH."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name))
    on_path = shutil.which("initdb")
    folders = [*reversed(debian), *([Path(on_path).parent] if on_path else [])]
    return next((each for each in folders if (each / "initdb").exists() and (each / "postgres").exists()), None)


def _other_user():
    import pwd

    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in names)
