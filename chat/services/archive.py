"""Import an archive: check all of it, gather it out of sight, show it at once."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from django.db import connection, reset_queries, transaction

from chat import access, archive_format, conf, text
from chat.archive_format import Checker, Record, Wrong
from chat.models import Membership, Person, Room
from chat.protocol import Refused
from chat.services import memberships, staging

CHUNK: Final = 500
"""Messages per transaction: few, so that nobody who sends meanwhile waits long."""
PAUSE_SECONDS: Final = 0.03
"""Rest between two transactions on SQLite: one writes at a time there, and who waits looks again at intervals."""

Progress = Callable[[str, int, int], None]
"""Is told the step (`check`, `store`), how much is done, and of how much."""


class NotImported(Exception):
    """An import that is refused for what is here, not for what is in the archive. Nothing of it is visible."""


@dataclass(slots=True)
class Plan:
    """A checked archive and where it goes. `targets` has the rooms that exist already, by name."""

    files: Sequence[Path]
    stamps: list[tuple[int, int]]
    into: bool
    kind: str
    owners: list[Person]
    counts: dict[str, int] = field(default_factory=dict)
    targets: dict[str, Room] = field(default_factory=dict)
    other_form: str = ""
    """The first line, as `FILE:LINE`, that an export would write in another form; empty when there is none."""

    @property
    def messages(self) -> int:
        """How many there are in all."""
        return sum(self.counts.values())


def check(files: Sequence[Path], *, into: bool, private: bool, owner: Person | None, progress: Progress) -> Plan:
    """Read all of the files and return what an import would do. Writes nothing.

    New rooms are open, or private, and belong to `owner`, else to the site's owners. Raises `WrongArchive`
    with file and line, or `NotImported` for a room that is here already and holds something (unless `into`).
    """
    kind = Room.Kind.PRIVATE if private else Room.Kind.OPEN
    owners = [owner] if owner else _site_owners()
    plan = Plan(files=files, stamps=archive_format.stamps(files), into=into, kind=kind, owners=owners)
    checker, known = Checker(), _Known(plan)
    done, whole = 0, sum(size for size, _changed in plan.stamps)
    for file, (size, _changed) in zip(files, plan.stamps, strict=True):
        for line in archive_format.lines(file):
            record = line.record()
            try:
                checker.add(record)
                known.add(record)
            except Wrong as error:
                raise line.wrong(error) from None
            if not plan.other_form and archive_format.render(record) != line.text:
                plan.other_form = f"{file}:{line.number}"
            if checker.messages % CHUNK == 0:
                progress("check", done + line.read_bytes, whole)
        done += size
    known.flush()
    progress("check", whole, whole)
    plan.counts = checker.counts
    _check_owners(plan)
    return plan


def run(plan: Plan, progress: Progress) -> list[Room]:
    """Import what was checked and return the rooms. Until the last step nobody sees anything of it.

    Raises `staging.AlreadyRunning`, or `NotImported` when a file has changed since, or somebody has filled the room
    meanwhile.
    """
    with staging.alone():
        staging.clear()
        gathered = _gather(plan, progress)
        return _show(plan, gathered)


class _Known:
    """What is here already and stands in the way of an archive."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._seen: set[str] = set()
        self._ids: dict[str, list[str]] = {}

    def add(self, record: Record) -> None:
        """Look at the room of a record at its first message, and keep its id for `flush`. Raises `Wrong`."""
        if record.room not in self._seen:
            self._seen.add(record.room)
            self._find_room(record.room)
        if record.room in self.plan.targets:
            ids = self._ids.setdefault(record.room, [])
            ids.append(record.id)
            if len(ids) == CHUNK:
                self.flush()

    def flush(self) -> None:
        """Raise `NotImported` when one of the ids kept has been imported into its room before."""
        for name, ids in self._ids.items():
            twice = self.plan.targets[name].messages.filter(archive_id__in=ids).order_by("seq").first()
            if twice is not None:
                raise NotImported(f"The room {name!r} holds the message {twice.archive_id!r} of this archive already.")
        self._ids.clear()

    def _find_room(self, name: str) -> None:
        try:
            line = text.room_name(name)
        except Refused as refusal:
            raise Wrong(f"room: {refusal.detail}") from None
        if line != name:
            raise Wrong("room is no name on one line, without blanks around it")
        found = list(Room.objects.filter(name=name, kind__in=(Room.Kind.OPEN, Room.Kind.PRIVATE))[:2])
        if len(found) > 1:
            raise NotImported(f"Two rooms are called {name!r}; rename one first.")
        if found:
            _refuse_filled(self.plan, found[0])
            self.plan.targets[name] = found[0]


def _refuse_filled(plan: Plan, room: Room) -> None:
    if room.last_seq and not plan.into:
        raise NotImported(f"The room {room.name!r} is not empty; --into puts the archive behind what it holds.")


def _site_owners() -> list[Person]:
    return list(Person.objects.active().filter(user__is_superuser=True).order_by("pk"))


def _check_owners(plan: Plan) -> None:
    new = plan.counts.keys() - plan.targets.keys()
    if plan.kind == Room.Kind.PRIVATE and new and not plan.owners:
        raise NotImported("A private room needs an owner, and this site has none: name one with --owner.")
    most = conf.integer("CHAT_MAX_ROOMS_PER_PERSON")
    for owner in plan.owners:
        if len(access.room_ids(owner)) + len(new) > most:
            raise NotImported(f"{owner.name} would be in more than {most} rooms; name another with --owner.")


def _gather(plan: Plan, progress: Progress) -> staging.Staging:
    gathered = staging.Staging()
    stored = 0
    progress("store", 0, plan.messages)
    for records in _chunks(plan.files):
        gathered.add(records)
        stored += len(records)
        reset_queries()  # DEBUG keeps the last 9,000 statements, with all that is said in them
        progress("store", stored, plan.messages)
        if connection.vendor == "sqlite":
            time.sleep(PAUSE_SECONDS)
    if archive_format.stamps(plan.files) != plan.stamps:
        raise NotImported("A file was changed while it was imported.")
    return gathered


def _chunks(files: Sequence[Path]) -> Iterator[list[Record]]:
    chunk: list[Record] = []
    for file in files:
        for line in archive_format.lines(file):
            chunk.append(line.record())
            if len(chunk) == CHUNK:
                yield chunk
                chunk = []
    if chunk:
        yield chunk


@transaction.atomic
def _show(plan: Plan, gathered: staging.Staging) -> list[Room]:
    ids = [room.pk for room in (*gathered.rooms.values(), *plan.targets.values())]
    rooms = {room.pk: room for room in Room.objects.locked(ids)}
    shown = []
    for name, staged in gathered.rooms.items():
        if name in plan.targets:
            room = rooms[plan.targets[name].pk]
            _refuse_filled(plan, room)
            staging.move_into(room, staged)
        else:
            room = rooms[staged.pk]
            staging.open_as(room, plan.kind)
            memberships.enter(room, plan.owners, role=Membership.Role.OWNER)
        shown.append(room)
    return shown
