"""Asking for seats and deciding on it: R13, R19, R22, D1, N4."""

from datetime import date, timedelta
from typing import Any

import pytest

from accounts.models import Account, Membership, User
from accounts.permissions import Role
from subscriptions.actions import (
    approve_request,
    buy_seats,
    decline_request,
    request_seats,
    withdraw_request,
)
from subscriptions.models import AddressedTo, Order, RequestStatus, SeatPool, SeatRequest
from subscriptions.selectors.quotes import quote_addition
from tests import cast, moves
from tests.refusals import refused


def fresh(request: SeatRequest) -> SeatRequest:
    return SeatRequest.objects.get(pk=request.pk)


def test_an_admin_asks_the_buyers(acme_admin: Membership, suite_pool: SeatPool) -> None:
    """R3, R13, D1."""
    request = moves.ask(suite_pool, 2, by=acme_admin)
    assert (request.addressed_to, request.is_open) == (AddressedTo.BUYERS, True)
    assert not hasattr(request, "service_order")
    assert moves.numbers(suite_pool)[0] == 10


def test_a_sales_managed_accounts_request_opens_a_service_order(
    initech_owner: Membership, initech_pool: SeatPool
) -> None:
    """R2, R19."""
    request = moves.ask(initech_pool, 5, by=initech_owner)
    assert request.is_for_representative
    assert request.service_order.is_open


def test_who_can_buy_has_nobody_to_ask(acme_owner: Membership, suite_pool: SeatPool) -> None:
    """D1."""
    with refused("not_allowed"):
        moves.ask(suite_pool, 2, by=acme_owner)


def test_an_end_user_may_not_ask(acme_end_user: Membership, suite_pool: SeatPool) -> None:
    """D1."""
    with refused("not_allowed"):
        moves.ask(suite_pool, 2, by=acme_end_user)


def test_one_request_per_pool(
    acme_admin: Membership, acme_agent: Membership, suite_pool: SeatPool
) -> None:
    moves.ask(suite_pool, 2, by=acme_admin)
    with refused("open_request"):
        moves.ask(suite_pool, 1, by=acme_agent)


def test_the_same_form_twice_asks_once(acme_admin: Membership, suite_pool: SeatPool) -> None:
    """D6."""
    first = moves.ask(suite_pool, 2, by=acme_admin, idempotency_key="form")
    assert moves.ask(suite_pool, 2, by=acme_admin, idempotency_key="form") == first
    assert SeatRequest.objects.count() == 1


@pytest.mark.parametrize(
    "other", [{"seats": 3}, {"reason": "For the summer."}, {"needed_by": date(2026, 12, 24)}]
)
def test_the_same_form_with_anything_else_in_it_is_refused(
    acme_admin: Membership, suite_pool: SeatPool, other: dict[str, Any]
) -> None:
    """D6."""

    def send(seats: int = 2, reason: str = "New people.", needed_by: date | None = None) -> None:
        request_seats(
            subscription=suite_pool.subscription,
            additions={suite_pool.pk: seats},
            reason=reason,
            needed_by=needed_by,
            idempotency_key="form",
            by=acme_admin,
            at=cast.NOW,
        )

    send()
    with refused("used_form"):
        send(**other)


def test_anothers_key_brings_nobody_their_request(
    acme_admin: Membership, acme_agent: Membership, suite_pool: SeatPool
) -> None:
    """D6."""
    asked = moves.ask(suite_pool, 2, by=acme_admin, idempotency_key="form")
    with refused("open_request"):
        moves.ask(suite_pool, 2, by=acme_agent, idempotency_key="form")
    withdraw_request(seat_request=asked, by=acme_admin, at=cast.NOW)
    own = moves.ask(suite_pool, 2, by=acme_agent, idempotency_key="form")
    assert own.requested_by == acme_agent


@pytest.mark.parametrize("number", [0, -3, 100_001])
def test_absurd_numbers_are_refused(
    acme_admin: Membership, suite_pool: SeatPool, number: int
) -> None:
    with refused("bad_number"):
        moves.ask(suite_pool, number, by=acme_admin)


