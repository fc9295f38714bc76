"""Promise: a join link admits as many people as it says, as long as it says, and never on a closed site;
a sign-in link opens one account, once, within four hours; the site never loses its last owner."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils.timezone import now

from chat.services import people
from chatsite.accounts import services
from chatsite.accounts.models import JoinLink, SignInLink, Site, User
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(ann):
    """Return ann's account."""
    return ann.user


def join(link, name):
    """Make an account called `name` by `link`."""
    return services.make_account(
        email=cast.email_of(name), password=cast.PASSWORD, name=name, token=link.token if link else None
    )


def test_a_link_for_two_admits_two_and_then_nobody(owner):
    link = services.make_join_link(owner, lifetime=None, uses=2, now=now())
    join(link, "Bob")
    join(link, "王小明")
    with pytest.raises(services.NotAdmitted):
        join(link, "Eve")
    link.refresh_from_db()
    assert (link.uses, link.uses_left) == (2, 0)
    assert not User.objects.filter(email=cast.email_of("Eve")).exists()


def test_a_link_without_limits_counts_who_came(owner):
    link = services.make_join_link(owner, lifetime=None, uses=None, now=now())
    join(link, "Bob")
    join(link, "李雷")
    link.refresh_from_db()
    assert (link.uses, link.uses_left) == (2, None)


def test_a_link_ends_at_its_time_and_not_before(owner):
    made = now()
    link = services.make_join_link(owner, lifetime=timedelta(days=7), uses=None, now=made)
    last = made + timedelta(days=7)
    assert services.usable_join_link(link.token, last - timedelta(seconds=1)) == link
    assert services.usable_join_link(link.token, last) is None
    services.admit(link.token, last - timedelta(seconds=1))
    with pytest.raises(services.NotAdmitted):
        services.admit(link.token, last)


def test_a_revoked_link_admits_nobody_and_keeps_who_came(owner):
    link = services.make_join_link(owner, lifetime=None, uses=None, now=now())
    bob = join(link, "Bob")
    services.revoke_join_link(link, now())
    with pytest.raises(services.NotAdmitted):
        join(link, "Eve")
    bob.refresh_from_db()
    assert bob.is_active


def test_an_account_that_cannot_be_made_uses_nothing_up(owner, bob):
    link = services.make_join_link(owner, lifetime=None, uses=1, now=now())
    with pytest.raises(IntegrityError):
        join(link, "Bob")
    link.refresh_from_db()
    assert (link.uses, link.uses_left) == (0, 1)


@pytest.mark.parametrize(
    ("policy", "with_link", "admitted"),
    [
        (Site.SignUp.LINK, True, True),
        (Site.SignUp.LINK, False, False),
        (Site.SignUp.OPEN, True, True),
        (Site.SignUp.OPEN, False, True),
        (Site.SignUp.CLOSED, True, False),
        (Site.SignUp.CLOSED, False, False),
    ],
)
def test_the_policy_decides_who_may_make_an_account(owner, policy, with_link, admitted):
    link = services.make_join_link(owner, lifetime=None, uses=None, now=now()) if with_link else None
    services.change_site(name="Lantern", sign_up=policy)
    if admitted:
        assert join(link, "Bob").person.name == "Bob"
    else:
        with pytest.raises(services.NotAdmitted):
            join(link, "Bob")


def test_until_there_is_an_owner_nobody_signs_up_even_on_an_open_site():
    services.change_site(name="Lantern", sign_up=Site.SignUp.OPEN)
    with pytest.raises(services.NotAdmitted):
        join(None, "Eve")


def test_a_guessed_token_admits_nobody(owner):
    services.make_join_link(owner, lifetime=None, uses=None, now=now())
    with pytest.raises(services.NotAdmitted):
        services.admit("", now())
    with pytest.raises(services.NotAdmitted):
        services.admit("a" * 24, now())


def test_a_new_account_is_in_the_rooms_for_everyone(owner, hall):
    user = join(services.make_join_link(owner, lifetime=None, uses=1, now=now()), "Bob")
    assert hall.memberships.filter(person=user.person).exists()


