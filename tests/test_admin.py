"""Promise: operators find people, rooms and messages and act on them, and read nobody's words."""

import re

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from chat import hub
from chat.models import Membership, Message, Person, Room
from chat.services import messages, rooms
from chatsite.accounts.models import JoinLink, Site, User
from chatsite.accounts.services import make_join_link, the_site
from tests import cast

pytestmark = pytest.mark.django_db

SECRET = "the-words-nobody-else-may-read"
OURS = (User, Person, Room, Membership, Message, Site, JoinLink)


def address(model, page="changelist", *arguments):
    """Return the address of one of the admin's pages."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=arguments)


@pytest.fixture
def operator(ann):
    """The browser of the site's owner."""
    the_site()
    return cast.browser_of(ann)


@pytest.fixture
def talk(ann, bob, den, hall):
    """The same secret words in an open, a private and a direct room, and in one reply."""
    direct = rooms.open_direct(ann, bob.pk)
    said = [
        messages.send(ann, room_id=room.pk, nonce=f"nonce-{room.pk}", body=f"{SECRET} {room.kind}").message
        for room in (hall, den, direct)
    ]
    messages.send(bob, room_id=den.pk, nonce="a-reply-", body=f"{SECRET} too", reply_to=said[1].pk)
    return said


def run(browser, model, action, *rows):
    """Choose rows of a list, run an action on them, and return the page that follows."""
    data = {"action": action, "_selected_action": [row.pk for row in rows]}
    return browser.post(address(model), data, follow=True)


def pages(operator):
    """Yield the address and the text of every page there is of every model."""
    for model in OURS:
        yield address(model), operator.get(address(model)).content.decode()
        for row in model.objects.all():
            for page in ("change", "history"):
                answer = operator.get(address(model, page, row.pk))
                assert answer.status_code == 200, (model, page)
                yield address(model, page, row.pk), answer.content.decode()


def test_the_words_of_nobody_appear_on_any_page(operator, talk):
    make_join_link(User.objects.get(is_superuser=True), lifetime=None, uses=None, now=timezone.now())
    run(operator, Room, "archive", *Room.objects.all())
    seen = dict(pages(operator))
    assert len(seen) > 20
    for where, text in seen.items():
        assert SECRET not in text, where
    assert SECRET not in str([(entry.object_repr, entry.change_message) for entry in LogEntry.objects.all()])


@pytest.mark.parametrize("model", OURS)
def test_words_cannot_be_searched_for(operator, talk, model):
    found = operator.get(address(model), {"q": SECRET}).context["cl"].result_count if model is not Site else 0
    assert found == 0


def test_words_cannot_be_filtered_by_or_loaded(operator, talk):
    for lookup in ("body__contains", "body__startswith", "replies__body__contains"):
        answer = operator.get(address(Message), {lookup: SECRET})
        assert answer.status_code == 400, lookup
    with CaptureQueriesContext(connection) as queries:
        operator.get(address(Message))
    read = [query["sql"] for query in queries if '"body"' in query["sql"]]
    assert read
    assert all(re.search(r'LENGTH\("chat_message"\."body"\)', sql) for sql in read)
    assert not any(re.search(r'(?<!LENGTH\()"chat_message"\."body"', sql) for sql in read)


def test_a_message_is_its_room_author_time_and_length(operator, talk, den):
    text = operator.get(address(Message)).content.decode()
    for piece in (f"{den.pk}/1", "Den", "Ann", f'class="field-length">{len(SECRET) + len(" private")}<'):
        assert piece in text


@pytest.mark.parametrize("model", OURS)
def test_nothing_is_added_or_deleted_here(operator, talk, model):
    assert operator.get(address(model, "add")).status_code == 403
    row = model.objects.first()
    if row is not None:
        assert operator.get(address(model, "delete", row.pk)).status_code == 403
        assert operator.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    actions = admin.site.get_model_admin(model).get_actions(operator.get(address(model)).wsgi_request)
    assert "delete_selected" not in actions


@pytest.mark.parametrize("model", [model for model in OURS if model not in (Site, JoinLink)])
def test_nothing_is_edited_past_the_services(operator, talk, model):
    row = model.objects.first()
    before = model.objects.filter(pk=row.pk).values().get()
    fields = {"name": "forged", "topic": "forged", "email": "forged@example.org", "body": "forged", "role": "owner"}
    assert operator.post(address(model, "change", row.pk), fields).status_code == 403
    assert model.objects.filter(pk=row.pk).values().get() == before


@pytest.mark.parametrize("model", [User, Person, Room, Membership, Message, JoinLink])
def test_a_hundred_rows_cost_as_many_queries_as_one(operator, ann, bob, hall, model, django_assert_max_num_queries):
    def list_with(rows):
        for number in range(rows):
            person = cast.make_person(f"Extra {rows} {number}")
            room = cast.make_room(ann, f"Room {rows} {number}", person)
            messages.send(person, room_id=room.pk, nonce=f"nonce-{number:04}", body="hello")
            make_join_link(person.user, lifetime=None, uses=None, now=timezone.now())
        with django_assert_max_num_queries(9) as queries:
            answer = operator.get(address(model))
        assert answer.status_code == 200
        return len(queries), len(answer.context["cl"].result_list)

    operator.get(address(model))
    few, rows = list_with(1)
    many, all_rows = list_with(99)
    assert all_rows == 100 > rows
    assert many == few


