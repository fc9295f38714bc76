"""What the tests need beside Python: browser, fonts, database, proxies. Debian has all of it; elsewhere tests skip."""

import os
import shutil
from pathlib import Path
from typing import NamedTuple

from steps import ROOT, attempt, fail, say


class Need(NamedTuple):
    """A Debian package, how to see that what it brings is here, and what is skipped without it."""

    package: str
    programs: tuple[str, ...]
    files: tuple[str, ...]
    without: str


NEEDS = (
    Need("chromium", ("chromium", "chromium-browser"), (), "the tests in a browser"),
    Need("fonts-noto-cjk", (), ("fonts/opentype/noto/NotoSansCJK*", "fonts/**/NotoSansCJK*"), "Chinese screenshots"),
    Need("fonts-noto-color-emoji", (), ("fonts/**/NotoColorEmoji*",), "screenshots with emoji"),
    Need("redis-server", ("redis-server",), (), "the tests with several processes"),
    Need("postgresql", ("initdb",), ("../lib/postgresql/*/bin/initdb",), "the tests on PostgreSQL"),
    Need("caddy", ("caddy",), (), "the test of deploy/Caddyfile"),
    Need("nginx", ("nginx",), (), "the test of the nginx site"),
    Need("gettext", ("msgfmt",), (), "the test of the translations' sources"),
    Need("nodejs", ("node",), (), "the JavaScript tests"),
)
SHARE = Path("/usr/share")
# Servers lie where only the administrator's PATH leads.
SEARCH = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin", "/sbin"))
CI = os.environ.get("CI", "").lower() == "true"


def present(need):
    """Return whether what `need` names is on this machine."""
    if any(shutil.which(program, path=SEARCH) for program in need.programs):
        return True
    return any(next(SHARE.glob(pattern), None) for pattern in need.files)


def missing():
    """Return the needs that are not met."""
    return [need for need in NEEDS if not present(need)]


def administrator():
    """Return the words before a command that make it run as root, or None when this person may not."""
    if os.geteuid() == 0:
        return []
    if CI and attempt("sudo", "-n", "true", quiet=True).returncode == 0 if shutil.which("sudo") else False:
        return ["sudo", "-n"]
    return None


def prepare():
    """Install what is missing where we may; say what will be skipped where we may not. With CI that is the end."""
    lacking = missing()
    if not lacking:
        return
    packages = [need.package for need in lacking]
    debian, root = shutil.which("apt-get"), administrator()
    if debian and root is not None:
        say(f"Installing Debian's {', '.join(packages)}; nothing of it is started.")
        attempt(*root, "sh", ROOT / "tools" / "install_debian.sh", *packages)
        lacking = missing()
    for need in lacking:
        say(f"{need.package} is missing: {need.without} will be skipped.")
    if lacking and CI:
        fail("With CI=true everything the tests need has to be here.")
    if lacking and debian:
        say(f"To run them all: sudo apt-get install {' '.join(need.package for need in lacking)}")