def test_a_sign_in_link_opens_the_account_once(owner, bob):
    token = services.make_sign_in_link(owner, bob.user, now())
    assert services.use_sign_in_link(token, now()) == bob.user
    with pytest.raises(services.NotAdmitted):
        services.use_sign_in_link(token, now())


def test_a_sign_in_link_lives_four_hours(owner, bob):
    made = now()
    token = services.make_sign_in_link(owner, bob.user, made)
    assert services.sign_in_link(token, made + timedelta(hours=4, seconds=-1)) is not None
    with pytest.raises(services.NotAdmitted):
        services.use_sign_in_link(token, made + timedelta(hours=4))


def test_a_new_sign_in_link_replaces_the_last(owner, bob):
    first = services.make_sign_in_link(owner, bob.user, now())
    second = services.make_sign_in_link(owner, bob.user, now())
    assert services.sign_in_link(first, now()) is None
    assert services.sign_in_link(second, now()) is not None


def test_only_the_hash_of_a_sign_in_link_is_kept(owner, bob):
    token = services.make_sign_in_link(owner, bob.user, now())
    assert token not in str(SignInLink.objects.values().get())


def test_a_deactivated_account_has_no_way_in(owner, bob):
    token = services.make_sign_in_link(owner, bob.user, now())
    services.deactivate(bob.user)
    assert services.sign_in_link(token, now()) is None
    services.reactivate(bob.user)
    assert services.sign_in_link(token, now()) is None


def test_an_account_closed_by_other_ways_has_no_way_in_either(owner, bob):
    token = services.make_sign_in_link(owner, bob.user, now())
    people.deactivate(bob.user)
    with pytest.raises(services.NotAdmitted):
        services.use_sign_in_link(token, now())


def test_the_last_owner_stays(owner, bob):
    with pytest.raises(services.LastOwner):
        services.set_owner(owner, False)
    with pytest.raises(services.LastOwner):
        services.deactivate(owner)
    services.set_owner(bob.user, True)
    services.set_owner(owner, False)
    owner.refresh_from_db()
    assert not owner.is_superuser
    assert not owner.is_staff
    with pytest.raises(services.LastOwner):
        services.deactivate(bob.user)


def test_a_deactivated_owner_does_not_count_as_one(owner, bob):
    services.set_owner(bob.user, True)
    services.deactivate(bob.user)
    with pytest.raises(services.LastOwner):
        services.set_owner(owner, False)


def test_the_invitation_is_the_newest_link_that_still_admits(owner):
    day = timedelta(days=1)
    older = services.make_join_link(owner, lifetime=None, uses=None, now=now() - day)
    newer = services.make_join_link(owner, lifetime=None, uses=None, now=now())
    assert services.invitation(now()) == newer
    services.revoke_join_link(newer, now())
    assert services.invitation(now()) == older
    services.revoke_join_link(older, now())
    assert services.invitation(now()) is None


def test_while_nobody_may_come_nobody_is_invited(owner):
    link = services.make_join_link(owner, lifetime=None, uses=None, now=now())
    services.change_site(name="Lantern", sign_up=Site.SignUp.CLOSED)
    assert services.invitation(now()) is None
    services.change_site(name="Lantern", sign_up=Site.SignUp.LINK)
    assert services.invitation(now()) == link


def test_an_account_made_on_the_command_line_gets_a_person_when_it_enters():
    user = User.objects.create_superuser("root@example.org", cast.PASSWORD)
    assert services.person_of(user).name == "root"
    assert services.person_of(user) == services.person_of(user)


def test_an_e_mail_is_one_account_however_it_is_written(owner):
    assert User.objects.get_by_natural_key("ANN@Example.org") == owner
    with pytest.raises(IntegrityError):
        User.objects.create_user("Ann@EXAMPLE.org", cast.PASSWORD)


def test_there_is_one_site():
    services.the_site()
    with pytest.raises(IntegrityError):
        Site.objects.create(id=2)


def test_a_link_says_why_it_has_ended(owner):
    moment = now()
    link = JoinLink(made_by=owner)
    assert link.ended(moment) == ""
    link.uses_left = 0
    assert link.ended(moment) == "used up"
    link.uses_left, link.expires_at = None, moment
    assert link.ended(moment) == "expired"
    link.revoked_at = moment
    assert link.ended(moment) == "revoked"
