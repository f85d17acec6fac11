"""Coming in: D2, D7, D9, and links that work once."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.actions import (
    accept_invitation,
    find_invitation,
    invite,
    remove,
    resend_invitation,
    suspend,
    withdraw_invitation,
)
from accounts.models import Account, AuditEntry, Membership, Status, User
from accounts.permissions import Role
from tests import cast
from tests.cast import NOW
from tests.kept import kept
from tests.refusals import refused


def come(account: Account, email: str = "new@acme.example", role: Role = Role.ADMIN) -> Membership:
    return invite(
        account=account, email=email, name="New Person", role=role, by=cast.owner(account), at=NOW
    )


@kept
def invited(acme: Account) -> Membership:
    return come(acme)


def token_in_the_mail() -> str:
    found = re.search(r"/auth/invitation/([^/\s]+)/", str(mail.outbox[-1].body))
    assert found
    return found[1]


def test_an_invitation_becomes_a_member(invited: Membership) -> None:
    assert (invited.status, invited.user.has_usable_password()) == (Status.INVITED, False)
    accept_invitation(membership=invited, at=NOW, name="Nora New", password="a-long-sentence")
    member = Membership.objects.get(pk=invited.pk)
    assert (member.status, member.name) == (Status.ACTIVE, "Nora New")
    assert member.user.check_password("a-long-sentence")
    kinds = member.audit_entries.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["invited", "accepted"]


def test_the_link_in_the_mail_works_once(
    acme: Account, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        come(acme)
    found = find_invitation(token_in_the_mail(), NOW)
    assert found
    accept_invitation(membership=found, at=NOW)
    assert find_invitation(token_in_the_mail(), NOW) is None
    with refused("used"):
        accept_invitation(membership=found, at=NOW)


def test_a_link_expires_and_an_altered_one_leads_nowhere(
    acme: Account, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        come(acme)
    token = token_in_the_mail()
    assert find_invitation(token, NOW + timedelta(days=13, hours=23))
    assert find_invitation(token, NOW + timedelta(days=14)) is None
    assert find_invitation(token.swapcase(), NOW) is None
    assert find_invitation("", NOW) is None


def test_accepting_too_late_is_refused(invited: Membership) -> None:
    with refused("expired"):
        accept_invitation(membership=invited, at=NOW + timedelta(days=14))


def test_a_fresh_link_ends_the_one_before(
    invited: Membership,
    acme_owner: Membership,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    later = NOW + timedelta(days=20)
    with django_capture_on_commit_callbacks(execute=True):
        resend_invitation(membership=invited, by=acme_owner, at=later)
    with refused("used"):
        accept_invitation(membership=invited, at=later)
    found = find_invitation(token_in_the_mail(), later)
    assert found
    accept_invitation(membership=found, at=later)
    with refused("not_invited"):
        resend_invitation(membership=invited, by=acme_owner, at=later)


def test_a_withdrawn_invitation_is_no_longer_open(
    invited: Membership, acme_owner: Membership
) -> None:
    withdraw_invitation(membership=invited, by=acme_owner, at=NOW)
    with refused("used"):
        accept_invitation(membership=invited, at=NOW)
    assert invited.audit_entries.latest("pk").kind == "invitation_withdrawn"


def test_only_an_open_invitation_is_withdrawn(
    acme_owner: Membership, acme_admin: Membership
) -> None:
    with refused("not_invited"):
        withdraw_invitation(membership=acme_admin, by=acme_owner, at=NOW)


@pytest.mark.parametrize("email", ["new@acme.example", " NEW@Acme.Example ", "ｎｅｗ@acme.example"])
def test_who_is_a_member_already_is_not_invited_again(
    acme: Account, invited: Membership, email: str
) -> None:
    """Case, space and full-width letters do not make another person."""
    with refused("already_member"):
        come(acme, email)
    assert User.objects.filter(email="new@acme.example").count() == 1


def test_an_end_user_becomes_a_team_member_at_once(
    acme: Account, acme_end_user: Membership
) -> None:
    member = come(acme, acme_end_user.user.email)
    assert (member.pk, member.status, member.role) == (acme_end_user.pk, "active", Role.ADMIN)


def test_an_end_user_is_not_invited_as_one_again(acme: Account, acme_end_user: Membership) -> None:
    """D9: nothing would change, so there is nothing to write down."""
    entries = AuditEntry.objects.count()
    with refused("already_member"):
        come(acme, acme_end_user.user.email, Role.END_USER)
    assert AuditEntry.objects.count() == entries


def test_a_suspended_end_user_is_reactivated_and_not_invited(
    acme: Account, acme_owner: Membership, acme_end_user: Membership
) -> None:
    suspend(membership=acme_end_user, by=acme_owner, at=NOW)
    with refused("suspended"):
        come(acme, acme_end_user.user.email)


def test_who_was_removed_is_invited_anew(
    acme: Account, acme_owner: Membership, acme_admin: Membership
) -> None:
    remove(membership=acme_admin, by=acme_owner, at=NOW)
    again = come(acme, acme_admin.user.email)
    assert (again.pk, again.status, again.added_at) == (acme_admin.pk, Status.INVITED, NOW)


def test_there_is_no_second_owner(acme: Account) -> None:
    """D7: not by the system, and members may not even try."""
    with refused("not_allowed"):
        come(acme, role=Role.OWNER)
    with refused("second_owner"):
        invite(
            account=acme,
            email="two@acme.example",
            name="Two",
            role=Role.OWNER,
            by=cast.SETUP,
            at=NOW,
        )


@pytest.mark.parametrize("role", [Role.AGENT, Role.END_USER])
def test_those_who_manage_no_team_invite_nobody(
    acme: Account, acme_agent: Membership, acme_end_user: Membership, role: Role
) -> None:
    by = acme_agent if role == Role.AGENT else acme_end_user
    with refused("not_allowed"):
        invite(account=acme, email="x@acme.example", name="X", role=Role.END_USER, by=by, at=NOW)


def test_a_person_with_a_password_keeps_it(acme: Account, stranger: Membership) -> None:
    """An invitation is no way to another person's password."""
    stranger.user.set_password("theirs")
    stranger.user.save()
    invited = come(acme, stranger.user.email)
    with refused("used"):
        accept_invitation(membership=invited, at=NOW, name="Mallory", password="mine")
    accept_invitation(membership=invited, at=NOW)
    assert User.objects.get(pk=stranger.user_id).check_password("theirs")


def test_an_accounts_name_for_a_person_is_its_own(acme: Account, stranger: Membership) -> None:
    come(acme, stranger.user.email)
    assert Membership.objects.get(pk=stranger.pk).name == "Hooli Owner"
