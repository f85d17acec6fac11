"""The receipt on the page names who lost what and became what, or will (N2, D4)."""

from accounts.actions import suspend
from accounts.models import Account, Membership
from accounts.permissions import Role
from subscriptions.actions import set_seats
from subscriptions.models import SeatPool
from subscriptions.rules.quotes import Timing
from subscriptions.selectors.quotes import quote_targets
from subscriptions.selectors.receipts import receipt
from tests import cast, moves


def test_after_a_reduction_at_once_it_says_who_lost_what_and_became_what(
    acme_owner: Membership, sell_pool: SeatPool, suite_pool: SeatPool
) -> None:
    """One of the two holds another seat and stays an agent."""
    team = cast.fill(sell_pool, 4)
    cast.give_seat(suite_pool, team[3])
    order = moves.set_numbers({sell_pool: 2}, by=acme_owner, timing=Timing.NOW)
    assert receipt(order) == (
        "3 Sell Growth seats removed: 5 → 2. "
        f"{team[3].name} and {team[2].name} lost their Sell Growth seat. "
        f"{team[2].name} is now an end user."
    )


def test_for_a_reduction_at_renewal_it_says_who_will(
    acme_owner: Membership, sell_pool: SeatPool, suite_pool: SeatPool
) -> None:
    team = cast.fill(sell_pool, 4)
    cast.give_seat(suite_pool, team[3])
    order = moves.set_numbers({sell_pool: 2}, by=acme_owner)
    assert receipt(order) == (
        "Sell Growth: 2 seats from 1 December 2026. "
        f"{team[3].name} and {team[2].name} will lose their Sell Growth seat then. "
        f"{team[2].name} will become an end user."
    )


def test_of_many_people_the_first_are_named_and_the_others_counted(
    acme_owner: Membership, suite_nine_of_ten: SeatPool
) -> None:
    order = moves.set_numbers({suite_nine_of_ten: 1}, by=acme_owner, timing=Timing.NOW)
    said = receipt(order)
    assert "and 3 more lost their Support Suite Professional seat." in said
    assert "and 3 more are now end users." in said


def test_where_nobody_loses_a_seat_it_names_nobody(
    acme_owner: Membership, sell_two_of_five: SeatPool
) -> None:
    order = moves.set_numbers({sell_two_of_five: 3}, by=acme_owner, timing=Timing.NOW)
    assert receipt(order) == "2 Sell Growth seats removed: 5 → 3."
    order = moves.buy({sell_two_of_five: 1}, by=acme_owner)
    assert "lose" not in receipt(order)


def test_a_suspended_agent_loses_the_seat_and_becomes_nothing(
    acme: Account, acme_owner: Membership, sell_pool: SeatPool
) -> None:
    """D2: at once as at renewal."""
    team = cast.fill(sell_pool, 2)
    suspend(membership=team[1], by=acme_owner, at=cast.NOW)
    order = moves.set_numbers({sell_pool: 1}, by=acme_owner, timing=Timing.NOW)
    assert receipt(order) == (
        f"4 Sell Growth seats removed: 5 → 1. {team[1].name} lost their Sell Growth seat."
    )
    row = Membership.objects.get(pk=team[1].pk)
    assert (row.status, row.role) == ("suspended", Role.AGENT)


def test_the_same_form_again_gets_the_same_receipt(
    acme_owner: Membership, sell_pool: SeatPool
) -> None:
    """D6: the rows of who lost a seat do not make it another form."""
    cast.fill(sell_pool, 4)
    subscription, targets = acme_owner.account.subscription, {sell_pool.pk: 2}
    quote = quote_targets(subscription, targets, cast.NOW.date(), Timing.NOW)
    orders = [
        set_seats(
            subscription=subscription, targets=targets, timing=Timing.NOW, chosen=(),
            quote_fingerprint=quote.fingerprint, idempotency_key="once",
            by=acme_owner, at=cast.NOW, confirmed=True,
        )
        for _ in range(2)
    ]  # fmt: skip
    assert orders[0] == orders[1]
    assert receipt(orders[0]) == receipt(orders[1])
