"""Write history as an archive."""

import gzip
import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError

from chat.archive_format import render
from chat.management.progress import ProgressLine
from chat.services import archive_export


class Command(BaseCommand):
    """Writes one message per line; importing it elsewhere and exporting again gives the same bytes."""

    help = "Export rooms as one JSON object per line. Without --room: all rooms but direct ones."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the rooms and the file."""
        parser.add_argument("--room", action="append", default=[], metavar="NAME|ID", help="a room; may be repeated")
        parser.add_argument("--output", type=Path, metavar="FILE", help="where to; gzipped if it ends in .gz")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the archive, or raise CommandError. A file appears when it is whole."""
        progress = ProgressLine(self.stderr, {"write": "Writing"})
        try:
            rooms = archive_export.rooms_called(options["room"])
            whole = sum(room.last_seq for room in rooms)
            with _target(options["output"]) as stream:
                for done, record in enumerate(archive_export.records(rooms)):
                    if done % 1000 == 0:
                        progress("write", done, whole)
                    stream.write(render(record))
                progress("write", whole, whole)
        except archive_export.NotExported as error:
            raise CommandError(str(error)) from None
        except BrokenPipeError:
            # Whoever read it has seen enough. Python would complain when it closes its output.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except OSError as error:
            raise CommandError(f"{options['output']}: {error.strerror}") from None
        finally:
            progress.end()


@contextmanager
def _target(path: Path | None) -> Iterator[IO[bytes]]:
    """Open where to write: standard output, or a file beside `path`, readable by its owner, that then becomes it."""
    if path is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as plain:
            if path.suffix == ".gz":
                # No name and no time inside: the same history gives the same file.
                with gzip.GzipFile(filename="", mode="wb", fileobj=plain, mtime=0) as packed:
                    yield cast("IO[bytes]", packed)
            else:
                yield plain
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
