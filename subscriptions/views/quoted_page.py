"""The frame of the three pages with numbers of seats and their quote (N1, N2).

Add more seats, Request agent seats and Manage subscription: the form as it was sent or as
its address says, the quote of its numbers, and what is sent back with them.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.access import MemberRequest
from accounts.permissions import Permission
from core.errors import status_of_form
from core.fields import new_idempotency_key
from subscriptions.actions.preconditions import refusals_by_pool
from subscriptions.forms import SeatNumbersForm, field_name
from subscriptions.rules.consent import consent_to
from subscriptions.rules.quotes import Quote
from subscriptions.rules.routes import route_of

_NOT_TYPED = ("csrfmiddlewaretoken", "idempotency_key", "quote_fingerprint", "confirmed")


def quotable_numbers(form: SeatNumbersForm) -> dict[int, int]:
    """The numbers to quote; empty while any of them is invalid."""
    if not form.is_valid() and form.has_wrong_number:
        return {}
    return form.numbers()


def allowed_quote(
    form: SeatNumbersForm, asked: Quote, quote: Callable[[Mapping[int, int]], Quote]
) -> Quote:
    """The quote to show for `asked`: itself, or one that changes nothing where a rule forbids it.

    What cannot be done is not shown as if it could: no price, and nobody named. Why is said
    under its number, in place of what the action said (R7, R23).
    """
    refusals = refusals_by_pool(asked)
    if not refusals:
        return asked
    form.errors.pop(NON_FIELD_ERRORS, None)
    for pool_id, refusal in refusals.items():
        form.add_error(field_name(pool_id), refusal)
    return quote({})


def quoted_page(
    request: MemberRequest, template: str, form: SeatNumbersForm, quote: Quote, **context: Any
) -> HttpResponse:
    """A page with the form and the quote of its numbers, asked once more where it must be (D6)."""
    member = request.membership
    context |= {
        "account": member.account,
        "subscription": quote.subscription,
        "route": route_of(member),
        "sees_subscription": member.may(Permission.VIEW_SUBSCRIPTION),
        "form": form,
        "idempotency_key": new_idempotency_key(),
        "quote": quote,
        "consent": consent_to(quote) if form.is_unconfirmed else None,
        "as_typed": as_typed(request),
    }
    status = status_of_form(form) if request.method == "POST" else 200
    return render(request, template, context, status=status)


def as_typed(request: HttpRequest) -> str:
    """The page as it was before it asked once more, with what was typed."""
    query = request.GET.copy()
    for name in request.POST:
        if name not in _NOT_TYPED:
            query.setlist(name, request.POST.getlist(name))
    return f"{request.path}?{query.urlencode()}"
