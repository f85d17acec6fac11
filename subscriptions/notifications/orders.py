"""The receipt for an order (R17)."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.permissions import Permission, Role
from core.mail import send_mail
from core.summaries import summarized
from subscriptions.models import (
    Cycle,
    Order,
    RequestStatus,
    SeatChange,
    SeatChangeKind,
    SeatRequest,
    Subscription,
)
from subscriptions.notifications.people import called, page_url
from subscriptions.selectors.quotes import quote_addition
from subscriptions.selectors.seats import displaced_at_renewal, pools_of


@summarized(_("Receipt for seats bought"))
def seats_bought(order: Order) -> None:
    """The receipt, for whoever bought and for the owner, once each (R17).

    Who asked for the seats is told of their request instead, and the vendor's people
    have it in Django admin.
    """
    account = order.account
    subscription = account.subscription
    quote = quote_addition(subscription, {}, order.placed_at.date())
    changes = order.changes.of_numbers().select_related("pool").order_by("pk")
    bought = [change for change in changes if change.kind == SeatChangeKind.BOUGHT]
    context = {
        "account": account,
        "order": order,
        "changes": changes,
        "number": sum(change.seats_after - change.seats_before for change in bought),
        "pools": [change.pool.name for change in bought],
        "losing": _losing(subscription, changes),
        "period_cents": quote.period_cents,
        "is_annual": subscription.cycle == Cycle.ANNUAL,
        "paid_until": quote.period.end,
        "request": _request_of(order),
        "fulfilled": _fulfilled_by(order),
        "buyer": called(account, order.placed_by, order.token),
        "link": page_url("subscription", account),
    }
    for member in _receivers(order):
        send_mail("emails/seats_bought", member.user, context)


def _losing(subscription: Subscription, changes: Iterable[SeatChange]) -> list[tuple[str, str]]:
    """Of each pool that the order reduces at renewal: its name, and who loses a seat then (D4)."""
    going = displaced_at_renewal(pools_of(subscription))
    reduced = [change.pool for change in changes if change.kind == SeatChangeKind.SCHEDULED]
    return [
        (pool.name, ", ".join(holder.name for holder in going[pool.pk]))
        for pool in reduced
        if going[pool.pk]
    ]


def _request_of(order: Order) -> SeatRequest | None:
    """The request that an order fulfils, if it was approved and not bought freely."""
    return SeatRequest.objects.with_details().filter(order=order).first()


def _receivers(order: Order) -> list[Membership]:
    # Who made the token that bought may see no prices any more.
    people = order.account.memberships.who_may(Permission.VIEW_SUBSCRIPTION).select_related("user")
    receivers = people.filter(Q(role=Role.OWNER) | Q(user=order.placed_by))
    if seat_request := _request_of(order):
        asking = [part.requested_by_id for part in seat_request.standing]
        receivers = receivers.exclude(pk__in=asking)
    return list(receivers)


def order_behind(seat_request: SeatRequest) -> Order | None:
    """The order that brought a request's seats, approved or bought another way."""
    if seat_request.status == RequestStatus.FULFILLED and seat_request.closed_at:
        bought = seat_request.pool.changes.filter(
            kind=SeatChangeKind.BOUGHT, at=seat_request.closed_at
        )
        return Order.objects.filter(changes__in=bought).first()
    return seat_request.order


def _fulfilled_by(order: Order) -> QuerySet[SeatRequest]:
    """The requests that closed because this order brought their seats (N4)."""
    closed = SeatRequest.objects.with_details().filter(pool__changes__order=order)
    return closed.filter(status=RequestStatus.FULFILLED, closed_at=order.placed_at).distinct()


def receipted(order: Order | None) -> set[int]:
    """The ids of the users who get an order's receipt."""
    return {member.user_id for member in _receivers(order)} if order else set()
