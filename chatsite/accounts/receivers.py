"""A new password ends the person's open sockets. (Logout, which Django tells of, is `chat.receivers`.)"""

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from django.dispatch import receiver

from chat.models import Person
from chat.services import sessions
from chatsite.accounts.models import User


@receiver([password_changed, password_reset, password_set])
def close_sockets(user: User, **_rest: Any) -> None:
    """Close every socket of the person: Django has just ended all sessions but this browser's."""
    for person in Person.objects.filter(user=user):
        sessions.ended(person.pk)
