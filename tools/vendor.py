#!/usr/bin/env python3
"""Vendor the few npm files that the page uses, so that nobody needs npm to run or to test it.

It fetches every package below with `npm pack` (npm checks the registry's own hash), copies the files named
here and the licence to chat/static/chat/vendor/, and writes a vendor.json beside them. The only edit to a file
is that its `sourceMappingURL` line goes. With `--check` it writes nothing and fails when a file would change.
"""

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any, Final, NamedTuple

TARGET: Final = Path(__file__).resolve().parent.parent / "chat/static/chat/vendor"
SOURCE_MAP: Final = re.compile(rb"^//# sourceMappingURL=.*\n?", re.MULTILINE)


class Package(NamedTuple):
    """An npm package: where it goes, its exact version, and the files we use of it."""

    folder: str
    name: str
    version: str
    files: tuple[str, ...]


GLYPHS: Final = (
    "arrow-down",
    "arrow-left",
    "check",
    "compass",
    "copy",
    "lock",
    "message-square",
    "plus",
    "settings",
    "users",
    "x",
)
PACKAGES: Final = (
    Package(
        "lit-html",
        "lit-html",
        "3.3.3",
        ("lit-html.js", "directive.js", "directive-helpers.js", "directives/repeat.js"),
    ),
    Package("lucide", "lucide-static", "1.62.0", tuple(f"icons/{glyph}.svg" for glyph in GLYPHS)),
)


def packed(package: Package, folder: Path) -> tuple[tarfile.TarFile, dict[str, Any]]:
    """Download `package` into `folder`. Returns its archive and what npm tells about it."""
    wanted = f"{package.name}@{package.version}"
    command = ["npm", "pack", "--json", "--pack-destination", str(folder), wanted]
    told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)[0]
    return tarfile.open(folder / told["filename"]), told


def content(archive: tarfile.TarFile, name: str) -> bytes:
    """Return the file `name` of an npm archive. Raises KeyError when it has none."""
    member = archive.extractfile(f"package/{name}")
    if member is None:
        raise KeyError(name)
    return member.read()


def vendored(package: Package) -> dict[str, bytes]:
    """Return what the folder of `package` must hold: relative path → bytes, vendor.json among them."""
    with tempfile.TemporaryDirectory() as folder:
        archive, told = packed(package, Path(folder))
        with archive:
            originals = {name: content(archive, name) for name in (*package.files, "LICENSE")}
            licence = json.loads(content(archive, "package.json"))["license"]
    files = {name: SOURCE_MAP.sub(b"", original) for name, original in originals.items()}
    record = {
        "name": package.name,
        "version": package.version,
        "licence": licence,
        "integrity": told["integrity"],
        "edits": "sourceMappingURL lines deleted",
        "files": {
            name: {
                "sha256": hashlib.sha256(files[name]).hexdigest(),
                "sha256_original": hashlib.sha256(originals[name]).hexdigest(),
            }
            for name in sorted(files)
        },
    }
    return {**files, "vendor.json": (json.dumps(record, indent=2) + "\n").encode()}


def differences(folder: Path, wanted: dict[str, bytes]) -> list[str]:
    """Return the paths in `folder` that are missing, changed or too many."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    present = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    return sorted(name for name in present.keys() | wanted.keys() if present.get(name) != wanted.get(name))


def write(folder: Path, wanted: dict[str, bytes]) -> None:
    """Make `folder` hold exactly the files `wanted`."""
    for name in differences(folder, wanted):
        (folder / name).unlink(missing_ok=True)
    for name, text in wanted.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)


def main() -> int:
    """Vendor or check every package. Returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail when a file would change")
    check = parser.parse_args().check
    wrong = []
    for package in PACKAGES:
        folder = TARGET / package.folder
        wanted = vendored(package)
        if check:
            wrong += [f"{package.folder}/{name}" for name in differences(folder, wanted)]
        else:
            write(folder, wanted)
        print(f"{package.name} {package.version}: {len(wanted)} files")
    for name in wrong:
        print(f"differs: {name}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
