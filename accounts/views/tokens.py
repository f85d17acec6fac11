"""Account → API tokens: programs that act in the account, and the keys they show (D19)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import MemberRequest, requires
from accounts.actions import issue_token, revoke_token, rotate_token
from accounts.actions.tokens import check_may_rotate
from accounts.forms import RotateTokenForm, TokenForm
from accounts.models import ApiToken
from accounts.permissions import Permission
from accounts.selectors.contacts import ask_representative
from accounts.selectors.tokens import token_rows, tokens_of
from core.credentials import SecretKey
from core.errors import status_of, status_of_form
from core.fields import new_idempotency_key
from core.views import refusals_on

PAGE_SIZE = 25


@require_safe
@requires(Permission.MANAGE_API)
def api_tokens(request: MemberRequest) -> HttpResponse:
    """Every token of the account: what it may do, who made it, and how it stands."""
    account, now = request.membership.account, timezone.now()
    page = Paginator(tokens_of(account, now), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "account": account,
        "page": page,
        "rows": token_rows(page, request.membership, now),
        "crumbs": [(_("Account"), None)],
    }
    return render(request, "accounts/api_tokens.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_API)
def add_api_token(request: MemberRequest) -> HttpResponse:
    """The form for a new token; its answer shows the key, once."""
    now, member = timezone.now(), request.membership
    form = TokenForm(
        request.POST if request.method == "POST" else None, maker=member, today=now.date()
    )
    if form.is_valid():
        with refusals_on(form):
            token, key = issue_token(**form.cleaned_data, by=request.actor, at=now)
            return _key_page(request, token, key)
    context = {
        "account": member.account,
        "form": form,
        "idempotency_key": new_idempotency_key(),
        "ask": ask_representative(member.account) if member.account.is_sales_managed else "",
        "crumbs": _crumbs(request),
    }
    return render(request, "accounts/add_api_token.html", context, status=status_of_form(form))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_API)
def rotate_api_token(request: MemberRequest, pk: int) -> HttpResponse:
    """Replace a token's key, after showing what becomes of the one before."""
    token, now = _token_of(request, pk), timezone.now()
    form = RotateTokenForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            row, key = rotate_token(token=token, **form.cleaned_data, by=request.actor, at=now)
        except ValidationError as refusal:
            return _refused(request, token, refusal)
        return _key_page(request, row, key)
    if not form.is_bound and not token.is_usable(now):
        return _to_list(request)
    try:
        check_may_rotate(token, request.membership)
    except ValidationError as refusal:
        return _refused(request, token, refusal)
    question = {
        "text": _("Rotate %(name)s?") % {"name": token.name},
        "label": _("Rotate"),
        "consequences": [
            _("You get a new key, which is shown once. What the token may do stays as it is."),
            *_ends_earlier(token),
        ],
    }
    return _confirm_page(request, token, question, form=form, status=status_of_form(form))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_API)
def revoke_api_token(request: MemberRequest, pk: int) -> HttpResponse:
    """End a token, after showing the consequences."""
    token, now = _token_of(request, pk), timezone.now()
    if request.method == "POST":
        revoke_token(token=token, by=request.actor, at=now)
        messages.success(request, _("%(name)s has been revoked.") % {"name": token.name})
        return _to_list(request)
    if not token.is_usable(now):
        return _to_list(request)
    question = {
        "text": _("Revoke %(name)s?") % {"name": token.name},
        "label": _("Revoke"),
        "consequences": [
            _("Whatever uses this token is refused from now on."),
            _("You cannot undo this. To let a program in again, create a new token."),
        ],
        "is_dangerous": True,
    }
    return _confirm_page(request, token, question)


def _token_of(request: MemberRequest, pk: int) -> ApiToken:
    """A token of this account; 404 for every other (D8)."""
    tokens = request.membership.account.api_tokens.select_related("account", "made_by")
    return get_object_or_404(tokens, pk=pk)


def _ends_earlier(token: ApiToken) -> list[str]:
    """What a rotation does to a key that still works from the one before."""
    if token.overlap_until(timezone.now()) is None:
        return []
    return [_("The key before the last rotation still works. It stops working now.")]


def _key_page(request: MemberRequest, token: ApiToken, key: SecretKey | None) -> HttpResponse:
    """The key, in the answer to the form itself: it is stored nowhere and never shown again."""
    now = timezone.now()
    context = {
        "account": request.membership.account,
        "row": token_rows([token], request.membership, now)[0],
        "key": key,
        "crumbs": _crumbs(request),
    }
    return render(request, "accounts/api_token_key.html", context)


def _confirm_page(
    request: MemberRequest,
    token: ApiToken,
    question: dict[str, Any],
    *,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    context |= {
        "account": request.membership.account,
        "token": token,
        "expected": token.key_since,
        "question": question,
        "back": reverse("api_tokens", args=[request.membership.account.slug]),
        "idempotency_key": new_idempotency_key(),
        "crumbs": _crumbs(request),
    }
    return render(request, "accounts/confirm_api_token.html", context, status=status)


def _refused(request: MemberRequest, token: ApiToken, refusal: ValidationError) -> HttpResponse:
    """Why not, in place of the question: asking again would not help."""
    question = {"text": _("Rotate %(name)s?") % {"name": token.name}}
    told, status = " ".join(refusal.messages), status_of(refusal)
    return _confirm_page(request, token, question, refusal=told, status=status)


def _to_list(request: MemberRequest) -> HttpResponse:
    return redirect("api_tokens", account=request.membership.account.slug)


def _crumbs(request: MemberRequest) -> list[tuple[str, str | None]]:
    page = reverse("api_tokens", args=[request.membership.account.slug])
    return [(_("Account"), None), (_("API tokens"), page)]
