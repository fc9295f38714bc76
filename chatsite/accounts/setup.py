"""The first two minutes: one link, once, to the page that makes the site's owner."""

import secrets
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from chat.models import Person, Room
from chat.services import people, rooms
from chatsite.accounts import services
from chatsite.accounts.models import Site, User


class AlreadySetUp(Exception):
    """Somebody owns the site already, or the link is not the one that was printed."""


def token() -> str | None:
    """Return the token of the set-up page, or None once the site has an owner."""
    return None if services.has_owner() else services.the_site().setup_token


def fits(given: str) -> bool:
    """Tell whether `given` opens the set-up page."""
    wanted = token()
    return secrets.compare_digest(wanted.encode(), given.encode()) if wanted else False


@transaction.atomic
def claim(given: str, *, site_name: str, name: str, email: str, password: str, now: datetime) -> tuple[User, Room]:
    """Make the owner, the first room and the first join link. Of two people at once, one gets AlreadySetUp.

    Raises also `chat.protocol.Refused` for a name that cannot be, IntegrityError for an e-mail in use.
    """
    services.the_site()
    site = Site.objects.select_for_update().get(pk=Site.THE_ONE)
    if not fits(given):
        raise AlreadySetUp
    owner = User.objects.create_superuser(email, password)
    person: Person = people.create(owner, name=name)
    room = rooms.create(person, kind=Room.Kind.OPEN, name=gettext("Everyone"), everyone=True)
    site.name, site.setup_token = site_name, ""
    site.save(update_fields=["name", "setup_token"])
    services.make_join_link(owner, lifetime=services.INVITATION_LIFETIME, uses=None, now=now)
    return owner, room
