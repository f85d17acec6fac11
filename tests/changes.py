"""What the cast asks for besides more seats."""

from datetime import date, datetime
from uuid import uuid4

from accounts.models import Membership, User
from subscriptions.actions import (
    approve_change,
    approve_reduction,
    propose_change,
    request_change,
)
from subscriptions.models import (
    ChangeRequest,
    ChangeRequestKind,
    Line,
    Plan,
    SeatPool,
    Subscription,
)
from subscriptions.rules.change_requests import Terms, Wish
from subscriptions.rules.quotes import Timing
from subscriptions.selectors.quotes import quote_targets
from tests.cast import NOW
from tests.moves import Who

CANCELLATION = Wish(ChangeRequestKind.CANCELLATION)


def fewer(pool: SeatPool, seats: int) -> Wish:
    return Wish(ChangeRequestKind.FEWER_SEATS, pool=pool.pk, seats=seats)


def other_plan(line: Line, plan: Plan) -> Wish:
    return Wish(ChangeRequestKind.OTHER_PLAN, line=line.pk, plan=plan.pk)


def other_product(plan: Plan, seats: int) -> Wish:
    return Wish(ChangeRequestKind.OTHER_PRODUCT, plan=plan.pk, seats=seats)


def first_order(plan: Plan, seats: int) -> Wish:
    return Wish(ChangeRequestKind.FIRST_ORDER, plan=plan.pk, seats=seats)


def ask(
    wish: Wish,
    by: Who,
    at: datetime = NOW,
    *,
    reason: str = "Season over.",
    wanted_on: date | None = None,
    idempotency_key: str = "",
) -> ChangeRequest:
    """Send the form."""
    return request_change(
        account=by.account,
        wish=wish,
        reason=reason,
        wanted_on=wanted_on,
        idempotency_key=idempotency_key or uuid4().hex,
        by=by,
        at=at,
    )


def shown(asked: ChangeRequest, at: datetime = NOW) -> str:
    """The fingerprint of what a buyer sees that it would mean."""
    assert asked.pool
    assert asked.seats
    numbers = {asked.pool.pk: asked.seats}
    subscription = Subscription.objects.get(account=asked.account)
    return quote_targets(subscription, numbers, at.date(), Timing.AT_RENEWAL).fingerprint


def approve(
    asked: ChangeRequest, by: Membership, at: datetime = NOW, *, fingerprint: str = ""
) -> ChangeRequest:
    """Look at what it would mean, as a buyer, and approve."""
    return approve_reduction(
        change_request=asked,
        note="",
        quote_fingerprint=fingerprint or shown(asked, at),
        by=by,
        at=at,
    )


def approve_at_desk(
    asked: ChangeRequest,
    by: User,
    at: datetime = NOW,
    *,
    terms: Terms | None = None,
    note: str = "",
) -> ChangeRequest:
    """Look at what approving would do, and approve."""
    terms = terms or Terms()
    shown = propose_change(change_request=asked, terms=terms, by=by, at=at)
    return approve_change(
        change_request=asked, terms=terms, note=note, quote_fingerprint=shown.fingerprint,
        by=by, at=at,
    )  # fmt: skip