def test_nothing_is_no_request(acme_admin: Membership, suite_pool: SeatPool) -> None:
    with refused("nothing"):
        request_seats(
            subscription=suite_pool.subscription, additions={}, reason="", needed_by=None,
            idempotency_key="k", by=acme_admin, at=cast.NOW,
        )  # fmt: skip


def test_a_legacy_plan_of_a_sales_managed_account_is_not_extended(
    initech_admin: Membership, catalogue: cast.Catalogue
) -> None:
    """R23."""
    legacy = cast.pool(initech_admin.account.subscription, catalogue.legacy_sell, seats=5)
    with refused("not_addable"):
        moves.ask(legacy, 1, by=initech_admin)


@pytest.mark.parametrize("role", [Role.OWNER, Role.BILLING_ADMIN])
def test_a_buyer_approves_and_the_seats_are_there(
    acme: Account,
    acme_owner: Membership,
    acme_admin: Membership,
    suite_pool: SeatPool,
    role: Role,
) -> None:
    """D1, N1."""
    buyer = acme_owner if role == Role.OWNER else cast.member(acme, "buyer", role)
    request = moves.approve(moves.ask(suite_pool, 2, by=acme_admin), by=buyer)
    assert (request.status, request.decided_by) == (RequestStatus.APPROVED, buyer.user)
    assert moves.numbers(suite_pool) == (12, 0, 12)
    assert request.order
    assert request.order.charged_cents == 2 * 14000 * 8 // 30 + 1  # 7466.67 rounds up
    assert [change.seat_request for change in request.order.changes.all()] == [request]


def test_the_requester_does_not_decide(acme_admin: Membership, suite_pool: SeatPool) -> None:
    """R3."""
    request = moves.ask(suite_pool, 2, by=acme_admin)
    with refused("not_allowed"):
        moves.approve(request, by=acme_admin)
    with refused("not_allowed"):
        decline_request(seat_request=request, note="No.", by=acme_admin, at=cast.NOW)
    assert fresh(request).is_open


def test_the_representative_approves_and_closes_the_service_order(
    rep: User, initech_admin: Membership, initech_pool: SeatPool
) -> None:
    """R22."""
    request = moves.approve(moves.ask(initech_pool, 5, by=initech_admin), by=rep)
    assert moves.numbers(initech_pool)[0] == 45
    request.service_order.refresh_from_db()
    assert request.service_order.closed_at == cast.NOW


def test_only_their_representative_decides(
    rep2: User, root: User, initech_owner: Membership, initech_pool: SeatPool
) -> None:
    """R22, D1: not another rep, nor the account's owner; a superuser may."""
    request = moves.ask(initech_pool, 5, by=initech_owner)
    for who in (rep2, initech_owner):
        with refused("not_allowed"):
            moves.approve(request, by=who)
    moves.approve(request, by=root)


def test_sales_does_not_decide_what_was_asked_of_the_buyers(
    rep: User, globex_admin: Membership, globex_pool: SeatPool
) -> None:
    """D1."""
    request = moves.ask(globex_pool, 1, by=globex_admin)
    with refused("not_allowed"):
        moves.approve(request, by=rep)


def test_a_representative_who_left_staff_decides_nothing(
    rep: User, initech_admin: Membership, initech_pool: SeatPool
) -> None:
    """R22."""
    request = moves.ask(initech_pool, 1, by=initech_admin)
    rep.is_staff = False
    rep.save()
    with refused("not_allowed"):
        moves.approve(request, by=rep)


def test_a_request_is_decided_once(
    acme_owner: Membership, acme_admin: Membership, suite_pool: SeatPool
) -> None:
    """R22."""
    request = moves.ask(suite_pool, 2, by=acme_admin)
    moves.approve(request, by=acme_owner)
    with refused("already_decided"):
        moves.approve(request, by=acme_owner)
    with refused("already_decided"):
        decline_request(seat_request=request, note="No.", by=acme_owner, at=cast.NOW)
    with refused("already_decided"):
        withdraw_request(seat_request=request, by=acme_admin, at=cast.NOW)
    assert moves.numbers(suite_pool)[0] == 12


