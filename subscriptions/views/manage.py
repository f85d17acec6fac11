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
from accounts.contacts import ask_representative, representative_or_support
from accounts.permissions import Permission
from accounts.refusals import status_of_form
from subscriptions.actions import set_seats
from subscriptions.forms import ManageForm, field_name, has_numbers, new_key
from subscriptions.models import Subscription
from subscriptions.quotes import Timing, quote_targets
from subscriptions.receipts import receipt
from subscriptions.routes import Removal, pool_rule
from subscriptions.seats import PoolSnapshot, pools_of
from subscriptions.views.common import needs_seats, quotable_numbers, route_of, subscription_of


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CHANGE_SUBSCRIPTION)
@needs_seats(gettext_lazy("Manage subscription"))
def manage(request: MemberRequest) -> HttpResponse:
    """The seats needed, pool by pool, and what follows, before anything is changed (R7–R10)."""
    subscription = subscription_of(request)
    _refuse_sales_managed(request)
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
                seen=form.cleaned_data["seen"],
                key=form.cleaned_data["key"] or new_key(),
                by=request.membership,
                at=timezone.now(),
            )
        except ValidationError as refusal:
            pools = pools_of(subscription)
            form = form.against(pools)
            form.add_error(None, refusal)
        else:
            messages.success(request, receipt(order))
            return redirect("subscription", account=request.membership.account.slug)
    return _page(request, subscription, pools, form)


def _refuse_sales_managed(request: MemberRequest) -> None:
    if not route_of(request).can_buy:
        raise PermissionDenied(ask_representative(request.membership.account))


def _page(
    request: MemberRequest, subscription: Subscription, pools: list[PoolSnapshot], form: ManageForm
) -> HttpResponse:
    account = request.membership.account
    quote = quote_targets(
        subscription,
        quotable_numbers(form),
        timezone.now().date(),
        form.cleaned_data.get("timing", Timing.AT_RENEWAL),
        form.chosen(),
    )
    rules = {pool.id: pool_rule(account.kind, is_legacy=pool.is_legacy) for pool in pools}
    context = {
        "account": account,
        "subscription": subscription,
        "form": form,
        "key": new_key(),
        "quote": quote,
        "chosen": form.chosen(),
        "rows": [(c, form.field_of(c.pool), rules[c.pool.id]) for c in quote.changes],
        "contact": representative_or_support(account),
        "can_remove": any(rule.removal is not Removal.NONE for rule in rules.values()),
        "crumbs": [
            (_("Account"), None),
            (_("Billing"), None),
            (_("Subscription"), reverse("subscription", args=[account.slug])),
        ],
    }
    status = status_of_form(form) if request.method == "POST" else 200
    return render(request, "subscriptions/manage.html", context, status=status)
