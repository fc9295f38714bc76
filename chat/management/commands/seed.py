"""Fill a site with people and talk: for load tests, or as a demonstration."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from chat.models import Person
from chat.services import demo, seed


class Command(BaseCommand):
    """Makes what is missing; a second run with the same numbers changes nothing."""

    help = "Fill the site for load tests (--users, --rooms, --messages) or with a demonstration (--demo)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the numbers and the file of cookies."""
        parser.add_argument("--users", type=_number, default=0, metavar="N", help="people user0001 to N, in every room")
        parser.add_argument("--rooms", type=_number, default=0, metavar="N", help="open rooms room001 to N")
        parser.add_argument("--messages", type=_number, default=0, metavar="N", help="messages, over all of the rooms")
        parser.add_argument("--cookies", type=Path, metavar="FILE", help="write a line sessionid=… for each user")
        parser.add_argument(
            "--yes-write-sessions", action="store_true", help="allow --cookies where DEBUG is off: they open accounts"
        )
        parser.add_argument("--demo", action="store_true", help="twelve people, six rooms, two weeks of talk")

    def handle(self, *args: Any, **options: Any) -> None:
        """Fill, and print how to sign in."""
        if not options["demo"] and not options["users"]:
            raise CommandError("Say how much: --users N --rooms N --messages N, or --demo.")
        if options["cookies"] and not (settings.DEBUG or options["yes_write_sessions"]):
            raise CommandError(
                "--cookies writes sessions that open accounts: with DEBUG off, add --yes-write-sessions."
            )
        if options["demo"]:
            self._show_people(demo.fill())
        if options["users"]:
            self._fill(options)
        if not get_user_model()._default_manager.filter(is_superuser=True).exists():
            self.stdout.write("The site has no owner yet: its sign-in page opens once it is set up.")

    def _fill(self, options: dict[str, Any]) -> None:
        try:
            people = seed.fill(users=options["users"], rooms=options["rooms"], messages=options["messages"])
        except seed.NotSeeded as error:
            raise CommandError(str(error)) from None
        if options["cookies"]:
            _write(options["cookies"], people)
        self.stdout.write(f"{len(people)} users, {options['rooms']} rooms, {options['messages']} messages")
        self.stdout.write(f"Sign in as user0001@example.com with the password {seed.password()}")

    def _show_people(self, people: list[Person]) -> None:
        for person in people:
            self.stdout.write(f"{person.user.get_username() if person.user else '':<28} {person.name}")
        self.stdout.write(f"Sign in as any of them with the password {seed.password()}")


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ValueError
    return int(text)


def _write(file: Path, people: list[Person]) -> None:
    """Write a cookie per person, to a file that only its owner may read, whatever it was before."""
    try:
        file.unlink(missing_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror}") from None
    with os.fdopen(descriptor, "w", encoding="ascii") as lines:
        lines.writelines(f"{cookie}\n" for cookie in seed.cookies(people))