def test_declining_says_why(
    acme_owner: Membership, acme_admin: Membership, suite_pool: SeatPool
) -> None:
    request = moves.ask(suite_pool, 2, by=acme_admin)
    with refused("note_missing"):
        decline_request(seat_request=request, note="  ", by=acme_owner, at=cast.NOW)
    declined = decline_request(seat_request=request, note="Not now.", by=acme_owner, at=cast.NOW)
    assert (declined.status, declined.note) == (RequestStatus.DECLINED, "Not now.")
    assert moves.numbers(suite_pool)[0] == 10


def test_only_the_requester_withdraws(
    acme_owner: Membership, acme_admin: Membership, suite_pool: SeatPool
) -> None:
    """N4."""
    request = moves.ask(suite_pool, 2, by=acme_admin)
    with refused("not_allowed"):
        withdraw_request(seat_request=request, by=acme_owner, at=cast.NOW)
    withdraw_request(seat_request=request, by=acme_admin, at=cast.NOW)
    assert fresh(request).status == RequestStatus.WITHDRAWN


def test_a_request_closes_when_its_seats_arrive_another_way(
    acme_owner: Membership, acme_admin: Membership, suite_pool: SeatPool
) -> None:
    """N4."""
    request = moves.ask(suite_pool, 2, by=acme_admin)
    moves.buy({suite_pool: 1}, by=acme_owner)
    assert fresh(request).is_open
    later = cast.NOW + timedelta(hours=1)
    moves.buy({suite_pool: 1}, by=acme_owner, at=later)
    closed = fresh(request)
    assert (closed.status, closed.closed_at) == (RequestStatus.FULFILLED, later)
    with refused("already_decided"):
        moves.approve(request, by=acme_owner)
    assert moves.numbers(suite_pool)[0] == 12


def test_approving_at_another_price_than_shown_is_refused(
    acme_owner: Membership, acme_admin: Membership, suite_pool: SeatPool
) -> None:
    """D6, N1."""
    request = moves.ask(suite_pool, 2, by=acme_admin)
    quote = quote_addition(suite_pool.subscription, {suite_pool.pk: 2}, cast.NOW.date())
    with refused("stale"):
        approve_request(
            seat_request=request, note="", quote_fingerprint=quote.fingerprint, by=acme_owner,
            at=cast.NOW + timedelta(days=1),
        )  # fmt: skip
    assert fresh(request).is_open


def test_a_big_request_is_not_approved_before_it_was_asked_once_more(
    acme_owner: Membership, acme_admin: Membership, suite_pool: SeatPool
) -> None:
    """2.4"""
    request = moves.ask(suite_pool, 500, by=acme_admin)
    quote = quote_addition(suite_pool.subscription, {suite_pool.pk: 500}, cast.NOW.date())
    with refused("unconfirmed"):
        approve_request(
            seat_request=request,
            note="",
            quote_fingerprint=quote.fingerprint,
            by=acme_owner,
            at=cast.NOW,
        )
    assert fresh(request).is_open
    moves.approve(request, by=acme_owner)
    assert moves.numbers(suite_pool)[0] == 510


def test_no_form_can_take_the_place_of_an_approval(
    acme_owner: Membership, acme_admin: Membership, suite_pool: SeatPool
) -> None:
    """A form's key is what the browser sends: one made up must not block the request."""
    request = moves.ask(suite_pool, 5, by=acme_admin)
    quote = quote_addition(suite_pool.subscription, {suite_pool.pk: 1}, cast.NOW.date())
    buy_seats(
        subscription=suite_pool.subscription, additions={suite_pool.pk: 1},
        quote_fingerprint=quote.fingerprint, idempotency_key=f"request-{request.pk}",
        by=acme_owner, at=cast.NOW,
    )  # fmt: skip
    moves.approve(request, by=acme_owner)
    assert moves.numbers(suite_pool)[0] == 16
    assert Order.objects.count() == 2
