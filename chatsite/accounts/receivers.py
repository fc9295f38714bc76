"""A new password ends the person's open sockets: django-allauth tells, the chat closes. (Logout: `chat.receivers`.)"""

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from chat.models import Person
from chat.services import sessions
from django.dispatch import receiver

from chatsite.accounts.models import User


@receiver([password_changed, password_reset, password_set])
def close_sockets(user: User, **_rest: Any) -> None:
    """Close every socket of the person: Django has just ended all sessions but this browser's."""
    for person in Person.objects.filter(user=user):
        sessions.ended(person.pk)
