"""What operators see of accounts, links and the site. Every change goes through `chatsite.accounts.services`."""

from typing import Any

import allauth.account.admin
import django.contrib.auth.admin  # noqa: F401 (it registers groups, which we then take out)
from allauth.account.models import EmailAddress
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.admin import LookOnlyAdmin
from chat.models import Person
from chatsite.accounts import services
from chatsite.accounts.models import JoinLink, Site, User

# Nobody works with these: owners are superusers, and an address changes by its owner or not at all.
for model in (Group, EmailAddress, allauth.account.admin.EmailConfirmation):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


@admin.register(User)
class UserAdmin(LookOnlyAdmin):
    """Accounts. A deactivated one cannot sign in, and its sockets close at once; what it said stays."""

    list_display = ("email", "speaks_as", "is_active", "is_superuser", "date_joined", "last_login")
    list_filter = ("is_active", "is_superuser")
    list_select_related = ("person",)
    search_fields = ("email", "person__name", "person__handle")
    ordering = ("-pk",)
    fields = ("email", "speaks_as", "is_active", "is_superuser", "is_staff", "date_joined", "last_login")
    readonly_fields = ("speaks_as",)
    actions = ("deactivate", "reactivate")

    @admin.display(description=_("person"), ordering="person__name")
    def speaks_as(self, user: User) -> Person | None:
        """Return the account's person; one that was made on the command line may have none yet."""
        found: Person | None = getattr(user, "person", None)
        return found

    @admin.action(description=_("Deactivate the selected accounts"), permissions=["operate"])
    def deactivate(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Shut them out, but for the site's last owner."""
        for user in queryset.filter(is_active=True):
            try:
                services.deactivate(user)
            except services.LastOwner:
                sentence = gettext("The site's only owner stays active: %(email)s")
                self.message_user(request, sentence % {"email": user.email}, messages.ERROR)
            else:
                self._note(request, user, gettext("Deactivated."))

    @admin.action(description=_("Reactivate the selected accounts"), permissions=["operate"])
    def reactivate(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Let them in again."""
        for user in queryset.filter(is_active=False):
            services.reactivate(user)
            self._note(request, user, gettext("Reactivated."))

    def _note(self, request: HttpRequest, user: User, what: str) -> None:
        self.log_change(request, user, what)
        self.message_user(request, f"{what} {user.email}", messages.SUCCESS)


@admin.register(Site)
class SiteAdmin(LookOnlyAdmin):
    """The site's one row."""

    list_display = ("name", "sign_up")
    fields = ("name", "sign_up")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether the account may change the site; `save_model` does it by the service."""
        return self.has_operate_permission(request)

    def save_model(self, request: HttpRequest, obj: Site, form: Any, change: bool) -> None:
        """Change name and sign-up."""
        services.change_site(name=obj.name, sign_up=obj.sign_up)


@admin.register(JoinLink)
class JoinLinkAdmin(LookOnlyAdmin):
    """Links that let people make an account. The link itself is on the owners' page, not here."""

    list_display = ("__str__", "made_by", "created_at", "expires_at", "uses", "uses_left", "revoked_at")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter),)
    list_select_related = ("made_by",)
    search_fields = ("made_by__email",)
    fields = ("made_by", "created_at", "expires_at", "uses", "uses_left", "revoked_at")
    actions = ("revoke",)

    @admin.action(description=_("Revoke the selected links"), permissions=["operate"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[JoinLink]) -> None:
        """End them; who came in by one stays."""
        for link in queryset.filter(revoked_at=None):
            services.revoke_join_link(link, timezone.now())
            self.log_change(request, link, gettext("Revoked."))
