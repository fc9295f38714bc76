"""What operators see of the chat: who, where, when and how much, never what is said.

Nothing is added, edited or deleted here. What an operator may do is an action that calls a service.
"""

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.db.models.functions import Length
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.models import Membership, Message, Person, Room
from chat.services import rooms

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin


class LookOnlyAdmin(ModelAdmin):
    """A list to search and pages to read. Its actions need the permission `operate`, the right to change such rows."""

    list_per_page = 100
    # Counting a million rows twice, for "of 1,000,000" beside a search, is not worth it.
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Rows come by services only."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows change by services only."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is deleted for good."""
        return False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Return whether an address may ask for `lookup`: only the filters may be; Django allows every own field.

        `?body__contains=…` would tell what is said, letter by letter.
        """
        filters = [str(each[0] if isinstance(each, tuple) else each) for each in self.list_filter]
        return any(lookup == name or lookup.startswith(f"{name}__") for name in filters)

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Return whether the account may use this list's actions."""
        return request.user.has_perm(f"{self.opts.app_label}.change_{self.opts.model_name}")


@admin.register(Person)
class PersonAdmin(LookOnlyAdmin):
    """People: members, and the authors of archives."""

    list_display = ("name", "handle", "kind", "user", "created_at")
    list_filter = ("kind", "user__is_active")
    list_select_related = ("user",)
    search_fields = ("name", "handle")
    ordering = ("-pk",)
    fields = ("name", "handle", "kind", "user", "created_at")


@admin.register(Room)
class RoomAdmin(LookOnlyAdmin):
    """Rooms. Archiving one lets nobody write there, restoring undoes it; the members are told."""

    list_display = ("__str__", "kind", "people", "last_seq", "last_message_at", "everyone", "archived_at")
    list_filter = ("kind", "everyone", ("archived_at", admin.EmptyFieldListFilter))
    search_fields = ("name", "topic")
    ordering = ("-pk",)
    fields = (
        "name", "topic", "kind", "everyone", "people", "last_seq",
        "last_message_at", "created_by", "created_at", "archived_at",
    )  # fmt: skip
    readonly_fields = ("people",)
    actions = ("archive", "restore")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Room]:
        """Leave out what is being imported; count the members."""
        found = Room.objects.exclude(kind=Room.Kind.STAGING).select_related("created_by")
        return found.annotate(member_count=Count("memberships"))

    @admin.display(description=_("people"), ordering="member_count")
    def people(self, room: Any) -> int:
        """Return how many are in it."""
        count: int = room.member_count
        return count

    @admin.action(description=_("Archive the selected rooms"), permissions=["operate"])
    def archive(self, request: HttpRequest, queryset: QuerySet[Room]) -> None:
        """Let nobody write in them any more."""
        self._set_archived(request, queryset.filter(archived_at=None), True)

    @admin.action(description=_("Restore the selected rooms"), permissions=["operate"])
    def restore(self, request: HttpRequest, queryset: QuerySet[Room]) -> None:
        """Let their members write again."""
        self._set_archived(request, queryset.exclude(archived_at=None), False)

    def _set_archived(self, request: HttpRequest, queryset: QuerySet[Room], archived: bool) -> None:
        found = list(queryset)
        for room in found:
            rooms.set_archived(room, archived)
            self.log_change(request, room, gettext("Archived.") if archived else gettext("Restored."))
        self.message_user(request, gettext("Rooms changed: %(count)d") % {"count": len(found)}, messages.SUCCESS)


@admin.register(Membership)
class MembershipAdmin(LookOnlyAdmin):
    """Who is in which room."""

    list_display = ("person", "room", "role", "level", "joined_at")
    list_filter = ("role", "level", "room__kind")
    list_select_related = ("person", "room")
    search_fields = ("person__name", "person__handle", "room__name")
    ordering = ("-pk",)
    fields = ("person", "room", "role", "level", "joined_at")


@admin.register(Message)
class MessageAdmin(LookOnlyAdmin):
    """That something was said: where, by whom, when, how long. The text is not even read from the database."""

    list_display = ("__str__", "room", "author", "created_at", "length", "edited_at", "deleted_at")
    list_filter = ("room__kind", ("deleted_at", admin.EmptyFieldListFilter))
    search_fields = ("author__name", "author__handle", "room__name")
    ordering = ("-pk",)
    fields = ("room", "seq", "author", "created_at", "length", "edited_at", "deleted_at")
    readonly_fields = ("length",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        """Have the database measure the text and keep it."""
        found = Message.objects.select_related("room", "author").exclude(room__kind=Room.Kind.STAGING)
        return found.annotate(text_characters=Length("body")).defer("body")

    @admin.display(description=_("length"))
    def length(self, message: Any) -> int:
        """Return the number of characters said."""
        count: int = message.text_characters
        return count