def test_search_and_filters_find_what_an_operator_looks_for(operator, talk, xiaoming, den):
    def found(model, **query):
        return [str(row) for row in operator.get(address(model), query).context["cl"].queryset]

    assert found(Person, q="小明") == ["王小明"]
    assert found(User, q="小明") == ["xiaoming@example.org"]
    assert found(Room, q="den") == ["Den"]
    assert found(Room, kind__exact="direct") == [f"#{talk[2].room_id}"]
    assert found(Message, q="bob") == [f"{den.pk}/2"]
    assert found(Message, room__kind__exact="private") == [f"{den.pk}/2", f"{den.pk}/1"]
    assert found(Membership, q="小明", room__kind__exact="private") == ["王小明 · Den"]


def test_what_is_being_imported_is_not_shown(operator, ann):
    hidden = Room.objects.create(kind=Room.Kind.STAGING, name="half-done")
    Message.objects.create(room=hidden, seq=1, rev=1, author=ann, body=SECRET)
    for model in (Room, Message):
        assert "half-done" not in operator.get(address(model)).content.decode()


def test_archiving_and_restoring_rooms_tells_their_members(
    operator, den, hall, monkeypatch, django_capture_on_commit_callbacks
):
    sent = []
    monkeypatch.setattr(hub, "_send", lambda group, frame: sent.append(frame))
    with django_capture_on_commit_callbacks(execute=True):
        page = run(operator, Room, "archive", den, hall).content.decode()
    assert "Rooms changed: 2" in page
    assert {frame["room"] for frame in sent} == {den.pk, hall.pk}
    assert all('"archived":true' in frame["text"] for frame in sent)
    assert not Room.objects.filter(archived_at=None).exists()
    run(operator, Room, "restore", den)
    den.refresh_from_db()
    assert not den.archived
    assert list(LogEntry.objects.values_list("object_id", "change_message")) == [
        (str(den.pk), "Restored."),
        *[(str(room.pk), "Archived.") for room in sorted((den, hall), key=lambda room: room.pk)],
    ]


def test_deactivating_ends_an_account_and_its_sockets(operator, bob, monkeypatch, django_capture_on_commit_callbacks):
    theirs = cast.browser_of(bob)
    sent = []
    monkeypatch.setattr(hub, "_send", lambda group, frame: sent.append(frame))
    with django_capture_on_commit_callbacks(execute=True):
        run(operator, User, "deactivate", bob.user)
    assert [(frame["type"], frame["person"], frame["session"]) for frame in sent] == [("hub.ended", bob.pk, "")]
    assert theirs.get("/").status_code == 302
    assert "login" in theirs.get("/").url
    run(operator, User, "reactivate", bob.user)
    bob.user.refresh_from_db()
    assert bob.user.is_active


def test_the_last_owner_stays(operator, ann, bob):
    page = run(operator, User, "deactivate", ann.user, bob.user).content.decode()
    assert "The site&#x27;s only owner stays active: ann@example.org" in page
    assert list(User.objects.filter(is_active=True)) == [ann.user]


def test_the_site_is_changed_by_its_service(operator):
    data = {"name": "Lantern", "sign_up": "closed"}
    assert operator.post(address(Site, "change", 1), data).status_code == 302
    assert (the_site().name, the_site().sign_up) == ("Lantern", "closed")


def test_a_join_link_is_revoked_and_never_shown(operator, ann):
    link = make_join_link(ann.user, lifetime=None, uses=None, now=timezone.now())
    assert link.token not in operator.get(address(JoinLink)).content.decode()
    assert link.token not in operator.get(address(JoinLink, "change", link.pk)).content.decode()
    run(operator, JoinLink, "revoke", link)
    link.refresh_from_db()
    assert link.revoked_at is not None


def test_the_admin_offers_what_operators_work_with_and_no_more(operator):
    assert set(admin.site._registry) == set(OURS)
    text = operator.get(reverse("admin:index")).content.decode()
    assert "Groups" not in text
    assert "confirmation" not in text


def test_members_and_outsiders_see_nothing_of_it(bob, talk):
    for browser in (cast.browser_of(bob), cast.browser_of()):
        for model in OURS:
            answer = browser.get(address(model))
            assert answer.status_code in {302, 403}, model
            assert b"changelist" not in answer.content


def test_who_may_only_look_has_no_actions(bob, den, hall):
    bob.user.is_staff = True
    bob.user.save()
    bob.user.user_permissions.add(Permission.objects.get(codename="view_room"))
    browser = cast.browser_of(bob)
    page = browser.get(address(Room))
    assert page.status_code == 200
    assert 'name="action"' not in page.content.decode()
    run(browser, Room, "archive", hall)
    hall.refresh_from_db()
    assert not hall.archived


def test_its_pages_keep_to_the_content_security_policy(operator, talk):
    seen = dict(pages(operator)) | {"index": operator.get(reverse("admin:index")).content.decode()}
    for where, text in seen.items():
        assert not re.search(r"<[^>]+\s(style|on[a-z]+)=", text), where
        assert not re.search(r"<style(?![^>]*nonce=)", text), where
        for script in re.findall(r"<script[^>]*>", text):
            assert "src=" in script or "application/json" in script, (where, script)
        assert not re.search(r'(src|href)="(https?:)?//', text), where
