"""Promise: the two commands of the README do what they say, and what they stand on agrees with itself.

Requirements, migrations, versions and `make` fit together; a bare machine, a used port, a second process and a missing
package are each told in one plain sentence.
"""

import importlib
import io
import os
import re
import shutil
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.core.management import call_command
from packaging.requirements import Requirement

from chatsite import one_process

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def tool(monkeypatch):
    """Return a function that imports a module of tools/ by its name, as a script there would."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(ROOT / "tools")
    yield importlib.import_module
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(ROOT / "tools")):
            del sys.modules[name]


def pins(name):
    """Return package → version and condition, from a pinned file."""
    lines = (ROOT / name).read_text().splitlines()
    return dict(line.split("==", 1) for line in lines if re.match(r"\w", line))


def wishes(name):
    """Return the requirements of an `.in` file, without those it takes from another file."""
    lines = (line.partition("#")[0].strip() for line in (ROOT / name).read_text().splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith("-r")]


def makefile_targets():
    """Return the targets that the Makefile declares."""
    return re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)[1].split()


class TestRequirements:
    def test_both_pinned_files_agree(self):
        run, develop = pins("requirements.txt"), pins("requirements-dev.txt")
        assert len(run) > 20
        assert {name: develop.get(name) for name in run} == run

    @pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
    def test_each_wish_is_pinned_to_a_version_that_fits_it(self, name):
        pinned = pins(f"{name}.txt")
        unfit = [
            str(wish)
            for wish in wishes(f"{name}.in")
            if wish.name not in pinned or not wish.specifier.contains(pinned[wish.name].split(" ")[0])
        ]
        assert unfit == []

    @pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", ".npmrc", "package-lock.json"])
    def test_no_file_says_where_packages_come_from(self, name):
        text = (ROOT / name).read_text()
        assert not re.search(r"--(extra-)?index-url|--find-links|\"resolved\"|^registry", text, re.MULTILINE)


class TestMake:
    def test_alone_it_lists_each_target_on_one_line(self):
        listed = subprocess.run(["make", "-s"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        names = [line.split()[1] for line in listed.splitlines()]
        assert names == [target for target in makefile_targets() if target != "help"]

    def test_the_two_commands_are_seen_without_scrolling(self):
        top = (ROOT / "README.md").read_text().splitlines()[:15]
        assert [line.split("#")[0].strip() for line in top if line.startswith("    make ")] == ["make run", "make test"]

    def test_the_build_server_runs_the_tests_with_everything_installed(self):
        script = ROOT / ".ci/run"
        assert os.access(script, os.X_OK)
        assert "CI=true" in script.read_text()
        assert "exec make test" in script.read_text()

    def test_the_version_is_in_the_changelog(self):
        version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
        assert f"\n## {version}\n" in (ROOT / "CHANGELOG.md").read_text()


class TestModels:
    def test_no_migration_is_missing(self, db):
        said = io.StringIO()
        call_command("makemigrations", "--check", "--dry-run", stdout=said)
        assert said.getvalue() == "No changes detected\n"


class TestBareMachine:
    """`tools/with_python.sh` with only what the folder `bin` holds on the PATH."""

    @pytest.fixture
    def bin(self, tmp_path):
        """An empty PATH but for the shell."""
        (tmp_path / "sh").symlink_to(shutil.which("sh"))
        return tmp_path

    @staticmethod
    def told(bin):
        """Run the script and return its exit code and what it says."""
        command = ["sh", "tools/with_python.sh", "-c", "print('started')"]
        done = subprocess.run(command, cwd=ROOT, env={"PATH": str(bin)}, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    @staticmethod
    def put_python(bin, name, *, version, has_venv):
        """Put a script on the PATH that answers as a Python of this version does."""
        new_enough = "exit 0" if version >= (3, 11) else "exit 1"
        cases = [
            f"*print*sys.version_info*|*sys.version_info*print*|*print*%*) echo {version[0]}.{version[1]};;",
            f"*sys.exit*) {new_enough};;",
            f"*ensurepip*) exit {0 if has_venv else 1};;",
            "*) echo started;;",
        ]
        script = bin / name
        script.write_text('#!/bin/sh\ncase "$2" in ' + "\n".join(cases) + "\nesac\n")
        script.chmod(0o755)

    def test_without_python_it_names_the_packages(self, bin):
        code, said = self.told(bin)
        assert (code, "apt-get install python3 python3-venv" in said) == (1, True)

    def test_an_old_python_is_named(self, bin):
        self.put_python(bin, "python3", version=(3, 9), has_venv=True)
        code, said = self.told(bin)
        assert (code, "needs Python 3.11 or newer; this machine has 3.9" in said) == (1, True)

    def test_without_venv_and_pip_it_names_their_package(self, bin):
        self.put_python(bin, "python3", version=(3, 11), has_venv=False)
        code, said = self.told(bin)
        assert (code, "apt-get install python3.11-venv" in said) == (1, True)

    def test_a_newer_python_beside_an_old_one_is_taken(self, bin):
        self.put_python(bin, "python3", version=(3, 9), has_venv=True)
        self.put_python(bin, "python3.12", version=(3, 12), has_venv=True)
        assert self.told(bin) == (0, "started\n")


class TestRun:
    def test_a_used_port_is_said_with_a_way_out(self, tool, monkeypatch):
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            monkeypatch.setenv("PORT", str(port))
            with pytest.raises(SystemExit, match=rf"Port {port} at 127.0.0.1 is in use.*make run PORT={port + 1}"):
                tool("run").check_port()

    def test_a_free_port_is_taken_without_a_word(self, tool, monkeypatch):
        monkeypatch.setenv("PORT", "0")
        assert tool("run").check_port() is None

    def test_a_wrong_setting_is_told_by_its_sentence_alone(self, tool, capfd, monkeypatch, tmp_path):
        steps = tool("steps")
        wrong = {"EMAIL_URL": "pigeon://", "DATA_DIR": str(tmp_path)}
        with pytest.raises(SystemExit, match="The site cannot start"):
            steps.run(
                *(sys.executable, "manage.py", "check"),
                quiet=True,
                env=wrong,
                otherwise="The site cannot start like this.",
            )
        said = capfd.readouterr().err.strip()
        assert said.startswith("The environment variable EMAIL_URL is wrong")
        assert "\n" not in said

    def test_packages_are_installed_once_for_each_change_of_the_file(self, tool, monkeypatch, tmp_path):
        environment = tool("environment")
        installed = []
        monkeypatch.setattr(environment, "FOLDER", tmp_path)
        monkeypatch.setattr(environment, "ROOT", tmp_path)
        monkeypatch.setattr(environment, "PYTHON", Path(sys.executable))
        monkeypatch.setattr(environment, "run", lambda *command, **_rest: installed.append(command[-1]))
        file = tmp_path / "requirements.txt"
        for text in ("django==5.2.19", "django==5.2.19", "django==5.2.20"):
            file.write_text(text)
            environment.prepare("requirements.txt")
        assert installed == ["requirements.txt"] * 2


class TestSystemPackages:
    @pytest.fixture
    def system(self, tool, monkeypatch):
        """`tools/system.py` on a machine that lacks Redis, where nothing can be installed."""
        system = tool("system")
        lacking = next(need for need in system.NEEDS if need.package == "redis-server")
        monkeypatch.setattr(system, "missing", lambda: [lacking])
        monkeypatch.setattr(system, "administrator", lambda: None)
        monkeypatch.setattr(system, "CI", False)
        return system

    def test_what_is_missing_is_told_with_what_it_skips(self, system, capsys):
        system.prepare()
        said = capsys.readouterr().out
        assert "redis-server is missing: the tests with several processes will be skipped." in said

    def test_on_the_build_server_it_is_a_failure(self, system, monkeypatch):
        monkeypatch.setattr(system, "CI", True)
        with pytest.raises(SystemExit, match="CI=true"):
            system.prepare()

    def test_a_program_outside_the_path_of_a_person_is_found(self, tool, monkeypatch, tmp_path):
        system = tool("system")
        need = system.Need("x", ("chatsite-test-server",), (), "nothing")
        monkeypatch.setattr(system, "SEARCH", str(tmp_path))
        assert not system.present(need)
        (tmp_path / "chatsite-test-server").touch(mode=0o755)
        assert system.present(need)


class TestOneProcess:
    def hold(self, folder):
        """Hold the folder in another process until its input ends; return it once it holds, or its last words."""
        code = f"import sys, pathlib; from chatsite import one_process as o; o.hold(pathlib.Path({str(folder)!r}))"
        process = subprocess.Popen(
            [sys.executable, "-c", f"{code}; print('held', flush=True); sys.stdin.read()"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout.readline() == "held\n"
        return process

    def test_a_second_process_is_refused_and_told_what_to_set(self, tmp_path):
        with self.hold(tmp_path) as first:
            with pytest.raises(one_process.AlreadyServed, match=rf"Process {first.pid} .*DATABASE_URL.*REDIS_URL"):
                one_process.hold(tmp_path)
            first.stdin.close()

    def test_a_killed_process_leaves_no_lock(self, tmp_path):
        with self.hold(tmp_path) as first:
            first.kill()
        with self.hold(tmp_path) as second:
            assert (tmp_path / one_process.LOCK_NAME).read_text() == f"{second.pid}\n"
            second.stdin.close()

    @pytest.mark.live
    def test_the_server_itself_ends_with_the_sentence(self, tmp_path):
        with self.hold(tmp_path) as first:
            command = [sys.executable, "-m", "daphne", "-p", "0", "chatsite.asgi:application"]
            env = os.environ | {"DATA_DIR": str(tmp_path), "REDIS_URL": ""}
            done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
            first.stdin.close()
        assert done.returncode == 1
        assert done.stderr.startswith(f"Process {first.pid} already serves {tmp_path}")
