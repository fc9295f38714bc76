"""Real servers for tests: `daphne chatsite.asgi:application` as a process, and a second process beside it.

A `Site` is a database with people in it; a `Server` is one daphne process that serves it. Both are ended by their
process id, whatever happened, and a test that fails can show the server's log.
"""

import asyncio
import contextlib
import json
import os
import secrets
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlencode

from tests.services import free_port

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 30.0
STOP_SECONDS = 15.0
POLL_SECONDS = 0.02

SHORT_CLOCKS = {
    "CHAT_HEARTBEAT_INTERVAL_SECONDS": "0.4",
    "CHAT_HEARTBEAT_TIMEOUT_SECONDS": "1.2",
    "CHAT_LEASE_SECONDS": "3",
}


class Site:
    """A database, the environment of its processes, and the process backstage that fills and changes it.

    Without `database_url` it is SQLite in the site's folder; without `redis_url` one server may run.
    """

    _migrated = None

    def __init__(self, *, database_url=None, redis_url=None, **environment):
        """`environment` holds further variables, such as `PUBLIC_URL`."""
        self.folder = Path(tempfile.mkdtemp(prefix="chatsite-live-"))
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        urls = {"DATABASE_URL": database_url, "REDIS_URL": redis_url}
        self.environment = {
            **kept,
            "PYTHONUNBUFFERED": "1",
            "DATA_DIR": str(self.folder),
            "STATIC_ROOT": str(self.folder / "nothing-collected"),
            **{name: url for name, url in urls.items() if url},
            **environment,
        }
        self._servers = []
        self._backstage = None

    async def open(self):
        """Make the tables, once for all sites on SQLite: the file is copied."""
        file = self.folder / "chatsite.sqlite3"
        if "DATABASE_URL" in self.environment:
            await self.backstage("migrate")
        elif Site._migrated is None:
            await self.backstage("migrate")
            self._end_backstage()
            Site._migrated = file.read_bytes()
        else:
            file.write_bytes(Site._migrated)
        return self

    async def serve(self, **environment):
        """Start one more server of this site and return it; `environment` is only for this one."""
        server = Server(self, self.environment | environment)
        self._servers.append(server)
        await server.start()
        return server

    async def backstage(self, function, **arguments):
        """Call a function of `tests/backstage.py` in the process beside the servers and return its value."""
        if self._backstage is None:
            self._backstage = subprocess.Popen(
                [sys.executable, "-m", "tests.backstage"],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        return await asyncio.to_thread(self._call, function, arguments)

    def _call(self, function, arguments):
        self._backstage.stdin.write(json.dumps([function, arguments]) + "\n")
        self._backstage.stdin.flush()
        answer = json.loads(self._backstage.stdout.readline())
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["value"]

    def rows(self, statement, *values):
        """Read the SQLite file itself, past the application; for what must be stored."""
        with contextlib.closing(sqlite3.connect(self.folder / "chatsite.sqlite3", timeout=20)) as database:
            return database.execute(statement, values).fetchall()

    def close(self):
        """End every process and leave nothing behind."""
        for server in self._servers:
            server.stop()
        self._end_backstage()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _end_backstage(self):
        if self._backstage is not None:
            self._backstage.stdin.close()
            self._backstage.wait(STOP_SECONDS)
            self._backstage.stdout.close()
            self._backstage = None


class Server:
    """One daphne process."""

    def __init__(self, site, environment):
        """Nothing runs before `start`; the port stays the same over restarts."""
        self.site = site
        self.port = free_port()
        self.host = f"127.0.0.1:{self.port}"
        self.origin = f"http://{self.host}"
        self.socket_url = f"ws://{self.host}/ws/"
        self.process = None
        self._environment = environment
        self._log = site.folder / f"daphne-{self.port}.log"

    async def start(self):
        """Start daphne and wait until `/readyz` answers 200. Raises RuntimeError with the log when it does not."""
        daphne = [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(self.port), "chatsite.asgi:application"]
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(daphne, cwd=ROOT, env=self._environment, stdout=log, stderr=log)
        loop = asyncio.get_running_loop()
        deadline = loop.time() + START_SECONDS
        while not await asyncio.to_thread(self._is_ready):
            if self.process.poll() is not None or loop.time() > deadline:
                raise RuntimeError(f"daphne did not become ready:\n{self.log}")
            await asyncio.sleep(POLL_SECONDS)

    def stop(self):
        """End the process as an operator does and return its exit code; None when it does not run."""
        return self._end(signal.SIGTERM)

    def kill(self):
        """End the process as a power cut does."""
        return self._end(signal.SIGKILL)

    @property
    def log(self):
        """All that the process has written."""
        return self._log.read_text(errors="replace")

    async def logs(self, text, count=1, within_seconds=10.0):
        """Wait until `text` stands in the log at least `count` times; return its lines."""
        deadline = asyncio.get_running_loop().time() + within_seconds
        while True:
            lines = [line for line in self.log.splitlines() if text in line]
            if len(lines) >= count:
                return lines
            assert asyncio.get_running_loop().time() < deadline, f"{text!r} is not in the log:\n{self.log}"
            await asyncio.sleep(POLL_SECONDS)

    def mark(self):
        """Return a place in the log, to read from there on with `since`."""
        return len(self.log)

    def faults(self, since=0):
        """Return the lines after a `mark` that tell of our own faults: errors and tracebacks."""
        lines = self.log[since:].splitlines()
        return [line for line in lines if '"level": "error"' in line or "Traceback" in line or '"critical"' in line]

    async def get(self, path, cookie=""):
        """Return the status and the text of a page; redirects are not followed."""
        return await asyncio.to_thread(self._request, path, cookie, None)

    async def post(self, path, cookie="", **fields):
        """Send a form as the page does, with its CSRF token, and return the status and the text."""
        return await asyncio.to_thread(self._request, path, cookie, fields)

    def _request(self, path, cookie, fields):
        headers = {"Cookie": cookie}
        body = None
        if fields is not None:
            token = secrets.token_hex(16)
            headers = {"Cookie": f"{cookie}; csrftoken={token}", "Origin": self.origin, "X-CSRFToken": token}
            body = urlencode(fields).encode()
        request = urllib.request.Request(self.origin + path, data=body, headers=headers)
        try:
            with _opener.open(request, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.read().decode()

    def _is_ready(self):
        try:
            return self._request("/readyz", "", None)[0] == 200
        except OSError:
            return False

    def _end(self, how):
        if self.process is None:
            return None
        self.process.send_signal(how)
        try:
            code = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait(STOP_SECONDS)
        self.process = None
        return code


class _Stay(urllib.request.HTTPRedirectHandler):
    """Redirects are answers here: the tests look at them."""

    def redirect_request(self, *_arguments):
        return None


_opener = urllib.request.build_opener(_Stay)
