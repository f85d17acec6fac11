"""An invitation that expired gives its seats back; sent again, it takes them again (D14)."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from accounts.actions import accept_invitation, reactivate, suspend
from accounts.models import Account, Membership, Status, User
from accounts.permissions import Role
from subscriptions.actions import assign_seat, expire_invitation, expired_seats, invite_again
from subscriptions.models import AssignmentSource, SeatChange, SeatChangeKind, SeatPool
from team.actions import add_member, change_member, remove_member
from tests import cast, moves
from tests.kept import kept
from tests.refusals import refused

LATER = cast.NOW + timedelta(days=15)


@kept
def invited(acme: Account, suite_pool: SeatPool, sell_pool: SeatPool) -> Membership:
    """Ina, invited as an agent with a seat of each pool."""
    return cast.member(acme, "ina", Role.AGENT, suite_pool, sell_pool, at=cast.NOW, active=False)


def now(member: Membership) -> tuple[str, str, int]:
    row = Membership.objects.get(pk=member.pk)
    return row.status, row.role, row.seat_assignments.count()


def test_an_expired_invitation_gives_every_seat_back_and_changes_nothing_else(
    invited: Membership, suite_pool: SeatPool, sell_pool: SeatPool
) -> None:
    """D9: one row for each seat, by the system."""
    assert expire_invitation(membership=invited, at=LATER) == sorted(
        (suite_pool, sell_pool), key=lambda pool: pool.pk
    )
    assert now(invited) == ("invited", "agent", 0)
    assert (moves.numbers(suite_pool)[1], moves.numbers(sell_pool)[1]) == (0, 0)
    rows = SeatChange.objects.filter(kind=SeatChangeKind.EXPIRED, member=invited)
    assert {(row.pool_id, row.at, row.by) for row in rows} == {
        (pool.pk, LATER, None) for pool in (suite_pool, sell_pool)
    }
    assert invited.audit_entries.latest("pk").kind == "invited"


def test_neither_an_open_invitation_nor_an_accepted_one_nor_twice(invited: Membership) -> None:
    assert not expire_invitation(membership=invited, at=cast.NOW)
    assert now(invited)[2] == 2
    expire_invitation(membership=invited, at=LATER)
    assert not expire_invitation(membership=invited, at=LATER)
    invite_again(membership=invited, by=cast.SETUP, at=LATER)
    accept_invitation(membership=Membership.objects.get(pk=invited.pk), at=LATER)
    assert not expire_invitation(membership=invited, at=LATER + timedelta(days=99))
    assert now(invited) == ("active", "agent", 2)


def test_who_opened_the_link_in_time_and_accepts_late_finds_it_used(invited: Membership) -> None:
    """D2: nobody becomes an agent without a seat, whatever the clocks say."""
    opened = Membership.objects.get(pk=invited.pk)
    expire_invitation(membership=invited, at=LATER)
    with refused("used"):
        accept_invitation(membership=opened, at=cast.NOW)


def test_an_owners_invitation_keeps_waiting(acme: Account, suite_pool: SeatPool) -> None:
    """D4, D7: only the vendor can send it again."""
    owner = cast.owner(acme)
    cast.give_seat(suite_pool, owner)
    Membership.objects.filter(pk=owner.pk).update(
        status=Status.INVITED, invitation_digest="x", invitation_expires_at=cast.NOW
    )
    assert not expire_invitation(membership=owner, at=LATER)
    assert now(owner) == ("invited", "owner", 1)


def test_sent_again_it_takes_the_same_seats_and_can_be_accepted(
    acme_owner: Membership, invited: Membership, suite_pool: SeatPool, sell_pool: SeatPool
) -> None:
    expire_invitation(membership=invited, at=LATER)
    row = invite_again(membership=invited, by=acme_owner, at=LATER)
    assert (moves.numbers(suite_pool)[1], moves.numbers(sell_pool)[1]) == (1, 1)
    accept_invitation(membership=row, at=LATER)
    assert now(invited) == ("active", "agent", 2)


def test_where_one_of_the_seats_is_gone_nothing_is_done(
    acme_owner: Membership, invited: Membership, suite_pool: SeatPool, sell_pool: SeatPool
) -> None:
    """Neither a mail nor the other seat."""
    expire_invitation(membership=invited, at=LATER)
    cast.fill(sell_pool, 5)
    before = Membership.objects.get(pk=invited.pk).invitation_digest
    with refused("no_seat"):
        invite_again(membership=invited, by=acme_owner, at=LATER)
    assert now(invited) == ("invited", "agent", 0)
    assert Membership.objects.get(pk=invited.pk).invitation_digest == before
    assert invited.audit_entries.latest("pk").kind == "invited"


def test_an_invitation_that_holds_its_seats_is_sent_again_at_a_full_pool(
    acme_owner: Membership, invited: Membership, sell_pool: SeatPool
) -> None:
    """D5: expired, but the daily run has not come by."""
    cast.fill(sell_pool, 5)
    invite_again(membership=invited, by=acme_owner, at=LATER)
    assert now(invited) == ("invited", "agent", 2)


def test_what_was_decided_since_stands(
    acme_owner: Membership, invited: Membership, suite_pool: SeatPool, sell_pool: SeatPool
) -> None:
    """Made an end user, or given another seat: sent again, nothing is taken."""
    expire_invitation(membership=invited, at=LATER)
    assign_seat(
        pool=sell_pool, membership=invited, source=AssignmentSource.GIVEN, by=acme_owner, at=LATER
    )
    assert list(expired_seats(invited)) == []
    change_member(
        membership=invited, name=invited.name, role=Role.END_USER, pool_ids=(), by=acme_owner,
        at=LATER,
    )  # fmt: skip
    invite_again(membership=invited, by=acme_owner, at=LATER)
    assert now(invited) == ("invited", "end_user", 0)


def test_a_new_invitation_knows_nothing_of_an_old_ones_seats(
    acme_owner: Membership, invited: Membership
) -> None:
    expire_invitation(membership=invited, at=LATER)
    remove_member(membership=invited, by=acme_owner, at=LATER)
    again = add_member(
        email=invited.user.email, name="Ina", role=Role.ADMIN, pool_ids=(), by=acme_owner,
        at=LATER + timedelta(hours=1),
    )  # fmt: skip
    assert list(expired_seats(again)) == []


def test_who_may_not_send_it_again_takes_no_seat(
    acme_agent: Membership, invited: Membership
) -> None:
    expire_invitation(membership=invited, at=LATER)
    with pytest.raises(ValidationError):
        invite_again(membership=invited, by=acme_agent, at=LATER)
    assert now(invited)[2] == 0


def test_staff_sends_it_again_with_its_seats_too(root: User, invited: Membership) -> None:
    """D10: in Django admin as on the team page."""
    expire_invitation(membership=invited, at=LATER)
    client = Client()
    client.force_login(root, backend="django.contrib.auth.backends.ModelBackend")
    client.post(reverse("admin:accounts_membership_resend", args=[invited.pk]))
    assert now(invited)[2] == 2


def test_a_member_who_is_let_in_again_is_no_invitation(
    acme_owner: Membership, acme_agent: Membership
) -> None:
    suspend(membership=acme_agent, by=acme_owner, at=cast.NOW)
    assert not expire_invitation(membership=acme_agent, at=LATER)
    reactivate(membership=acme_agent, by=acme_owner, at=cast.NOW)
    assert now(acme_agent) == ("active", "agent", 1)
