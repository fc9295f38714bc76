"""Django's own signals that end sessions. Our own logic sends and needs none."""

from typing import Any

from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver

from chat.models import Person
from chat.services import sessions


@receiver(user_logged_out, dispatch_uid="chat.close_sockets_at_logout")
def close_sockets_at_logout(request: Any, user: Any, **_rest: Any) -> None:
    """Close the sockets of the session that is being logged out."""
    person = Person.objects.filter(user_id=user.pk).first() if user is not None else None
    if person is not None and request is not None and request.session.session_key:
        sessions.ended(person.pk, session_key=request.session.session_key)
