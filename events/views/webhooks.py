"""Account → Webhooks: addresses of programs that are told what happens (D17, D19)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import MemberRequest, requires
from accounts.permissions import Permission
from core.errors import status_of, status_of_form
from core.fields import new_idempotency_key
from core.views import refusals_as_messages, refusals_on
from events.actions import (
    add_endpoint,
    change_endpoint,
    delete_endpoint,
    rotate_secret,
    switch_off,
    switch_on,
)
from events.forms import AddEndpointForm, EndpointForm, LogForm, RotateSecretForm
from events.models import EndpointStatus, WebhookEndpoint
from events.selectors.webhooks import deliveries_of, event_labels, webhooks_of


@require_safe
@requires(Permission.MANAGE_API)
def webhooks(request: MemberRequest) -> HttpResponse:
    """Every webhook of the account, and how it stands."""
    account = request.membership.account
    rows = [(each, event_labels(each)) for each in webhooks_of(account)]
    context = {"account": account, "rows": rows, "crumbs": [(_("Account"), None)]}
    return render(request, "events/webhooks.html", context)


@require_safe
@requires(Permission.MANAGE_API)
def webhook(request: MemberRequest, pk: int) -> HttpResponse:
    """One webhook: what it is told, and the log of what was sent."""
    endpoint = endpoint_of(request, pk)
    form, before = LogForm(request.GET), request.GET.get("before", "")
    status = form.cleaned_data["status"] if form.is_valid() else ""
    place = int(before) if before.isdecimal() and len(before) < 19 else None
    context = {
        "account": endpoint.account,
        "endpoint": endpoint,
        "labels": event_labels(endpoint),
        "overlap_until": endpoint.overlap_until(timezone.now()),
        "log": deliveries_of(endpoint, status, place),
        "form": form,
        "status": status,
        "is_first_page": place is None,
        "idempotency_key": new_idempotency_key(),
        "crumbs": crumbs(request),
    }
    return render(request, "events/webhook.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_API)
def add_webhook(request: MemberRequest) -> HttpResponse:
    """The form for a new one; its answer shows the secret."""
    form = AddEndpointForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_on(form):
            endpoint = add_endpoint(**form.cleaned_data, by=request.actor, at=timezone.now())
            return _secret_page(request, endpoint)
    return _form_page(request, form, idempotency_key=new_idempotency_key())


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_API)
def change_webhook(request: MemberRequest, pk: int) -> HttpResponse:
    """Its address and its events."""
    endpoint = endpoint_of(request, pk)
    form = EndpointForm.of(endpoint, request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_on(form):
            changes, now = form.cleaned_data, timezone.now()
            change_endpoint(endpoint=endpoint, changes=changes, by=request.actor, at=now)
            messages.success(request, _("The webhook has been changed."))
            return _to_webhook(endpoint)
    return _form_page(request, form, endpoint=endpoint)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_API)
def rotate_webhook(request: MemberRequest, pk: int) -> HttpResponse:
    """A new secret, after showing what becomes of the one before."""
    endpoint, now = endpoint_of(request, pk), timezone.now()
    form = RotateSecretForm(request.POST if request.method == "POST" else None)
    refusal, status = "", status_of_form(form)
    if form.is_valid():
        try:
            row = rotate_secret(endpoint=endpoint, **form.cleaned_data, by=request.actor, at=now)
            return _secret_page(request, row)
        except ValidationError as refused:
            refusal, status = " ".join(refused.messages), status_of(refused)
    consequences = [_("Everything is signed with a new secret, which is shown once.")]
    if endpoint.overlap_until(now):
        consequences.append(_("The secret before the last rotation signs nothing from now on."))
    question = {
        "text": _("Rotate the secret?"),
        "label": _("Rotate secret"),
        "consequences": consequences,
    }
    more = {"form": form, "refusal": refusal, "idempotency_key": new_idempotency_key()}
    return _confirm_page(request, endpoint, question, status=status, **more)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_API)
def switch_webhook_off(request: MemberRequest, pk: int) -> HttpResponse:
    """Tell it nothing more, after showing the consequences."""
    endpoint = endpoint_of(request, pk)
    if request.method == "POST":
        with refusals_as_messages(request):
            switch_off(endpoint=endpoint, by=request.actor, at=timezone.now())
            messages.success(request, _("The webhook has been switched off."))
    if request.method == "POST" or not endpoint.is_on:
        return _to_webhook(endpoint)
    question = {
        "text": _("Switch off this webhook?"),
        "label": _("Switch off"),
        "consequences": [
            _("Until you switch it on, it is told nothing. What happens meanwhile is not sent."),
            _("What is waiting to be sent is given up. You can send it again later."),
        ],
    }
    return _confirm_page(request, endpoint, question)


@require_POST
@requires(Permission.MANAGE_API)
def switch_webhook_on(request: MemberRequest, pk: int) -> HttpResponse:
    """Tell it again, from now on."""
    endpoint = endpoint_of(request, pk)
    with refusals_as_messages(request):
        switch_on(endpoint=endpoint, by=request.actor, at=timezone.now())
        messages.success(request, _("The webhook is on. It is told what happens from now on."))
    return _to_webhook(endpoint)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_API)
def delete_webhook(request: MemberRequest, pk: int) -> HttpResponse:
    """Be done with it, after showing the consequences."""
    endpoint = endpoint_of(request, pk)
    if request.method == "POST":
        delete_endpoint(endpoint=endpoint, by=request.actor, at=timezone.now())
        messages.success(request, _("The webhook has been deleted."))
        return redirect("webhooks", account=endpoint.account.slug)
    question = {
        "text": _("Delete this webhook?"),
        "label": _("Delete"),
        "consequences": [
            _("Nothing more is sent to this address, not even what is waiting."),
            _("The secret and the log of deliveries are gone. You cannot undo this."),
        ],
        "is_dangerous": True,
    }
    return _confirm_page(request, endpoint, question)


def endpoint_of(request: MemberRequest, pk: int) -> WebhookEndpoint:
    """A webhook of this account; 404 for every other (D8)."""
    return get_object_or_404(webhooks_of(request.membership.account), pk=pk)


def crumbs(request: MemberRequest) -> list[tuple[str, str | None]]:
    page = reverse("webhooks", args=[request.membership.account.slug])
    return [(_("Account"), None), (_("Webhooks"), page)]


def _crumbs_below(endpoint: WebhookEndpoint, request: MemberRequest) -> list[Any]:
    page = reverse("webhook", args=[endpoint.account.slug, endpoint.pk])
    return [*crumbs(request), (endpoint.host, page)]


def _secret_page(request: MemberRequest, endpoint: WebhookEndpoint) -> HttpResponse:
    """The secret, in the answer to the form itself; no other page shows it."""
    if endpoint.status == EndpointStatus.DELETED:
        return redirect("webhooks", account=request.membership.account.slug)
    context = {
        "account": request.membership.account,
        "endpoint": endpoint,
        "secret": endpoint.secret,
        "overlap_until": endpoint.overlap_until(timezone.now()),
        "crumbs": crumbs(request),
    }
    return render(request, "events/secret.html", context)


def _form_page(
    request: MemberRequest,
    form: EndpointForm,
    *,
    endpoint: WebhookEndpoint | None = None,
    **context: Any,
) -> HttpResponse:
    context |= {
        "account": request.membership.account,
        "form": form,
        "endpoint": endpoint,
        "crumbs": _crumbs_below(endpoint, request) if endpoint else crumbs(request),
    }
    return render(request, "events/webhook_form.html", context, status=status_of_form(form))


def _confirm_page(
    request: MemberRequest,
    endpoint: WebhookEndpoint,
    question: dict[str, Any],
    *,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    context |= {
        "account": endpoint.account,
        "endpoint": endpoint,
        "expected": endpoint.secret_since,
        "question": question,
        "back": reverse("webhook", args=[endpoint.account.slug, endpoint.pk]),
        "crumbs": _crumbs_below(endpoint, request),
    }
    return render(request, "events/confirm_webhook.html", context, status=status)


def _to_webhook(endpoint: WebhookEndpoint) -> HttpResponse:
    return redirect("webhook", account=endpoint.account.slug, pk=endpoint.pk)
