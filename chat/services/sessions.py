"""The end of sessions: what a logout, a new password or a deactivation means for open sockets."""

from chat import authentication, hub


def ended(person_id: int, *, session_key: str | None = None) -> None:
    """After commit, close the sockets of a person with 4401: those of one session, or all."""
    hub.publish_ended(person_id, authentication.mark(session_key) if session_key else None)
