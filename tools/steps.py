"""Saying what is done and doing it. Standard library only: the tools run before anything is installed."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def say(sentence):
    """Print one sentence at once, before what it tells of begins."""
    print(sentence, flush=True)


def fail(sentence):
    """End with exit code 1 and one sentence."""
    sys.stdout.flush()
    raise SystemExit(sentence)


def script(main):
    """Run a script's `main()`; Ctrl C ends it without a traceback."""
    try:
        main()
    except KeyboardInterrupt:
        raise SystemExit(130) from None


def run(*command, quiet=False, env=None, otherwise=None):
    """Run a command in the root folder; end with its output, or the sentence `otherwise`, when it fails.

    `quiet` keeps its output for that case; `env` is added to the environment.
    """
    done = attempt(*command, quiet=quiet, env=env)
    if done.returncode:
        if quiet:
            print(told(done.stdout), file=sys.stderr)
        fail(otherwise or f"This failed: {' '.join(map(str, command))}")


def attempt(*command, quiet=False, env=None):
    """Run a command in the root folder and return what subprocess tells of it."""
    return subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env=os.environ | (env or {}),
        stdout=subprocess.PIPE if quiet else None,
        stderr=subprocess.STDOUT if quiet else None,
        text=True,
    )


def told(output):
    """Return what a person needs of a failed command's output: of a wrong setting, its sentence alone."""
    for line in reversed(output.splitlines()):
        _name, mark, sentence = line.partition("ImproperlyConfigured: ")
        if mark:
            return sentence
    return output.rstrip()
