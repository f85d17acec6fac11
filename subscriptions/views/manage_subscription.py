from collections.abc import Mapping

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, requires
from accounts.models import Account
from accounts.permissions import Permission
from accounts.selectors.contacts import ask_representative, representative_or_support
from core.views import refusals_on
from subscriptions.actions import set_seats
from subscriptions.forms import ManageForm, field_name, has_numbers
from subscriptions.models import Subscription
from subscriptions.rules.quotes import PoolChange, Quote, Timing
from subscriptions.rules.routes import Removal, pool_rule, route_of
from subscriptions.rules.seats import PoolSnapshot
from subscriptions.selectors.quotes import quote_targets
from subscriptions.selectors.receipts import receipt
from subscriptions.selectors.seats import pools_of
from subscriptions.views.crumbs import crumbs_to_billing
from subscriptions.views.needs_seats import needs_seats, subscription_of
from subscriptions.views.quoted_page import allowed_quote, quotable_numbers, quoted_page


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CHANGE_SUBSCRIPTION)
@needs_seats(gettext_lazy("Manage subscription"))
def manage_subscription(request: MemberRequest) -> HttpResponse:
    """The seats needed, pool by pool, and what follows, before anything is changed (R7–R10)."""
    subscription = subscription_of(request)
    _check_online(request)
    sent = request.POST if request.method == "POST" else request.GET
    pools = _going_on(subscription)
    now_needed = {field_name(pool.id): pool.at_renewal for pool in pools}
    form = ManageForm(sent if has_numbers(sent) else now_needed, pools, required=True)
    if form.is_valid() and request.method == "POST":
        with refusals_on(form):
            order = set_seats(
                subscription=subscription,
                targets=form.numbers(),
                timing=form.cleaned_data["timing"],
                chosen=form.chosen(),
                quote_fingerprint=form.cleaned_data["quote_fingerprint"],
                idempotency_key=form.cleaned_data["idempotency_key"],
                by=request.actor,
                at=timezone.now(),
                confirmed=form.is_confirmed,
            )
            messages.success(request, receipt(order))
            return redirect("subscription", account=request.membership.account.slug)
        form = form.checked_against(_going_on(subscription))
    return _page(request, subscription, form)


def _going_on(subscription: Subscription) -> list[PoolSnapshot]:
    """Of pools that end nothing is to be entered any more (D15)."""
    return [pool for pool in pools_of(subscription) if not pool.ends]


def _check_online(request: MemberRequest) -> None:
    if not route_of(request.membership).can_buy:
        raise PermissionDenied(ask_representative(request.membership.account))


def _page(request: MemberRequest, subscription: Subscription, form: ManageForm) -> HttpResponse:
    account = request.membership.account

    def quoted(targets: Mapping[int, int]) -> Quote:
        timing = form.cleaned_data.get("timing", Timing.AT_RENEWAL)
        return quote_targets(subscription, targets, timezone.now().date(), timing, form.chosen())

    asked = quoted(quotable_numbers(form))
    quote = allowed_quote(form, asked, quoted)
    removals = {pool.id: _removal(account, pool) for pool in form.pools}
    form.start_at_needed([pool for pool in form.pools if removals[pool.id] is Removal.NONE])
    fewer = [removals[change.pool.id] for change in asked.changed if change.delta < 0]
    return quoted_page(
        request,
        "subscriptions/manage_subscription.html",
        form,
        quote,
        rows=[
            (c, form.field_of(c.pool), _ticked(form, c))
            for c in quote.changes
            if c.pool in form.pools
        ],
        contact=representative_or_support(account),
        can_remove=any(removal is not Removal.NONE for removal in removals.values()),
        removes=any(removal is not Removal.NONE for removal in fewer),
        removes_at_once=Removal.ANY in fewer,
        crumbs=crumbs_to_billing(
            (_("Subscription"), reverse("subscription", args=[account.slug])),
        ),
    )


def _removal(account: Account, pool: PoolSnapshot) -> Removal:
    return pool_rule(account.kind, is_legacy=pool.is_legacy).removal


def _ticked(form: ManageForm, change: PoolChange) -> list[int]:
    """Whose box is ticked: those chosen; where nobody was, those it would take (D4)."""
    choice = form.choice(change.pool)
    going = [holder.assignment_id for holder in change.displaced]
    if choice is None:
        return going if change.can_be_ticked else []
    return [assignment_id for assignment_id in going if assignment_id in choice]
