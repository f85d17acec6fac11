from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, requires
from accounts.models import Account
from accounts.permissions import Permission
from accounts.selectors.contacts import ask_representative, representative_or_support
from core.errors import status_of_form
from subscriptions.actions import set_seats
from subscriptions.forms import ManageForm, field_name, has_numbers, new_idempotency_key
from subscriptions.models import Subscription
from subscriptions.rules.consent import consent_to
from subscriptions.rules.quotes import PoolChange, Quote, Timing
from subscriptions.rules.routes import Removal, pool_rule
from subscriptions.rules.seats import PoolSnapshot
from subscriptions.selectors.orders import receipt
from subscriptions.selectors.quotes import quote_targets
from subscriptions.selectors.seats import pools_of
from subscriptions.views.common import (
    as_typed,
    needs_seats,
    quotable_numbers,
    route_of,
    show_refusals,
    subscription_of,
)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CHANGE_SUBSCRIPTION)
@needs_seats(gettext_lazy("Manage subscription"))
def manage(request: MemberRequest) -> HttpResponse:
    """The seats needed, pool by pool, and what follows, before anything is changed (R7–R10)."""
    subscription = subscription_of(request)
    _check_online(request)
    sent = request.POST if request.method == "POST" else request.GET
    pools = pools_of(subscription)
    now_needed = {field_name(pool.id): pool.at_renewal for pool in pools}
    form = ManageForm(sent if has_numbers(sent) else now_needed, pools, required=True)
    if form.is_valid() and request.method == "POST":
        try:
            order = set_seats(
                subscription=subscription,
                targets=form.numbers(),
                timing=form.cleaned_data["timing"],
                chosen=form.chosen(),
                quote_fingerprint=form.cleaned_data["quote_fingerprint"],
                idempotency_key=form.cleaned_data["idempotency_key"] or new_idempotency_key(),
                by=request.actor,
                at=timezone.now(),
                confirmed=form.is_confirmed,
            )
        except ValidationError as refusal:
            return _page(request, subscription, form.against(pools_of(subscription)), refusal)
        else:
            messages.success(request, receipt(order))
            return redirect("subscription", account=request.membership.account.slug)
    return _page(request, subscription, form)


def _check_online(request: MemberRequest) -> None:
    if not route_of(request).can_buy:
        raise PermissionDenied(ask_representative(request.membership.account))


def _page(
    request: MemberRequest,
    subscription: Subscription,
    form: ManageForm,
    refusal: ValidationError | None = None,
) -> HttpResponse:
    account = request.membership.account
    asked = quote = _quote(subscription, form, quotable_numbers(form))
    # What cannot be done is not shown as if it could: no price, and nobody named (R7, R23).
    if show_refusals(form, asked):
        quote = _quote(subscription, form, {})
    elif refusal:
        form.add_error(None, refusal)
    removals = {pool.id: _removal(account, pool) for pool in form.pools}
    form.start_at_needed([pool for pool in form.pools if removals[pool.id] is Removal.NONE])
    fewer = [removals[change.pool.id] for change in asked.changed if change.delta < 0]
    context = {
        "account": account,
        "subscription": subscription,
        "form": form,
        "idempotency_key": new_idempotency_key(),
        "quote": quote,
        "consent": consent_to(quote) if form.is_unconfirmed else None,
        "as_typed": as_typed(request),
        "rows": [(c, form.field_of(c.pool), _ticked(form, c)) for c in quote.changes],
        "contact": representative_or_support(account),
        "can_remove": any(removal is not Removal.NONE for removal in removals.values()),
        "removes": any(removal is not Removal.NONE for removal in fewer),
        "removes_at_once": Removal.ANY in fewer,
        "crumbs": [
            (_("Account"), None),
            (_("Billing"), None),
            (_("Subscription"), reverse("subscription", args=[account.slug])),
        ],
    }
    status = status_of_form(form) if request.method == "POST" else 200
    return render(request, "subscriptions/manage.html", context, status=status)


def _quote(subscription: Subscription, form: ManageForm, numbers: dict[int, int]) -> Quote:
    timing = form.cleaned_data.get("timing", Timing.AT_RENEWAL)
    return quote_targets(subscription, numbers, timezone.now().date(), timing, form.chosen())


def _removal(account: Account, pool: PoolSnapshot) -> Removal:
    return pool_rule(account.kind, is_legacy=pool.is_legacy).removal


def _ticked(form: ManageForm, change: PoolChange) -> list[int]:
    """Whose box is ticked: those chosen; where nobody was, those it would take (D4)."""
    choice = form.choice(change.pool)
    going = [holder.assignment_id for holder in change.displaced]
    if choice is None:
        return going if change.can_be_ticked else []
    return [assignment_id for assignment_id in going if assignment_id in choice]
