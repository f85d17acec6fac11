"""What the cast does, the way pages do it: look at the price, then agree."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from uuid import uuid4

from accounts.actions import issue_token, rotate_token
from accounts.actors import Actor
from accounts.models import ApiToken, Channel, Membership, User
from accounts.permissions import Scope
from core.credentials import Overlap, SecretKey
from subscriptions.actions import (
    approve_request,
    buy_seats,
    carry_out,
    join_request,
    propose,
    request_seats,
    set_seats,
)
from subscriptions.models import (
    Order,
    RequestPart,
    RequestStatus,
    SeatAssignment,
    SeatPool,
    SeatRequest,
    Subscription,
)
from subscriptions.rules.changes import Change
from subscriptions.rules.quotes import Quote, Timing
from subscriptions.selectors.quotes import quote_addition, quote_targets
from tests.cast import NOW

# Whoever acts in an account: a member, or a program with a token.
Who = Membership | Actor


def buy(
    counts: Mapping[SeatPool, int], by: Who, at: datetime = NOW, *, idempotency_key: str = ""
) -> Order:
    """Look at the price and buy."""
    quote = price(by.account.subscription, counts, at)
    return buy_as_shown(quote, counts, by=by, at=at, idempotency_key=idempotency_key or uuid4().hex)


def price(subscription: Subscription, counts: Mapping[SeatPool, int], at: datetime = NOW) -> Quote:
    """What the page shows for so many seats more."""
    return quote_addition(subscription, _by_id(counts), at.date())


def buy_as_shown(
    quote: Quote,
    counts: Mapping[SeatPool, int],
    by: Who,
    at: datetime = NOW,
    *,
    idempotency_key: str,
) -> Order:
    """Send the form that was shown with this quote; what is asked once more is agreed to."""
    return buy_seats(
        subscription=quote.subscription,
        additions=_by_id(counts),
        quote_fingerprint=quote.fingerprint,
        idempotency_key=idempotency_key,
        by=by,
        at=at,
        confirmed=True,
    )


def set_numbers(
    targets: Mapping[SeatPool, int],
    by: Who,
    at: datetime = NOW,
    *,
    timing: Timing = Timing.AT_RENEWAL,
    chosen: Collection[SeatAssignment] = (),
    idempotency_key: str = "",
) -> Order:
    """Look at what would happen and update the subscription."""
    subscription, wanted = by.account.subscription, _by_id(targets)
    choice = [assignment.pk for assignment in chosen]
    quote = quote_targets(subscription, wanted, at.date(), timing, choice)
    return set_seats(
        subscription=subscription,
        targets=wanted,
        timing=timing,
        chosen=choice,
        quote_fingerprint=quote.fingerprint,
        idempotency_key=idempotency_key or uuid4().hex,
        by=by,
        at=at,
        confirmed=True,
    )


def ask(
    pool: SeatPool, seats: int, by: Who, at: datetime = NOW, *, idempotency_key: str = ""
) -> SeatRequest:
    """Request seats of one pool."""
    [request] = request_seats(
        subscription=by.account.subscription,
        additions={pool.pk: seats},
        reason="Two people start next week.",
        needed_by=None,
        idempotency_key=idempotency_key or uuid4().hex,
        by=by,
        at=at,
    )
    return request


def join(
    seat_request: SeatRequest,
    seats: int,
    by: Who,
    at: datetime = NOW,
    *,
    idempotency_key: str = "",
) -> RequestPart:
    """Ask for more in a request that is open."""
    return join_request(
        seat_request=seat_request,
        seats=seats,
        reason="Three more start in May.",
        idempotency_key=idempotency_key or uuid4().hex,
        by=by,
        at=at,
    )


def approve(seat_request: SeatRequest, by: Who | User, at: datetime = NOW) -> SeatRequest:
    """Look at the request's cost and approve it."""
    subscription = Subscription.objects.get(pk=seat_request.pool.subscription_id)
    quote = quote_addition(subscription, {seat_request.pool_id: seat_request.seats}, at.date())
    return approve_request(
        seat_request=seat_request,
        note="",
        quote_fingerprint=quote.fingerprint,
        by=by,
        at=at,
        confirmed=True,
    )


def issue(
    by: Membership,
    *scopes: Scope,
    name: str = "Payroll",
    expires_on: date | None = None,
    at: datetime = NOW,
    idempotency_key: str = "",
) -> tuple[ApiToken, SecretKey]:
    """Create an API token, which may read the team unless said otherwise, for 90 days."""
    token, key = issue_token(
        name=name,
        scopes=scopes or (Scope.READ_TEAM,),
        expires_on=expires_on or at.date() + timedelta(days=90),
        idempotency_key=idempotency_key or uuid4().hex,
        by=by,
        at=at,
    )
    assert key
    return token, key


def rotate(
    token: ApiToken, by: Membership, overlap: Overlap = Overlap.NONE, at: datetime = NOW
) -> SecretKey:
    _token, key = rotate_token(
        token=token, overlap=overlap, idempotency_key=uuid4().hex, by=by, at=at
    )
    assert key
    return key


def withdraw_all_requests() -> None:
    """So that seats can be requested again, whatever was open."""
    SeatRequest.objects.update(
        status=RequestStatus.WITHDRAWN, closed_at=NOW, closed_through=Channel.PAGE
    )


def seat_of(member: Membership, pool: SeatPool) -> SeatAssignment:
    return SeatAssignment.objects.get(membership=member, pool=pool)


def numbers(pool: SeatPool) -> tuple[int, int, int]:
    """Purchased, assigned, at renewal, as stored now."""
    row = SeatPool.objects.get(pk=pool.pk)
    return row.seats, row.assigned, row.seats_at_renewal


def _by_id(counts: Mapping[SeatPool, int]) -> dict[int, int]:
    return {pool.pk: count for pool, count in counts.items()}


def change(
    subscription: Subscription,
    what: Change,
    by: User,
    at: datetime = NOW,
    *,
    reason: str = "Agreed by phone.",
    idempotency_key: str = "",
) -> Order:
    """Look at what it would do, and do it, at the sales desk."""
    subscription = Subscription.objects.select_related("account").get(pk=subscription.pk)
    proposal = propose(subscription=subscription, change=what, by=by, at=at)
    return carry_out(
        subscription=subscription,
        change=what,
        quote_fingerprint=proposal.fingerprint,
        idempotency_key=idempotency_key or uuid4().hex,
        reason=reason,
        by=by,
        at=at,
    )
