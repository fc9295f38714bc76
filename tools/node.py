"""The JavaScript checkers of package.json, for `make check`; running and testing the site needs none of them."""

import hashlib
import shutil

from steps import ROOT, run, say

FOLDER = ROOT / "node_modules"


def prepare():
    """Install what package-lock.json names into node_modules; return False where there is no npm."""
    if not shutil.which("npm"):
        return False
    wanted = hashlib.sha256((ROOT / "package-lock.json").read_bytes()).hexdigest()
    stamp = FOLDER / ".installed"
    if not (stamp.exists() and stamp.read_text() == wanted):
        say("Installing the JavaScript checkers into node_modules.")
        # Not `npm ci`: it refuses a lock file that lacks what only other platforms need.
        run("npm", "install", "--silent", "--no-save", otherwise="npm could not install what package-lock.json names.")
        stamp.write_text(wanted)
    return True
