"""Who gets in: every write to accounts, links and the site's settings. `now` is always the caller's."""

import hashlib
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists
from django.utils import timezone

from chat.models import Person
from chat.services import people
from chatsite.accounts.models import JoinLink, SignInLink, Site, User, new_token

INVITATION_LIFETIME: Final = timedelta(days=7)
SIGN_IN_LINK_LIFETIME: Final = timedelta(hours=4)


class NotAdmitted(Exception):
    """The link admits nobody: unknown, expired, used up or revoked, or the site takes no new people."""


class LastOwner(Exception):
    """The change would leave the site without an owner."""


def the_site() -> Site:
    """Return the site's row, made on first use."""
    return Site.objects.get_or_create(pk=Site.THE_ONE)[0]


def has_owner() -> bool:
    """Tell whether anyone owns the site yet."""
    return User.objects.filter(is_superuser=True).exists()


def change_site(*, name: str, sign_up: str) -> None:
    """Name the site and set who may make an account (a `Site.SignUp`)."""
    the_site()
    Site.objects.filter(pk=Site.THE_ONE).update(name=name, sign_up=sign_up)


@transaction.atomic
def make_account(*, email: str, password: str, name: str, token: str | None = None) -> User:
    """Make an account and its person, if the site's policy and the join link `token` allow it.

    Raises NotAdmitted, `chat.protocol.Refused` for a name that cannot be, IntegrityError for a taken e-mail.
    """
    admit(token, timezone.now())
    user = User.objects.create_user(email, password)
    people.create(user, name=name)
    return user


def admit(token: str | None, now: datetime) -> None:
    """Count one use of a join link, or check that no link is needed. Raises NotAdmitted.

    Runs inside the transaction that makes the account: the link's row stays locked until then, so that a link
    for one person admits one.
    """
    site = the_site()
    if site.sign_up == Site.SignUp.CLOSED or not has_owner():
        raise NotAdmitted
    if token is None:
        if site.sign_up != Site.SignUp.OPEN:
            raise NotAdmitted
        return
    link = JoinLink.objects.select_for_update().usable(now).filter(token=token).first()
    if link is None:
        raise NotAdmitted
    link.uses += 1
    if link.uses_left is not None:
        link.uses_left -= 1
    link.save(update_fields=["uses", "uses_left"])


def usable_join_link(token: str, now: datetime) -> JoinLink | None:
    """Return the join link `token` when it would admit someone at `now`."""
    if the_site().sign_up == Site.SignUp.CLOSED or not has_owner():
        return None
    return JoinLink.objects.usable(now).select_related("made_by__person").filter(token=token).first()


def make_join_link(owner: User, *, lifetime: timedelta | None, uses: int | None, now: datetime) -> JoinLink:
    """Make a join link that is good for `lifetime` and `uses` people; None means without limit."""
    expires_at = None if lifetime is None else now + lifetime
    return JoinLink.objects.create(made_by=owner, expires_at=expires_at, uses_left=uses, created_at=now)


def revoke_join_link(link: JoinLink, now: datetime) -> None:
    """End a join link. Who came in by it stays."""
    JoinLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=now)


def invitation(now: datetime) -> JoinLink | None:
    """Return the newest join link that would admit someone at `now`; None while the site takes no new people."""
    closed = Site.objects.filter(sign_up=Site.SignUp.CLOSED)  # within the one query, since each page asks this
    return JoinLink.objects.usable(now).exclude(Exists(closed)).first()


def make_sign_in_link(owner: User, user: User, now: datetime) -> str:
    """Make a link that signs `user` in once within four hours, in place of earlier ones; return its token."""
    token = new_token()
    with transaction.atomic():
        SignInLink.objects.filter(user=user, used_at=None).delete()
        SignInLink.objects.create(
            token_hash=hash_of(token),
            user=user,
            made_by=owner,
            created_at=now,
            expires_at=now + SIGN_IN_LINK_LIFETIME,
        )
    return token


def sign_in_link(token: str, now: datetime) -> SignInLink | None:
    """Return the sign-in link `token` when it is unused and in time, and its account is active."""
    found = SignInLink.objects.filter(token_hash=hash_of(token), used_at=None, expires_at__gt=now)
    return found.filter(user__is_active=True).select_related("user__person").first()


def use_sign_in_link(token: str, now: datetime) -> User:
    """Spend a sign-in link and return whom it signs in. Of two that try at once, one gets NotAdmitted."""
    link = sign_in_link(token, now)
    if link is None or not SignInLink.objects.filter(pk=link.pk, used_at=None).update(used_at=now):
        raise NotAdmitted
    return link.user


def hash_of(token: str) -> str:
    """Return what is kept of a token. It is long and random, so a plain hash cannot be searched."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def set_owner(user: User, owns: bool) -> None:
    """Make someone an owner of the site, or no longer one. Raises LastOwner."""
    if not owns:
        _leave_an_owner(user)
    user.is_superuser = user.is_staff = owns
    user.save(update_fields=["is_superuser", "is_staff"])


@transaction.atomic
def deactivate(user: User) -> None:
    """Shut an account out; what was said stays. Raises LastOwner."""
    _leave_an_owner(user)
    SignInLink.objects.filter(user=user, used_at=None).delete()
    people.deactivate(user)


def reactivate(user: User) -> None:
    """Let a deactivated account in again."""
    people.reactivate(user)


def person_of(user: User) -> Person:
    """Return the person of an account, making one for an account that was made on the command line."""
    person = Person.objects.filter(user=user).first()
    return person or people.create(user, name=user.email.partition("@")[0])


def _leave_an_owner(user: User) -> None:
    """Raise LastOwner when `user` is the only active owner. Locks the site: two owners cannot both go."""
    the_site()
    Site.objects.select_for_update().get(pk=Site.THE_ONE)
    if user.is_superuser and not User.objects.owners().exclude(pk=user.pk).exists():
        raise LastOwner
