"""Promise: a test that needs what is not installed is skipped with the reason, and fails where CI=true says all must
run; the summary counts each kind and tells each reason.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import report, services

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def bare_machine(monkeypatch):
    """A machine on which nothing is installed."""
    monkeypatch.setattr(services.shutil, "which", lambda name: None)
    monkeypatch.setattr(services, "_postgresql_binaries", lambda: None)


@pytest.mark.parametrize("service", [services.Redis, services.PostgreSQL])
def test_without_its_binaries_a_service_skips_and_names_itself(bare_machine, monkeypatch, service):
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match=f"{service.__name__} .* is not installed"):
        service()


@pytest.mark.parametrize("service", [services.Redis, services.PostgreSQL])
def test_under_ci_a_missing_service_is_a_failure(bare_machine, monkeypatch, service):
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="must be"):
        service()


def test_a_free_port_can_be_listened_at_by_who_asked():
    ports = {services.free_port() for _again in range(5)}
    assert all(1024 < port < 65536 for port in ports)


@pytest.mark.parametrize(
    ("marks", "kind"),
    [
        ({}, "unit"),
        ({"sockets": 1, "django_db": 1}, "sockets"),
        ({"live": 1}, "live"),
        ({"live": 1, "services": 1}, "services"),
        ({"services": 1, "proxies": 1}, "proxies"),
        ({"live": 1, "browser": 1}, "browser"),
    ],
)
def test_a_tests_kind_is_its_strongest_mark(marks, kind):
    assert report.kind_of(marks) == kind


SAMPLE = """
import pytest
pytestmark = pytest.mark.services
def test_passes(): pass
def test_fails(): assert False
def test_skipped_in_body(): pytest.skip("Redis is not installed")
@pytest.fixture
def broken(): raise RuntimeError
def test_with_a_broken_fixture(broken): pass
@pytest.fixture
def absent(): pytest.skip("Redis is not installed")
def test_skipped_by_its_fixture(absent): pass
@pytest.fixture
def bad_end():
    yield
    raise RuntimeError
def test_with_a_bad_end(bad_end): pass
"""


def test_the_summary_counts_each_test_once_and_gives_each_reason_once(tmp_path):
    (tmp_path / "test_sample.py").write_text(SAMPLE)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    services: x\n")
    plugins = ["-p", "tests.report", "-p", "no:django", "-p", "no:cacheprovider"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment.pop("JAVASCRIPT_TESTS", None)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *plugins, "-c", "pytest.ini", "test_sample.py"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    lines = done.stdout.splitlines()
    assert "services     1 passed     2 skipped     3 failed" in lines, done.stdout
    assert "unit         0 passed     0 skipped     0 failed" in lines
    assert [line for line in lines if "because" in line] == ["services: skipped 2, because Redis is not installed"]
