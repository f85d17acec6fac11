"""How many invitations go out in a day, whoever sends them and through which page."""

from datetime import timedelta
from typing import Any

from django.urls import reverse

from accounts.actions import invite, remove, resend_invitation
from accounts.actions.invitation_limits import FROM_ONE_ACCOUNT, TO_ONE_PERSON
from accounts.models import Account, AuditEntry, AuditKind, Membership, Status, User
from accounts.permissions import Role
from tests import cast
from tests.cast import NOW
from tests.conftest import ClientFor
from tests.kept import kept
from tests.refusals import refused
from tests.subscriptions.views.pages import text

TOO_MANY = "too_many_invitations"
HOUR = timedelta(hours=1)


@kept
def invited(acme: Account, acme_owner: Membership) -> Membership:
    return come(acme, "new@acme.example", acme_owner)


def come(account: Account, email: str, by: Any, at: Any = NOW) -> Membership:
    return invite(account=account, email=email, name="New", role=Role.ADMIN, by=by, at=at)


def sent_today(account: Account, member: Membership, count: int) -> None:
    """As if so many invitations had gone out an hour ago."""
    AuditEntry.objects.bulk_create(
        AuditEntry(
            account=account, member=member, kind=AuditKind.INVITED, at=NOW - HOUR,
            **cast.SETUP.through,
        )
        for _ in range(count)
    )  # fmt: skip


def test_one_person_gets_three_invitations_a_day(
    invited: Membership, acme_owner: Membership
) -> None:
    for hours in range(1, TO_ONE_PERSON):
        resend_invitation(membership=invited, by=acme_owner, at=NOW + hours * HOUR)
    with refused(TOO_MANY):
        resend_invitation(membership=invited, by=acme_owner, at=NOW + 23 * HOUR)
    resend_invitation(membership=invited, by=acme_owner, at=NOW + 24 * HOUR)
    with refused(TOO_MANY):
        resend_invitation(membership=invited, by=acme_owner, at=NOW + 24 * HOUR)


def test_removing_and_inviting_again_goes_around_nothing(
    acme: Account, invited: Membership, acme_owner: Membership
) -> None:
    for _ in range(TO_ONE_PERSON - 1):
        remove(membership=invited, by=acme_owner, at=NOW)
        come(acme, "NEW@acme.example", acme_owner)
    remove(membership=invited, by=acme_owner, at=NOW)
    with refused(TOO_MANY):
        come(acme, "new@acme.example", acme_owner)


def test_what_other_accounts_sent_is_not_told_here(
    acme: Account, stranger: Membership, acme_owner: Membership
) -> None:
    elsewhere = come(stranger.account, "new@acme.example", stranger)
    for _ in range(TO_ONE_PERSON - 1):
        resend_invitation(membership=elsewhere, by=stranger, at=NOW)
    assert come(acme, "new@acme.example", acme_owner).is_invited


def test_staff_are_held_to_it_too(invited: Membership, root: User, client_for: ClientFor) -> None:
    url = reverse("admin:accounts_membership_resend", args=[invited.pk])
    for _ in range(TO_ONE_PERSON - 1):
        assert "The invitation will be sent." in text(client_for(root).post(url, follow=True))
    assert "3 invitations in the last 24 hours" in text(client_for(root).post(url, follow=True))


def test_an_account_sends_two_hundred_a_day(acme: Account, acme_owner: Membership) -> None:
    sent_today(acme, acme_owner, FROM_ONE_ACCOUNT - 1)
    come(acme, "last@acme.example", acme_owner)
    with refused(TOO_MANY):
        come(acme, "one-more@acme.example", acme_owner)
    assert not User.objects.filter(email="one-more@acme.example").exists()
    assert come(acme, "tomorrow@acme.example", acme_owner, NOW + 24 * HOUR).is_invited


def test_who_is_invited_does_not_raise_the_limit(acme: Account, acme_owner: Membership) -> None:
    """Each invitation adds a member: counting those, the limit would flee ahead."""
    users = User.objects.bulk_create(
        User(email=f"{number}@acme.example") for number in range(FROM_ONE_ACCOUNT + 5)
    )
    invited = Membership.objects.bulk_create(
        Membership(
            account=acme, user=user, name="New", role=Role.ADMIN, status=Status.INVITED,
            added_at=NOW, invitation_digest=str(user.pk), invitation_expires_at=NOW + 24 * HOUR,
        )
        for user in users
    )  # fmt: skip
    AuditEntry.objects.bulk_create(
        AuditEntry(
            account=acme, member=member, kind=AuditKind.INVITED, at=NOW - HOUR,
            **cast.SETUP.through,
        )
        for member in invited[:FROM_ONE_ACCOUNT]
    )  # fmt: skip
    with refused(TOO_MANY):
        come(acme, "one-more@acme.example", acme_owner)


def test_a_large_account_as_many_as_it_has_members(
    acme: Account, acme_owner: Membership, suite_pool: Any
) -> None:
    cast.crowd(suite_pool, FROM_ONE_ACCOUNT + 1)
    sent_today(acme, acme_owner, FROM_ONE_ACCOUNT)
    assert come(acme, "new@acme.example", acme_owner).is_invited


def test_an_end_user_made_a_team_member_gets_no_invitation(
    acme: Account, acme_end_user: Membership, acme_owner: Membership
) -> None:
    sent_today(acme, acme_end_user, FROM_ONE_ACCOUNT)
    assert come(acme, acme_end_user.user.email, acme_owner).is_active


def test_the_page_says_it_and_answers_429(
    acme: Account, acme_owner: Membership, acme_admin: Membership, client_for: ClientFor
) -> None:
    sent_today(acme, acme_owner, FROM_ONE_ACCOUNT)
    entry = {
        "email": "new@acme.example",
        "name": "New Person",
        "role": "admin",
        "idempotency_key": "k" * 32,
    }
    page = client_for(acme_admin).post("/a/acme/team/add/", entry)
    assert page.status_code == 429
    assert "You can send more tomorrow." in text(page)
