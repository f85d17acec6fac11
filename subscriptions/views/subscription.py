from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest, requires
from accounts.permissions import Permission
from accounts.selectors.contacts import representative_or_support, who_may
from core.views import refusals_as_messages
from subscriptions.actions import cancel_scheduled_reduction
from subscriptions.rules.routes import route_of
from subscriptions.rules.seats import PoolSnapshot
from subscriptions.selectors.routes import ways_to_seats
from subscriptions.selectors.seats import pools_of
from subscriptions.selectors.subscriptions import next_period_cents, pool_rows
from subscriptions.views.crumbs import crumbs_to_billing
from subscriptions.views.needs_seats import needs_seats, subscription_of


@require_safe
@requires(Permission.VIEW_SUBSCRIPTION)
@needs_seats(gettext_lazy("Subscription"))
def subscription(request: MemberRequest) -> HttpResponse:
    """Every plan the account has bought, its seats and its cost (R4)."""
    account = request.membership.account
    subscription = subscription_of(request)
    pools = pools_of(subscription)
    today = timezone.now().date()
    # Even if the renewal failed, the page shows no date in the past.
    renews = subscription.period_on(today).end
    context = {
        "account": account,
        "subscription": subscription,
        "renews": renews,
        "days_left": (renews - today).days,
        "ways": ways_to_seats(request.membership, pools),
        "rows": pool_rows(subscription, pools),
        "next_period_cents": next_period_cents(subscription, pools),
        "route": route_of(request.membership),
        "buyers": who_may(account, Permission.CHANGE_SUBSCRIPTION),
        "contact": representative_or_support(account),
        "can_request_changes": request.membership.may(Permission.REQUEST_CHANGES),
        "crumbs": crumbs_to_billing(),
    }
    return render(request, "subscriptions/subscription.html", context)


@require_POST
@requires(Permission.CHANGE_SUBSCRIPTION)
def cancel_reduction(request: MemberRequest) -> HttpResponse:
    """Undo a scheduled reduction (D3)."""
    pools = {str(pool.id): pool for pool in pools_of(subscription_of(request))}
    pool = pools.get(request.POST.get("pool", ""))
    if pool is None:
        raise Http404
    with refusals_as_messages(request):
        undone = cancel_scheduled_reduction(pool=pool, by=request.actor, at=timezone.now())
        messages.success(request, _kept(pool) if undone else _nothing_scheduled(pool))
    return redirect("subscription", account=request.membership.account.slug)


def _kept(pool: PoolSnapshot) -> str:
    return ngettext(
        "Reduction undone. %(pool)s keeps its %(seats)s seat.",
        "Reduction undone. %(pool)s keeps its %(seats)s seats.",
        pool.purchased,
    ) % {"pool": pool.name, "seats": pool.purchased}


def _nothing_scheduled(pool: PoolSnapshot) -> str:
    """The message when nothing is scheduled: already undone, or already renewed."""
    return ngettext(
        "No reduction is scheduled. %(pool)s has %(seats)s seat.",
        "No reduction is scheduled. %(pool)s has %(seats)s seats.",
        pool.purchased,
    ) % {"pool": pool.name, "seats": pool.purchased}
