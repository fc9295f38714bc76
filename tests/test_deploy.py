"""Promise: the files in `deploy/` work as they are: a message goes through each proxy, and the unit is a good one."""

import configparser
import os
import shutil
import socket
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.live import ROOT
from tests.services import Service, free_port, missing
from tests.socket_client import Browser

DEPLOY = ROOT / "deploy"


class Proxy(Service):
    """A proxy at `origin`. Before it starts, `backend` must be set: the host and port of what is behind it."""

    origin = ""
    backend = ""

    def answers(self):
        """Return when it takes connections; raises until then."""
        socket.create_connection(("127.0.0.1", self.port), 1.0).close()

    def server(self):
        """Return what a `Browser` must know of it."""
        return SimpleNamespace(origin=self.origin, socket_url=self.origin.replace("http", "ws", 1) + "/ws/")


class Caddy(Proxy):
    """Debian's Caddy with our Caddyfile; only its own control socket is switched off."""

    def __init__(self):
        """Skips or fails without the binary."""
        self.binary = shutil.which("caddy") or missing("Caddy (caddy)")
        super().__init__()
        self.origin = f"http://127.0.0.1:{self.port}"

    def command(self):
        """Return the command line."""
        main = self.folder / "main"
        main.write_text(f"{{\n\tadmin off\n}}\nimport {DEPLOY / 'Caddyfile'}\n")
        return [self.binary, "run", "--config", str(main), "--adapter", "caddyfile"]

    def identity(self):
        """Return the environment that the Caddyfile is driven by."""
        folders = dict.fromkeys(("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"), str(self.folder))
        return {"env": {**folders, "SITE_ADDRESS": self.origin, "CHATSITE_BACKEND": self.backend}}


class Nginx(Proxy):
    """Debian's nginx with our site file, its addresses and the certificate replaced, and nothing else."""

    def __init__(self):
        """Makes a certificate. Skips or fails without the binaries."""
        sbin = f"{os.environ.get('PATH', '')}:/usr/sbin"
        self.binary = shutil.which("nginx", path=sbin) or missing("nginx (nginx-light)")
        openssl = shutil.which("openssl") or missing("OpenSSL (openssl)")
        super().__init__()
        self.plain_port = free_port()
        self.origin = f"https://127.0.0.1:{self.port}"
        self.certificate, self.key = self.folder / "certificate.pem", self.folder / "key.pem"
        words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=localhost"
        name = ["-addext", "subjectAltName=IP:127.0.0.1"]
        subprocess.run(
            [openssl, *words.split(), *name, "-keyout", self.key, "-out", self.certificate],
            check=True,
            capture_output=True,
        )

    def command(self):
        """Return the command line."""
        text = (DEPLOY / "nginx-chatsite.conf").read_text()
        for ours, theirs in (
            ("server 127.0.0.1:8000;", f"server {self.backend};"),
            ("listen 80;", f"listen 127.0.0.1:{self.plain_port};"),
            ("listen [::]:80;", ""),
            ("listen 443 ssl http2;", f"listen 127.0.0.1:{self.port} ssl http2;"),
            ("listen [::]:443 ssl http2;", ""),
            ("/etc/letsencrypt/live/chat.example.org/fullchain.pem", str(self.certificate)),
            ("/etc/letsencrypt/live/chat.example.org/privkey.pem", str(self.key)),
        ):
            assert text.count(ours) == 1, ours
            text = text.replace(ours, theirs)
        site, main = self.folder / "site.conf", self.folder / "main.conf"
        site.write_text(text)
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        folders = "".join(f"    {kind}_temp_path {self.folder / kind};\n" for kind in kinds)
        main.write_text(
            ("user root;\n" if os.geteuid() == 0 else "")
            + f"daemon off;\npid {self.folder / 'pid'};\nerror_log stderr;\nevents {{}}\n"
            + f"http {{\n    access_log off;\n{folders}    include {site};\n}}\n"
        )
        return [self.binary, "-e", "stderr", "-p", str(self.folder), "-c", str(main)]


@pytest.fixture(params=[Caddy, Nginx])
def proxy(request, monkeypatch):
    """A proxy that does not run yet; its certificate, where it has one, is trusted."""
    proxy = request.param()
    try:
        if isinstance(proxy, Nginx):
            monkeypatch.setenv("SSL_CERT_FILE", str(proxy.certificate))
        yield proxy
    finally:
        proxy.close()


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments):
        return None


