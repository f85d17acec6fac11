"""Pages about seats, before any seats are bought (R6)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise

from accounts.access import MemberRequest, View
from accounts.models import Membership
from accounts.permissions import Permission
from accounts.selectors.contacts import representative_or_support
from subscriptions.models import ChangeRequest, ChangeRequestStatus, SeatPool, Subscription
from subscriptions.selectors.change_requests import change_rows, open_changes
from subscriptions.views.crumbs import crumbs_to_billing

_CLOSED_SHOWN = 20


def needs_seats(heading: Promise) -> Callable[[View], View]:
    """Until seats are bought, answer pages about seats with what is missing (R6)."""

    def decorate(view: View) -> View:
        @wraps(view)
        def shown(request: Any, **kwargs: Any) -> HttpResponse:
            account = request.membership.account
            if SeatPool.objects.filter(subscription__account=account).exists():
                return view(request, **kwargs)
            context = {
                "heading": heading,
                "account": account,
                "contact": representative_or_support(account),
                **changes_asked_for(request.membership, None),
                "crumbs": crumbs_to_billing(),
            }
            # Nothing was done with what was sent.
            status = 200 if request.method in ("GET", "HEAD") else 409
            return render(request, "subscriptions/nothing_bought.html", context, status=status)

        return shown

    return decorate


def changes_asked_for(member: Membership, subscription: Subscription | None) -> dict[str, Any]:
    """Change requests for a page: the open ones, and the last closed; none for agents."""
    can_request = member.may(Permission.REQUEST_CHANGES)
    if not member.may(Permission.VIEW_SUBSCRIPTION):
        return {"can_request_changes": can_request}
    now, rows = timezone.now(), ChangeRequest.objects.filter(account=member.account).with_details()
    closed = rows.exclude(status=ChangeRequestStatus.OPEN).order_by("-closed_at", "-pk")
    return {
        "can_request_changes": can_request,
        "open_changes": change_rows(open_changes(member.account), subscription, member, now),
        "closed_changes": change_rows(closed[:_CLOSED_SHOWN], subscription, member, now),
    }


def subscription_of(request: MemberRequest) -> Subscription:
    """The subscription of the member's account; 404 where nothing is bought yet."""
    subscription = (
        Subscription.objects.filter(account=request.membership.account)
        .select_related("account__representative")
        .first()
    )
    if subscription is None:
        raise Http404
    return subscription
