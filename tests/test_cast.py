"""The cast itself: what every other test takes for granted."""

from accounts.models import Membership
from accounts.permissions import Role
from subscriptions.models import SeatPool


def test_acme_has_one_seat_left(suite_nine_of_ten: SeatPool) -> None:
    assert (suite_nine_of_ten.assigned, suite_nine_of_ten.seats) == (9, 10)
    assert suite_nine_of_ten.name == "Support Suite Professional"
    assert suite_nine_of_ten.lines.count() == 2


def test_members_are_active_in_their_roles(
    acme_owner: Membership,
    acme_billing: Membership,
    acme_admin: Membership,
    acme_agent: Membership,
    acme_end_user: Membership,
    stranger: Membership,
) -> None:
    team = [acme_owner, acme_billing, acme_admin, acme_agent, acme_end_user]
    assert [member.role for member in team] == list(Role)
    assert all(member.is_active for member in [*team, stranger])
    assert stranger.account_id != acme_owner.account_id