def get(address, cookie="", **headers):
    """Return the status, the headers and the text of a page, without following where it leads."""
    opener = urllib.request.build_opener(_Stay, urllib.request.HTTPSHandler(context=ssl.create_default_context()))
    request = urllib.request.Request(address, headers={"Cookie": cookie} | headers)
    try:
        with opener.open(request, timeout=20) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as answer:
        return answer.code, answer.headers, answer.read().decode()


@pytest.mark.proxies
@pytest.mark.live
async def test_a_message_goes_through_the_proxy_and_back(proxy, own_site):
    site = await own_site(PUBLIC_URL=proxy.origin)
    server = await site.serve()
    proxy.backend = server.host
    proxy.start()
    ann = await site.backstage("person", name="Ann", owner=True)
    bob = await site.backstage("person", name="王小明")
    room = await site.backstage("room", owner=ann["id"], name="Harbour", members=[bob["id"]], kind="private")

    status, headers, page = get(f"{proxy.origin}/rooms/{room}/", ann["cookie"])
    assert status == 200, page
    assert "Harbour" in page
    assert ("Strict-Transport-Security" in headers) == proxy.origin.startswith("https:")
    assert get(f"{proxy.origin}/readyz")[0] == 200

    async with Browser(proxy.server(), ann["cookie"]) as here, Browser(proxy.server(), bob["cookie"]) as there:
        await here.hears("hello")
        await there.hears("hello")
        long = "over the river and 过河 " * 400
        answer = await here.say(room, long)
        assert answer["type"] == "ok"
        assert (await there.said(long))["id"] == answer["message"]["id"]
    assert "origin_refused" not in server.log


@pytest.mark.proxies
@pytest.mark.live
@pytest.mark.parametrize("proxy", [Nginx], indirect=True)
async def test_nginx_sends_plain_visitors_to_https_and_believes_no_forged_address(proxy, own_site):
    with socket.create_server(("127.0.0.1", 0)) as backend:
        backend.settimeout(20)
        proxy.backend = f"127.0.0.1:{backend.getsockname()[1]}"
        proxy.start()
        sent = _sent_on(backend, proxy.origin)
    status, headers, _text = get(f"http://127.0.0.1:{proxy.plain_port}/rooms/?q=a")
    assert (status, headers["Location"]) == (301, "https://127.0.0.1/rooms/?q=a")
    assert "X-Forwarded-For: 127.0.0.1\r\n" in sent
    assert "X-Forwarded-Proto: https\r\n" in sent
    assert f"Host: 127.0.0.1:{proxy.port}\r\n" in sent
    assert "203.0.113.7" not in sent


def _sent_on(backend, origin):
    """Return the head of the request that a proxy makes of a visitor's who lies about where they come from."""
    lies = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "http"}
    with ThreadPoolExecutor(1) as pool:
        visit = pool.submit(get, f"{origin}/", **lies)
        line, _address = backend.accept()
        with line:
            head = line.recv(65536).decode()
            line.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        assert visit.result()[0] == 204
    return head


def test_the_unit_is_one_that_systemd_takes(tmp_path):
    """Checked by systemd itself where it is installed."""
    analyze = shutil.which("systemd-analyze") or pytest.skip("systemd (systemd-analyze) is not installed")
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("python", "daphne"):
        (programs / name).symlink_to(sys.executable)
    text = (DEPLOY / "chatsite.service").read_text()
    assert text.count("/opt/chatsite/.venv/bin/") == 3
    unit = tmp_path / "chatsite.service"
    unit.write_text(text.replace("/opt/chatsite/.venv/bin", str(programs)))
    found = subprocess.run([analyze, "verify", "--man=no", unit], capture_output=True, text=True)
    assert (found.returncode, found.stderr) == (0, "")


def test_the_unit_runs_the_site_shut_in():
    unit = configparser.RawConfigParser(strict=False, delimiters=("=",))
    unit.optionxform = str
    unit.read(DEPLOY / "chatsite.service")
    service = dict(unit["Service"])
    wanted = {"DynamicUser": "yes", "StateDirectory": "chatsite", "ProtectSystem": "strict", "KillSignal": "SIGTERM"}
    assert service.items() >= wanted.items()
    assert service["ExecStart"].endswith("daphne -v 0 -b 127.0.0.1 -p 8000 chatsite.asgi:application")
    # The folder it may write to is the one it is told to use.
    assert "DATA_DIR=%S/chatsite " in service["Environment"]
    assert Path(service["WorkingDirectory"]) == Path("/opt/chatsite")


def test_every_file_names_the_same_port():
    assert "-p 8000 " in (DEPLOY / "chatsite.service").read_text()
    for name in ("Caddyfile", "nginx-chatsite.conf"):
        assert "127.0.0.1:8000" in (DEPLOY / name).read_text(), name
