from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, requires
from accounts.permissions import Permission
from accounts.selectors.contacts import representative_or_support, who_may
from core.errors import status_of_form
from core.fields import new_idempotency_key
from core.views import refusals_on
from subscriptions import actions
from subscriptions.forms import (
    CancellationForm,
    ChangeRequestForm,
    FewerSeatsForm,
    NewPlanForm,
    OtherPlanForm,
)
from subscriptions.models import Addressee, ChangeRequestKind, Subscription
from subscriptions.rules.change_requests import addressee, kinds_for
from subscriptions.rules.seats import PoolSnapshot
from subscriptions.selectors.change_requests import open_changes, preview
from subscriptions.selectors.offers import first_offers, plan_offers, product_offers
from subscriptions.selectors.seats import pools_of
from subscriptions.views.crumbs import crumbs_to_billing


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.REQUEST_CHANGES)
def request_change(request: MemberRequest) -> HttpResponse:
    """The form for something else than more seats: what, why, and by when (R3)."""
    account = request.membership.account
    found = Subscription.objects.filter(account=account).select_related("account__representative")
    subscription = found.first()
    pools = pools_of(subscription) if subscription else []
    kinds = _kinds(request, subscription, pools)
    if not kinds or (subscription and subscription.is_ended):
        # Nothing is left to ask for here; that page says whom to ask.
        return redirect("subscription", account=account.slug)
    form = _form(request, _chosen(request, kinds), subscription, pools)
    if request.method == "POST" and form.is_valid() and form.wish and "look" not in request.POST:
        with refusals_on(form):
            made = actions.request_change(
                account=account,
                wish=form.wish,
                reason=form.cleaned_data["reason"],
                wanted_on=form.cleaned_data["wanted_on"],
                idempotency_key=form.cleaned_data["idempotency_key"],
                by=request.actor,
                at=timezone.now(),
            )
            said = _("Request sent: %(what)s. You will get an email when it is decided.")
            messages.success(request, said % {"what": made})
            return redirect("requests", account=account.slug)
    return _page(request, form, kinds, subscription)


def _kinds(
    request: MemberRequest, subscription: Subscription | None, pools: list[PoolSnapshot]
) -> list[ChangeRequestKind]:
    """What there is to choose from for this member: nothing that nobody could have."""
    kinds = kinds_for(request.membership, has_bought=bool(pools))
    missing = set()
    if not _can_shrink(pools):
        missing.add(ChangeRequestKind.FEWER_SEATS)
    if subscription and not plan_offers(subscription):
        missing.add(ChangeRequestKind.OTHER_PLAN)
    if subscription and not product_offers(subscription):
        missing.add(ChangeRequestKind.OTHER_PRODUCT)
    if subscription and subscription.ends_at_renewal:
        missing.add(ChangeRequestKind.CANCELLATION)
    return [kind for kind in kinds if kind not in missing]


def _can_shrink(pools: list[PoolSnapshot]) -> list[PoolSnapshot]:
    return [pool for pool in pools if pool.at_renewal > 1]


def _chosen(request: MemberRequest, kinds: list[ChangeRequestKind]) -> ChangeRequestKind:
    """The kind of the address; the first where it names none of them."""
    return next((kind for kind in kinds if kind == request.GET.get("kind")), kinds[0])


def _form(
    request: MemberRequest,
    kind: ChangeRequestKind,
    subscription: Subscription | None,
    pools: list[PoolSnapshot],
) -> ChangeRequestForm:
    data: Any = request.POST if request.method == "POST" else request.GET.dict()
    if kind is ChangeRequestKind.CANCELLATION:
        form: ChangeRequestForm = CancellationForm(data)
    elif kind is ChangeRequestKind.FEWER_SEATS:
        shrinking = _can_shrink(pools)
        form = FewerSeatsForm(data if "pool" in data else _fewest(data, shrinking), shrinking)
    elif kind is ChangeRequestKind.OTHER_PLAN and subscription:
        offers = plan_offers(subscription)
        first = {"plan": f"{offers[0].line.pk}-{offers[0].plan.pk}"}
        form = OtherPlanForm(data if "plan" in data else first | data, offers, subscription)
    else:
        form = _new_plan_form(data, kind, subscription)
    if request.method != "POST" or "look" in request.POST:
        # Not sent yet, so show no errors about what is still to be said.
        form.errors.pop("reason", None)
    return form


def _fewest(data: dict[str, str], pools: list[PoolSnapshot]) -> dict[str, str]:
    """To start with: nobody loses a seat, where seats are left over."""
    pool = pools[0]
    seats = pool.assigned if 0 < pool.assigned < pool.at_renewal else pool.at_renewal - 1
    return {"pool": str(pool.id), "seats": str(seats), **data}


def _new_plan_form(
    data: Any, kind: ChangeRequestKind, subscription: Subscription | None
) -> NewPlanForm:
    if subscription is None or kind is ChangeRequestKind.FIRST_ORDER:
        offers = first_offers()
    else:
        offers = product_offers(subscription)
    if "plan" not in data and offers:
        data = {"plan": str(offers[0].plan.pk), "seats": "1", **data}
    return NewPlanForm(data, kind, offers, subscription.currency if subscription else "")


def _page(
    request: MemberRequest,
    form: ChangeRequestForm,
    kinds: list[ChangeRequestKind],
    subscription: Subscription | None,
) -> HttpResponse:
    account = request.membership.account
    form.is_valid()
    shown = None
    if subscription and form.wish:
        shown = preview(subscription, form.wish, timezone.now().date())
    decides = addressee(form.kind, account.kind, request.membership.role)
    context = {
        "account": account,
        "subscription": subscription,
        "form": form,
        "kinds": [(kind, kind is form.kind) for kind in kinds],
        "preview": shown,
        "opened": open_changes(account),
        "for_buyers": decides is Addressee.BUYERS,
        "buyers": who_may(account, Permission.DECIDE_REQUESTS),
        "contact": representative_or_support(account),
        "idempotency_key": new_idempotency_key(),
        "crumbs": crumbs_to_billing((_("Requests"), reverse("requests", args=[account.slug]))),
    }
    is_refused = request.method == "POST" and "look" not in request.POST
    status = status_of_form(form) if is_refused else 200
    return render(request, "subscriptions/request_change.html", context, status=status)
