"""The rows of the chat, the sentences they are read with, and what the database itself guarantees.

Written only by `chat.services`; read by way of `chat.access`. Foreign keys to people and rooms are PROTECT:
nothing said is lost by deleting a row in the admin.
"""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce, Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat import protocol


class PersonQuerySet(models.QuerySet["Person"]):
    """People, and how they are looked up."""

    def active(self) -> Self:
        """People who can be written to: members whose account has not been deactivated."""
        return self.filter(kind=Person.Kind.MEMBER, user__is_active=True)

    def matching(self, query: str) -> Self:
        """People whose name or handle contains `query`, whatever the case; all of them when it is empty."""
        query = query.strip().lstrip("@＠")
        return self.filter(Q(name__icontains=query) | Q(handle__icontains=query)) if query else self

    def count_change(self) -> None:
        """Count a change of what is theirs for each, in the database itself."""
        self.update(rev=F("rev") + 1)


class Person(models.Model):
    """Who speaks. Every id of a human on the wire is a person's id, never an account's."""

    class Kind(models.TextChoices):
        """What stands behind a person. Imported people have no account and are never matched to one."""

        MEMBER = "member", _("member")
        IMPORTED = "imported", _("imported")
        BOT = "bot", _("bot")
        GUEST = "guest", _("guest")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="person",
        verbose_name=_("account"),
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.MEMBER)
    handle = models.CharField(_("handle"), max_length=30, null=True, blank=True)  # noqa: DJ001
    name = models.CharField(_("name"), max_length=protocol.MAX_NAME_CHARACTERS)
    rev = models.PositiveBigIntegerField(_("changes"), default=0, help_text=_("Counts changes to what is theirs."))
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        indexes = [models.Index(fields=["kind", "name"], name="person_by_kind_and_name")]
        constraints = [
            models.UniqueConstraint(Lower("handle"), name="one_person_per_handle"),
            # One person per imported name: two archives of one place mean the same author by the same name.
            models.UniqueConstraint(fields=["name"], condition=Q(kind="imported"), name="one_imported_person_per_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def take_rev(self) -> int:
        """Count a change of what is theirs and return the new `rev`. Call it inside a transaction."""
        mine = Person.objects.filter(pk=self.pk)
        mine.count_change()
        self.rev = mine.values_list("rev", flat=True).get()
        return self.rev


class RoomQuerySet(models.QuerySet["Room"]):
    """Rooms, and who may know of them."""

    def visible_to(self, person: Person) -> Self:
        """The open rooms, and those `person` is a member of. What is being imported is in neither."""
        mine = Membership.objects.filter(room=OuterRef("pk"), person=person)
        return self.exclude(kind=Room.Kind.STAGING).filter(Q(kind=Room.Kind.OPEN) | Exists(mine))

    def by_activity(self) -> Self:
        """The room that was last spoken in first."""
        return self.annotate(active_at=Coalesce("last_message_at", "created_at")).order_by("-active_at", "-pk")

    def locked(self, ids: list[int]) -> list["Room"]:
        """Lock these rooms, in ascending order so that two transactions never wait for each other in a circle.

        SQLite has no row locks; there `transaction_mode` IMMEDIATE makes the whole transaction wait its turn.
        """
        return list(self.select_for_update().filter(pk__in=ids).order_by("pk"))


class Room(models.Model):
    """A place to talk in, with the two counters that its messages and changes are numbered by."""

    class Kind(models.TextChoices):
        """Who may know of a room. `staging` is where an import gathers; nobody sees it."""

        OPEN = "open", _("open")
        PRIVATE = "private", _("private")
        DIRECT = "direct", _("direct")
        STAGING = "staging", _("being imported")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.OPEN)
    name = models.CharField(_("name"), max_length=protocol.MAX_NAME_CHARACTERS, blank=True)
    topic = models.CharField(_("topic"), max_length=protocol.MAX_TOPIC_CHARACTERS, blank=True)
    everyone = models.BooleanField(_("for everyone"), default=False, help_text=_("New people join it by themselves."))
    direct_key = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)
    created_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("creator")
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)
    last_message_at = models.DateTimeField(_("last message"), null=True, blank=True)
    last_seq = models.PositiveBigIntegerField(_("messages"), default=0)
    rev = models.PositiveBigIntegerField(_("changes"), default=0)
    info_rev = models.PositiveBigIntegerField(default=0, help_text=_("The change that last touched name or topic."))

    objects = RoomQuerySet.as_manager()

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="direct", direct_key__isnull=False) | (~Q(kind="direct") & Q(direct_key__isnull=True)),
                name="direct_rooms_and_only_they_have_a_key",
            ),
            models.CheckConstraint(condition=Q(kind="direct") | ~Q(name=""), name="all_but_direct_rooms_have_a_name"),
        ]

    def __str__(self) -> str:
        return self.name or f"#{self.pk}"

    @property
    def archived(self) -> bool:
        """Whether nobody may write here any more."""
        return self.archived_at is not None

    def take_message_numbers(self) -> tuple[int, int]:
        """Take the next `seq` and `rev`. The caller holds the row's lock and saves the row."""
        self.last_seq += 1
        return self.last_seq, self.take_rev()

    def take_rev(self) -> int:
        """Take the next `rev`. The caller holds the row's lock and saves the row."""
        self.rev += 1
        return self.rev


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Who is in rooms. A deactivated person keeps their memberships, which do not count meanwhile."""

    def counting(self) -> Self:
        """Leaves out the deactivated."""
        return self.exclude(person__user__is_active=False)


class Membership(models.Model):
    """That a person is in a room: their role, how far they have read, how loud it is for them."""

    class Role(models.TextChoices):
        """What a member may do beyond talking."""

        OWNER = "owner", _("owner")
        MODERATOR = "moderator", _("moderator")
        MEMBER = "member", _("member")

    class Level(models.TextChoices):
        """What the member wants to be told of."""

        ALL = "all", _("all messages")
        MENTIONS = "mentions", _("mentions")
        NOTHING = "nothing", _("nothing")

    room = models.ForeignKey(Room, models.PROTECT, related_name="memberships", verbose_name=_("room"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=9, choices=Role, default=Role.MEMBER)
    level = models.CharField(_("level"), max_length=8, choices=Level, default=Level.ALL)
    last_read_seq = models.PositiveBigIntegerField(_("read up to"), default=0)
    joined_at = models.DateTimeField(_("joined"), default=timezone.now)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [models.UniqueConstraint(fields=["room", "person"], name="one_membership_per_person_and_room")]

    def __str__(self) -> str:
        return f"{self.person} · {self.room}"


class MessageQuerySet(models.QuerySet["Message"]):
    """Messages as they are read. Deleted ones stay: a tombstone keeps its place."""

    def before(self, seq: int) -> Self:
        """Messages of a room below `seq`, the nearest first."""
        return self.filter(seq__lt=seq).order_by("-seq")

    def after(self, seq: int) -> Self:
        """Messages of a room above `seq`, the nearest first."""
        return self.filter(seq__gt=seq).order_by("seq")

    def changed_after(self, rev: int) -> Self:
        """What a returning browser has missed: new, edited and deleted alike, in the order of change."""
        return self.filter(rev__gt=rev).order_by("rev")


class Message(models.Model):
    """What is said. `seq` is its place in the room for ever, `rev` the change that last touched it."""

    room = models.ForeignKey(Room, models.PROTECT, related_name="messages", db_index=False, verbose_name=_("room"))
    seq = models.PositiveBigIntegerField(_("place"))
    rev = models.PositiveBigIntegerField(_("change"))
    author = models.ForeignKey(
        Person, models.PROTECT, related_name="messages", db_index=False, verbose_name=_("author")
    )
    nonce = models.CharField(max_length=64, null=True, blank=True, editable=False)  # noqa: DJ001 (unique)
    body = models.TextField(_("text"))
    action = models.BooleanField(_("action"), default=False, help_text=_("A line that tells what its author does."))
    archive_id = models.TextField(null=True, blank=True, editable=False)  # noqa: DJ001 (unique)
    created_at = models.DateTimeField(_("time"), default=timezone.now)
    edited_at = models.DateTimeField(_("edited"), null=True, blank=True)
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True)
    reply_to = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replies")

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.UniqueConstraint(fields=["room", "seq"], name="one_message_per_place"),
            models.UniqueConstraint(fields=["room", "rev"], name="one_message_per_change"),
            models.UniqueConstraint(fields=["author", "nonce"], name="one_message_per_nonce"),
            models.UniqueConstraint(fields=["room", "archive_id"], name="one_message_per_archive_id"),
        ]

    def __str__(self) -> str:
        # Room and place, never the text: this shows in the admin and in logs.
        return f"{self.room_id}/{self.seq}"

    @property
    def text_length(self) -> int:
        """The number of code points said; all an operator may know of private words."""
        return len(self.body)


class PresenceLease(models.Model):
    """That a process holds sockets of a person. It expires by itself, so that a dead process leaves nobody online."""

    class State(models.TextChoices):
        """How present."""

        ONLINE = "online", _("online")
        IDLE = "idle", _("idle")

    process = models.CharField(max_length=32)
    person = models.ForeignKey(Person, models.CASCADE, related_name="leases")
    state = models.CharField(max_length=6, choices=State, default=State.ONLINE)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("presence lease")
        verbose_name_plural = _("presence leases")
        constraints = [models.UniqueConstraint(fields=["process", "person"], name="one_lease_per_process_and_person")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.state}"


class Installation(models.Model):
    """One row that stands for this database's history: a restored backup gets a new `epoch`, and clients start over."""

    THE_ONE = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=THE_ONE, editable=False)
    epoch = models.UUIDField(default=uuid.uuid4, editable=False)

    class Meta:
        verbose_name = _("installation")
        verbose_name_plural = _("installations")

    def __str__(self) -> str:
        return str(self.epoch)

    @classmethod
    def current(cls) -> "Installation":
        """Return the one row, made at first use; the fixed key decides between two who make it at once."""
        return cls.objects.get_or_create(pk=cls.THE_ONE)[0]
