"""Promise: every vendored file is the one its record names, byte for byte, with its licence beside it."""

import hashlib
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "chat/static/chat/vendor"
PACKAGES = sorted(path.parent for path in VENDOR.glob("*/vendor.json"))


def test_there_are_packages_to_check() -> None:
    assert [package.name for package in PACKAGES] == ["lit-html", "lucide"]


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_each_file_is_recorded_and_unchanged(package: Path) -> None:
    record = json.loads((package / "vendor.json").read_text())
    present = {path.relative_to(package).as_posix(): path for path in package.rglob("*") if path.is_file()}
    hashes = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in present.items()}
    del hashes["vendor.json"]
    assert hashes == {name: file["sha256"] for name, file in record["files"].items()}


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_the_record_says_whose_it_is(package: Path) -> None:
    record = json.loads((package / "vendor.json").read_text())
    assert re.fullmatch(r"\d+\.\d+\.\d+", record["version"])
    assert record["integrity"].startswith("sha512-")
    assert record["licence"] in {"BSD-3-Clause", "ISC", "MIT"}
    assert "LICENSE" in record["files"]


def test_no_file_asks_for_a_source_map() -> None:
    assert not [path for path in VENDOR.rglob("*.js") if b"sourceMappingURL" in path.read_bytes()]


def test_each_icon_of_the_page_is_a_vendored_glyph() -> None:
    glyphs = (ROOT / "chat/static/chat/js/icons.js").read_text()
    shapes = set(re.findall(r"<(?:path|circle|rect|line)\b[^>]*>", glyphs))
    originals = "".join(path.read_text() for path in (VENDOR / "lucide/icons").glob("*.svg"))
    drawn = set(re.findall(r"<(?:path|circle|rect|line)\b[^>]*>", originals))
    assert shapes
    assert shapes == drawn
