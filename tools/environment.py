"""The virtual environment in `.venv`: made when it is missing, filled when the pinned packages have changed."""

import hashlib
import os
import shutil
import sys

from steps import ROOT, attempt, run, say

FOLDER = ROOT / ".venv"
BIN = FOLDER / "bin"
PYTHON = BIN / "python"


def prepare(requirements):
    """Have `.venv` hold the packages of `requirements`, the name of a pinned file in the root folder."""
    if attempt(PYTHON, "-c", "import pip", quiet=True).returncode if PYTHON.exists() else True:
        version = ".".join(map(str, sys.version_info[:2]))
        say(f"Making a virtual environment in .venv with Python {version}.")
        shutil.rmtree(FOLDER, ignore_errors=True)
        run(sys.executable, "-m", "venv", FOLDER, quiet=True, otherwise="Making .venv failed.")
    wanted = hashlib.sha256((ROOT / requirements).read_bytes()).hexdigest()
    # Inside the environment, so that who deletes it deletes this, too.
    stamp = FOLDER / f"{requirements}.installed"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say(f"Installing the packages of {requirements}; at first this takes a minute.")
    run(
        PYTHON,
        *("-m", "pip", "install", "-qq", "--disable-pip-version-check", "-r", requirements),
        otherwise="Installing failed. It needs the network, or pip's own settings for where packages come from.",
    )
    stamp.write_text(wanted)


def become(program, *arguments):
    """Replace this process by a program of the environment, so that signals reach it."""
    sys.stdout.flush()
    os.chdir(ROOT)
    os.execv(BIN / program, [program, *arguments])
