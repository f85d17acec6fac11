"""Pages about seats, before any seats are bought (R6)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise

from accounts.access import MemberRequest, View
from accounts.selectors.contacts import representative_or_support
from subscriptions.models import SeatPool, Subscription
from subscriptions.views.crumbs import crumbs_to_billing


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
                "crumbs": crumbs_to_billing(),
            }
            # Nothing was done with what was sent.
            status = 200 if request.method in ("GET", "HEAD") else 409
            return render(request, "subscriptions/nothing_bought.html", context, status=status)

        return shown

    return decorate


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
