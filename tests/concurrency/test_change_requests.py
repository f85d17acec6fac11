"""Change requests at one moment: decided twice, decided and withdrawn, asked for twice: R22, D6."""

from collections.abc import Callable
from functools import partial

import pytest

from accounts.models import Membership, User
from subscriptions.actions import (
    approve_change,
    decline_change,
    propose_change,
    withdraw_change,
)
from subscriptions.models import ChangeRequest, Order, SeatPool
from subscriptions.rules.change_requests import Terms
from tests import cast, changes, moves
from tests.concurrency.crowd import DONE, Crowd, tally

Gather = Callable[[int], Crowd]


@pytest.mark.parametrize("number", range(3))
def test_of_two_who_decide_at_once_one_does(
    crowd: Gather,
    globex_owner: Membership,
    globex_talk: SeatPool,
    rep: User,
    root: User,
    number: int,
) -> None:
    """Two approve, one declines, and whoever asked takes it back."""
    people = crowd(4)
    asked = changes.ask(changes.fewer(globex_talk, 2), by=globex_owner)
    shown = propose_change(change_request=asked, terms=Terms(), by=rep, at=cast.NOW).fingerprint
    approve = partial(
        approve_change, change_request=asked, terms=Terms(), note="", quote_fingerprint=shown,
        at=cast.NOW,
    )  # fmt: skip
    results = people.race(
        [
            partial(approve, by=rep),
            partial(approve, by=root),
            partial(decline_change, change_request=asked, note="No.", by=root, at=cast.NOW),
            partial(withdraw_change, change_request=asked, by=globex_owner, at=cast.NOW),
        ]
    )
    assert tally(results) == {DONE: 1, "already_decided": 3}
    stored = ChangeRequest.objects.get(pk=asked.pk)
    assert Order.objects.count() == stored.is_approved
    assert moves.numbers(globex_talk)[2] == (2 if stored.is_approved else 5)


def test_a_buyer_who_removes_the_seats_while_it_is_approved_is_done_once(
    crowd: Gather, acme_owner: Membership, acme_billing: Membership, acme_admin: Membership,
    sell_pool: SeatPool,
) -> None:  # fmt: skip
    """N4: closed by itself, or approved, never both."""
    people = crowd(2)
    asked = changes.ask(changes.fewer(sell_pool, 3), by=acme_admin)
    shown = changes.shown(asked)
    results = people.race(
        [
            partial(changes.approve, asked, by=acme_billing, fingerprint=shown),
            partial(moves.set_numbers, {sell_pool: 3}, by=acme_owner),
        ]
    )
    assert tally(results)[DONE] == 1
    stored = ChangeRequest.objects.get(pk=asked.pk)
    assert not stored.is_open
    assert moves.numbers(sell_pool)[::2] == (5, 3)


def test_the_same_is_asked_for_once_by_many_at_once(
    crowd: Gather, bare: Membership, globex_owner: Membership, globex_admin: Membership,
    globex_talk: SeatPool, catalogue: cast.Catalogue,
) -> None:  # fmt: skip
    """Also of an account that has nothing to lock yet."""
    people = crowd(2)
    first = partial(changes.ask, changes.first_order(catalogue.talk, 3), by=bare)
    assert tally(people.race([first, first])) == {DONE: 1, "open_request": 1}
    wish = changes.fewer(globex_talk, 2)
    both = [partial(changes.ask, wish, by=by) for by in (globex_owner, globex_admin)]
    assert tally(people.race(both)) == {DONE: 1, "open_request": 1}
