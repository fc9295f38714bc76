"""Bring an archive's history in."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from chat import access
from chat.archive_format import WrongArchive
from chat.management.progress import ProgressLine
from chat.models import Person
from chat.protocol import Refused
from chat.services import archive, staging


class Command(BaseCommand):
    """Checks the whole archive first, and shows nothing of it until all is in."""

    help = "Import history from files of one JSON object per line, plain or gzipped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the files and where they go."""
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="an archive, plain or gzipped")
        parser.add_argument("--into", action="store_true", help="put it behind what a room of that name holds already")
        parser.add_argument("--private", action="store_true", help="make new rooms private; they are open otherwise")
        parser.add_argument("--owner", metavar="EMAIL", help="who owns new rooms; the site's owners otherwise")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, or raise CommandError with what is wrong."""
        progress = ProgressLine(self.stderr, {"check": "Checking", "store": "Storing"})
        try:
            owner = _owner(options["owner"]) if options["owner"] else None
            plan = archive.check(
                options["files"], into=options["into"], private=options["private"], owner=owner, progress=progress
            )
            rooms = archive.run(plan, progress)
        except (WrongArchive, archive.NotImported) as error:
            progress.end()
            raise CommandError(str(error)) from None
        except staging.AlreadyRunning:
            raise CommandError("Another import is running on this database.") from None
        except KeyboardInterrupt:
            progress.end()
            raise CommandError("Interrupted. Nothing of it is visible; the next import clears it away.") from None
        progress.end()
        for room in rooms:
            self.stdout.write(f"{room.name}: {plan.counts[room.name]} messages, room {room.pk}")
        if plan.other_form:
            self.stderr.write(f"{plan.other_form}: from here on, an export writes some lines in another form.")


def _owner(email: str) -> Person:
    accounts = get_user_model()
    try:
        return access.person_of(accounts._default_manager.get_by_natural_key(email))
    except (accounts.DoesNotExist, Refused):
        raise CommandError(f"No active account has the e-mail address {email}.") from None
