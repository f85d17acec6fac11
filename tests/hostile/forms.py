"""Every form of the product, filled in by someone well-meaning."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.urls import reverse

from subscriptions.models import (
    Order,
    Plan,
    SeatAssignment,
    SeatChange,
    SeatPool,
    SeatRequest,
)
from subscriptions.selectors.quotes import quote_addition, quote_targets
from tests import cast
from tests.world import Home, World

Fields = dict[str, Any]
TEXT = "Nora Nightingale"


@dataclass(frozen=True)
class Form:
    """Who fills it in, in which kind of account, where, and with what."""

    who: str
    kind: str
    page: str
    fields: Callable[[Home], Fields]
    of: str = ""

    def url(self, home: Home) -> str:
        if self.page.startswith("admin:"):
            pk = {"request": home.request.pk, "subscription": home.account.subscription.pk}
            return reverse(self.page, args=[pk[self.of]] if self.of else [])
        if not self.of and self.page in ("preferences", "account_login", "account_reset_password"):
            return reverse(self.page)
        pk = {
            "request": home.request.pk, "target": home.target.pk, "token": home.token.pk,
            "webhook": home.webhook.pk,
        }  # fmt: skip
        return reverse(self.page, args=[home.account.slug, *([pk[self.of]] if self.of else [])])

    def client(self, world: World) -> Client:
        return world.client(self.who, self.kind)

    def send(self, world: World, **changed: Any) -> Any:
        home = world.homes[self.kind]
        return self.client(world).post(self.url(home), {**self.fields(home), **changed})


def addition_seen(home: Home, seats: int) -> str:
    day = cast.NOW.date()
    return quote_addition(home.account.subscription, {home.pool.pk: seats}, day).fingerprint


def target_seen(home: Home, seats: int) -> str:
    day = cast.NOW.date()
    return quote_targets(home.account.subscription, {home.pool.pk: seats}, day).fingerprint


def _buy(home: Home) -> Fields:
    return {
        f"seats-{home.pool.pk}": "3",
        "idempotency_key": "buying",
        "quote_fingerprint": addition_seen(home, 3),
    }


def _manage(home: Home) -> Fields:
    numbers = {f"seats-{home.pool.pk}": "13", f"was-{home.pool.pk}": "10", "timing": "at_renewal"}
    return {**numbers, "idempotency_key": "managing", "quote_fingerprint": target_seen(home, 13)}


def _request(home: Home) -> Fields:
    text = {"reason": TEXT, "needed_by": "2026-12-24", "idempotency_key": "asking"}
    return {f"seats-{home.pool.pk}": "2", **text}


def _decide(home: Home) -> Fields:
    return {"note": TEXT, "quote_fingerprint": addition_seen(home, home.request.seats)}


def _new_member(home: Home) -> Fields:
    person = {"email": "nora@new.example", "name": TEXT, "role": "agent"}
    return {**person, "seats": str(home.pool.pk), "idempotency_key": "adding"}


def _member(home: Home) -> Fields:
    return {"name": TEXT, "role": "agent", "seats": str(home.pool.pk), "expected_state": ""}


def _token(home: Home) -> Fields:
    return {
        "name": TEXT, "scopes": ["read_team"], "expires_on": "2027-02-21",
        "idempotency_key": "making",
    }  # fmt: skip


def _rotation(home: Home) -> Fields:
    return {"overlap": "24", "expected": home.token.key_since, "idempotency_key": "rotating"}


def _open_account(home: Home) -> Fields:
    owner = {"owner_name": TEXT, "owner_email": "nora@new.example", "representative": ""}
    return {"name": TEXT, "slug": "nora", "kind": "self_service", **owner}


def _webhook(home: Home) -> Fields:
    chosen = {"events": "chosen", "event_types": ["member.renamed", "pool.seats_bought"]}
    return {"url": "https://hooks.example/nora", **chosen, "idempotency_key": "adding"}


def _secret(home: Home) -> Fields:
    seen = {"expected": home.webhook.secret_since, "idempotency_key": "rotating"}
    return {"overlap": "24", **seen}


def _staff(home: Home) -> Fields:
    password = {"usable_password": "true", "password1": "long and odd", "password2": "long and odd"}
    return {"email": "nora@vendor.example", "name": TEXT, **password}


def _line(home: Home) -> Fields:
    return {"plan": str(Plan.objects.get(product__name="Talk").pk), "pool": "", "seats": "5"}


FORMS = {
    "buy": Form("owner", "self", "add_seats", _buy),
    "manage": Form("billing", "online", "manage_subscription", _manage),
    "keep": Form(
        "owner",
        "self",
        "cancel_scheduled_reduction",
        lambda home: {"pool": str(home.pool.pk)},
    ),
    "request": Form("agent", "sales", "request_seats", _request),
    "approve": Form("owner", "self", "approve_request", _decide, of="request"),
    "decline": Form("billing", "self", "decline_request", _decide, of="request"),
    "add member": Form("admin", "self", "add_member", _new_member),
    "member": Form("admin", "self", "member", _member, of="target"),
    "token": Form("owner", "self", "add_api_token", _token),
    "rotate token": Form("owner", "self", "rotate_api_token", _rotation, of="token"),
    "webhook": Form("owner", "self", "add_webhook", _webhook),
    "change webhook": Form("billing", "self", "change_webhook", _webhook, of="webhook"),
    "rotate webhook": Form("owner", "self", "rotate_webhook", _secret, of="webhook"),
    "test webhook": Form(
        "owner", "self", "test_webhook", lambda home: {"idempotency_key": "t"}, of="webhook"
    ),
    "language": Form("anonymous", "self", "preferences", lambda h: {"language": "de", "next": "/"}),
    "sign in": Form(
        "anonymous", "self", "account_login",
        lambda home: {"login": "owner@self.example", "password": TEXT, "next": "/"},
    ),
    "reset": Form(
        "anonymous", "self", "account_reset_password", lambda home: {"email": "owner@self.example"}
    ),
    "sales approve": Form(
        "rep", "sales", "admin:subscriptions_seatrequest_approve", _decide, of="request"
    ),
    "sales decline": Form(
        "rep", "sales", "admin:subscriptions_seatrequest_decline", _decide, of="request"
    ),
    "open account": Form("root", "self", "admin:accounts_account_add", _open_account),
    "add staff": Form("root", "self", "admin:accounts_user_add", _staff),
    "add line": Form(
        "root", "self", "admin:subscriptions_subscription_add_line", _line, of="subscription"
    ),
}  # fmt: skip


def stored() -> list[Any]:
    """Everything about seats that a refused form must leave unchanged."""
    numbers = SeatPool.objects.order_by("pk").values_list("pk", "seats", "assigned")
    requests = SeatRequest.objects.order_by("pk").values_list("pk", "status")
    counts = [model.objects.count() for model in (Order, SeatAssignment, SeatChange)]
    return [*numbers, *requests, *counts]
