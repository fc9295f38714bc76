"""From a bare clone to a running site; `make run` calls it."""

import errno
import os
import socket

import environment
from steps import fail, run, say, script

HOST = os.environ.get("HOST", "").strip() or "127.0.0.1"
PORT = os.environ.get("PORT", "").strip() or "8000"


def check_port():
    """End with a sentence when nothing can listen at HOST and PORT; what is no port, the settings refuse."""
    if not PORT.isdigit() or int(PORT) > 65535:
        return
    family = socket.AF_INET6 if ":" in HOST else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST.strip("[]"), int(PORT)))
        except OSError as error:
            fail(sentence(error))


def sentence(error):
    """Return what an error of `bind` means and what to do."""
    if error.errno == errno.EADDRINUSE:
        return f"Port {PORT} at {HOST} is in use. Choose another one: make run PORT={int(PORT) % 65535 + 1}"
    if error.errno == errno.EACCES:
        return f"Port {PORT} is for the system's administrator. Choose one above 1023: make run PORT=8000"
    return f"Nothing can listen at {HOST}, port {PORT}: {error.strerror or error}."


def main():
    """Prepare everything, print where the site is, and become the server."""
    check_port()
    environment.prepare("requirements.txt")
    manage = (environment.PYTHON, "manage.py")
    say("Bringing the database up to date.")
    run(*manage, "migrate", "--verbosity=0", quiet=True, otherwise="The site cannot start like this.")
    say("Collecting the static files.")
    run(*manage, "collectstatic", "--no-input", "--verbosity=0", quiet=True)
    run(*manage, "setup_link")
    say("Ctrl C ends the site.")
    # Without its log of requests: the addresses of links that let people in would stand in it.
    environment.become("daphne", "-v", "0", "-b", HOST, "-p", PORT, "chatsite.asgi:application")


if __name__ == "__main__":
    script(main)
