"""Who is online: leases that expire, so that a process that dies leaves nobody online for long."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from chat import conf
from chat.models import PresenceLease


@transaction.atomic
def renew(process: str, states: Mapping[int, str], gone: Collection[int] = ()) -> None:
    """Hold a lease for each person id of `states` (its state, online or idle) and give up those of `gone`."""
    expires_at = timezone.now() + timedelta(seconds=conf.seconds("CHAT_LEASE_SECONDS"))
    leases = [
        PresenceLease(process=process, person_id=person_id, state=state, expires_at=expires_at)
        for person_id, state in states.items()
    ]
    PresenceLease.objects.bulk_create(
        leases,
        update_conflicts=True,
        unique_fields=["process", "person"],
        update_fields=["state", "expires_at"],
    )
    if gone:
        PresenceLease.objects.filter(process=process, person__in=gone).delete()


def states(now: datetime | None = None) -> dict[int, str]:
    """Return the state of everyone who is present: online before idle where processes differ."""
    held = PresenceLease.objects.filter(expires_at__gt=now or timezone.now())
    return dict(held.order_by("state").values_list("person", "state"))  # "idle" sorts before "online", which stays


def sweep(now: datetime | None = None) -> None:
    """Delete the leases that have expired."""
    PresenceLease.objects.filter(expires_at__lte=now or timezone.now()).delete()
