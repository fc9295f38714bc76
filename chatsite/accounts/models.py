"""Accounts, and who may make one: the site's sign-up policy, join links and sign-in links."""

import secrets
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

TOKEN_BYTES = 18


def new_token() -> str:
    """Return an unguessable token of 24 characters that survives being pasted into an address."""
    return secrets.token_urlsafe(TOKEN_BYTES)


class UserManager(BaseUserManager["User"]):
    """Makes accounts; e-mail addresses are kept in lower case, so that one person has one account."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create an account; without a password only a link opens it. ValueError without an e-mail."""
        if not email:
            raise ValueError("An account needs an e-mail address.")
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create an account that owns the site."""
        return self.create_user(email, password, **{**fields, "is_staff": True, "is_superuser": True})

    def get_by_natural_key(self, email: str | None) -> "User":
        """Return the account of `email`, however it is capitalised. Raises User.DoesNotExist."""
        return self.get(email=(email or "").lower())

    def owners(self) -> "models.QuerySet[User]":
        """Return the active owners of the site."""
        return self.filter(is_superuser=True, is_active=True)


class User(AbstractBaseUser, PermissionsMixin):
    """An account: how someone signs in. Its `chat.Person` speaks in rooms. A superuser owns the site."""

    email = models.EmailField(_("e-mail address"), unique=True)
    is_staff = models.BooleanField(_("may use the admin"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")

    def __str__(self) -> str:
        return self.email


class Site(models.Model):
    """The one row of what owners decide for the whole site."""

    class SignUp(models.TextChoices):
        """Who may make an account."""

        LINK = "link", _("People with a join link")
        OPEN = "open", _("Anyone who can open this site")
        CLOSED = "closed", _("Nobody")

    THE_ONE = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=THE_ONE, editable=False)
    name = models.CharField(_("name"), max_length=60, default="Chat")
    sign_up = models.CharField(_("sign-up"), max_length=6, choices=SignUp, default=SignUp.LINK)
    # Kept as it is, because each start prints it again until an owner exists; empty from then on.
    setup_token = models.CharField(max_length=32, default=new_token, blank=True, editable=False)

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("site")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_site")]

    def __str__(self) -> str:
        return self.name


class JoinLinkQuerySet(models.QuerySet["JoinLink"]):
    """Join links, by what they are still good for."""

    def usable(self, now: datetime) -> Self:
        """Links that admit someone at `now`."""
        unexpired = Q(expires_at=None) | Q(expires_at__gt=now)
        unspent = Q(uses_left=None) | Q(uses_left__gt=0)
        return self.filter(unexpired, unspent, revoked_at=None)


class JoinLink(models.Model):
    """A link that lets people make an account. The token is kept as it is: owners see and copy it again."""

    token = models.CharField(max_length=32, unique=True, default=new_token)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("made by"))
    created_at = models.DateTimeField(_("made"), default=timezone.now)
    expires_at = models.DateTimeField(_("valid until"), null=True, blank=True)
    uses_left = models.PositiveIntegerField(_("uses left"), null=True, blank=True)
    uses = models.PositiveIntegerField(_("used"), default=0)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    objects = JoinLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("join link")
        verbose_name_plural = _("join links")
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    def ended(self, now: datetime) -> str:
        """Return in a word why the link admits nobody at `now`; empty while it does."""
        if self.revoked_at is not None:
            return gettext("revoked")
        if self.uses_left == 0:
            return gettext("used up")
        return gettext("expired") if self.expires_at is not None and self.expires_at <= now else ""


class SignInLink(models.Model):
    """A link that signs one person in, once, for who forgot a password. Only its hash is kept."""

    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("account"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("made by"))
    created_at = models.DateTimeField(_("made"), default=timezone.now)
    expires_at = models.DateTimeField(_("valid until"))
    used_at = models.DateTimeField(_("used"), null=True, blank=True)

    class Meta:
        verbose_name = _("sign-in link")
        verbose_name_plural = _("sign-in links")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
