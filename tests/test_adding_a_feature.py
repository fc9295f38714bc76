"""Promise: the worked example of docs/adding-a-feature.md works as it is written.

It is done on a copy of the project: each change is made at the place it shows, then the example's own tests run there,
with those of the documentation and the architecture. Neither the consumer, the hub nor socket.js is touched.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
GUIDE = ROOT / "docs/adding-a-feature.md"
NOT_COPIED = {"node_modules", "data", "staticfiles", "screenshots"}
CARRIERS = {"chat/consumers.py", "chat/hub.py", "chat/static/chat/js/socket.js"}
TOUCHED = {
    "chat/protocol.py",
    "chat/commands.py",
    "chat/access.py",
    "chat/services/memberships.py",
    "chat/static/chat/js/views/panel.js",
    "tests/test_room_mute.py",
}


def changes():
    """Return (path, lines) of each change of the guide."""
    blocks = re.findall(r"^```diff\n(?:---|\+\+\+) (\S+)\n(.*?)^```$", GUIDE.read_text(), re.MULTILINE | re.DOTALL)
    return [(path, body.splitlines()) for path, body in blocks]


def pieces(lines):
    """Split the lines of a change at `@@` into (before, after): what is there, and what shall be there."""
    piece = []
    for line in [*lines, "@@"]:
        if line != "@@":
            piece.append(line or " ")
            continue
        before = [one[1:] for one in piece if one[0] in " -"]
        yield before, [one[1:] for one in piece if one[0] in " +"]
        piece = []


def apply(file, lines):
    """Make a change in a file, which is made when it is new. Each place must be there exactly once."""
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    for before, after in pieces(lines):
        old, new = ("".join(f"{line}\n" for line in part) for part in (before, after))
        assert text.count(old) == 1 if old else not text, f"{file.name} has not exactly one place such as:\n{old}"
        text = text.replace(old, new) if old else new
    file.write_text(text, encoding="utf-8")


def left_out(folder, names):
    """Return what of a folder is not copied: what is made, not written."""
    made = NOT_COPIED if Path(folder) == ROOT else set()
    return [name for name in names if name in made or name.startswith(".") or name == "__pycache__"]


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the project with the example done in it."""
    folder = tmp_path_factory.mktemp("example") / "project"
    shutil.copytree(ROOT, folder, ignore=left_out)
    for path, lines in changes():
        apply(folder / path, lines)
    run(folder, "manage.py", "protocol_js")
    return folder


def run(folder, *arguments):
    """Run Python in the copy, with a data folder of its own, and return what it printed. Fails when it fails."""
    env = {"PATH": "/usr/bin:/bin", "DATA_DIR": str(folder / "data")}
    done = subprocess.run([sys.executable, *arguments], cwd=folder, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_it_touches_what_it_says_and_none_of_what_carries_commands() -> None:
    touched = {path for path, _lines in changes()}
    assert touched >= TOUCHED
    assert touched & CARRIERS == set()


def test_its_own_tests_pass_and_those_that_keep_the_shape(copy) -> None:
    files = ("tests/test_room_mute.py", "tests/test_docs.py", "tests/test_architecture.py", "tests/test_protocol.py")
    assert "3 passed" in run(copy, "-m", "pytest", "-q", files[0])
    run(copy, "-m", "pytest", "-q", *files[1:])


@pytest.mark.skipif(not shutil.which("node"), reason="Node is not installed")
def test_its_modules_are_javascript(copy) -> None:
    for path in (path for path, _lines in changes() if path.endswith(".js")):
        done = subprocess.run(["node", "--check", copy / path], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
