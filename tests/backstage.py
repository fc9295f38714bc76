"""A second process of the site without a socket, as a management command is: prepares and changes what live tests see.

`python -m tests.backstage` reads one call a line, `["function", {arguments}]`, and writes one line of JSON for each:
`{"value": …}` or `{"error": "…"}`. Only the functions of this module can be called. People and rooms go by their ids.
"""

import json
import os
import sys
import traceback

import django
from django.core.management import call_command


def migrate():
    """Make the tables."""
    call_command("migrate", verbosity=0)


def person(name, owner=False):
    """Make a person with an account and return the ids of both, the e-mail and a session's cookie."""
    made = cast.make_person(name, owner=owner)
    cookie = cast.session_cookie(made)
    return {"id": made.pk, "user": made.user_id, "email": cast.email_of(name), "cookie": cookie}


def collect():
    """Put the static files where a server takes them from, hashed and compressed."""
    call_command("collectstatic", interactive=False, verbosity=0)


def set_up_path():
    """Return the path of the one-time link to the set-up page."""
    from chatsite.accounts import setup

    return f"/setup/{setup.token()}/"


def cookie(person):
    """Sign somebody in once more and return the new session's cookie."""
    return cast.session_cookie(_person(person))


def room(owner, name, members=(), **fields):
    """Make a room with its members and return its id."""
    return cast.make_room(_person(owner), name, *map(_person, members), **fields).pk


def direct(person, other):
    """Open the direct room of two people and return its id."""
    return rooms.open_direct(_person(person), other).pk


def rename_room(person, room, name):
    """Give a room another name."""
    rooms.change(_person(person), room, name=name)


def add(person, room, other):
    """Have somebody add another to a room."""
    memberships.add(_person(person), room, other)


def remove(person, room, other):
    """Have somebody put another out of a room."""
    memberships.remove(_person(person), room, other)


def send(person, room, nonce, body):
    """Say something and return the message's id, seq and rev."""
    row = messages.send(_person(person), room_id=room, nonce=nonce, body=body).message
    return {"id": row.pk, "seq": row.seq, "rev": row.rev}


def talk(room, people, count):
    """Have people say `count` messages in turn, "message 1" and so on, in one transaction."""
    authors = [_person(person) for person in people]
    sends = [
        messages.Send(authors[number % len(authors)], room, f"{room}-talk-{number}", f"message {number}")
        for number in range(1, count + 1)
    ]
    messages.send_many(sends)


def deactivate(person):
    """Shut an account out."""
    people.deactivate(_person(person).user)


def end_sessions(person):
    """Close all sockets of somebody."""
    sessions.ended(person)


def expire_session(cookie):
    """Have a session's time run out."""
    Session.objects.filter(pk=cookie.partition("=")[2]).update(expire_date="2001-01-01T00:00:00Z")


def stored(room):
    """Return what is stored in a room: (seq, author, nonce, body) of each message, in order."""
    return list(Message.objects.filter(room=room).order_by("seq").values_list("seq", "author", "nonce", "body"))


def _person(person_id):
    return Person.objects.select_related("user").get(pk=person_id)


def serve():
    """Answer calls until the input ends."""
    known = {name: value for name, value in globals().items() if callable(value) and not name.startswith("_")}
    for line in sys.stdin:
        name, arguments = json.loads(line)
        try:
            answer = {"value": known[name](**arguments)}
        except Exception:
            answer = {"error": traceback.format_exc()}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")
    django.setup()
    from django.contrib.sessions.models import Session

    from chat.models import Message, Person
    from chat.services import memberships, messages, people, rooms, sessions
    from tests import cast

    serve()
