"""Ways to be refused, each an act at one door: forms, buttons and operations, one thing wrong."""

from datetime import timedelta
from typing import Any

from accounts.models import Account
from core.api.ids import public_id
from events.ids import ENDPOINT
from subscriptions.api.ids import REQUEST
from subscriptions.models import Plan
from subscriptions.rules.quotes import Timing
from subscriptions.selectors.quotes import quote_targets
from tests.cast import NOW
from tests.doors import Answer, Doors, Try
from tests.hostile.forms import addition_seen

PASSWORD = "correct horse battery"


def add(**changed: Any) -> Try:
    """The form for a new member."""

    def act(d: Doors) -> Answer:
        person = {"email": "nora@new.example", "name": "Nora", "role": "admin"}
        return d.page("admin", "add_member", **{**person, "idempotency_key": "form", **changed})

    return act


def invite(**changed: Any) -> Try:
    """The same through the API."""

    def act(d: Doors) -> Answer:
        person = {"email": "nora@new.example", "name": "Nora", "role": "admin"}
        return d.api("admin", "POST", "members", {**person, **changed})

    return act


def button(action: str, whom: str, who: str = "admin") -> dict[str, Try]:
    """A button on a person's page, and the operation that does the same."""
    return {
        "page": lambda d: d.person(who, action, whom),
        "api": lambda d: d.program(who, action, whom),
    }


def member_form(who: str = "admin", whom: str = "target", **changed: Any) -> Try:
    def act(d: Doors) -> Answer:
        form = {"name": "Nora", "role": "agent", "seats": str(d.home.pool.pk)}
        return d.page(who, "member", d.member(whom).pk, **{**form, **changed})

    return act


def patch(whom: str = "target", who: str = "admin", **changed: Any) -> Try:
    return lambda d: d.api(who, "PATCH", f"members/{d.id_of(whom)}", changed)


def with_seat(d: Doors) -> str:
    return str(d.home.pool.pk)


def add_with_seat(d: Doors, role: str = "agent") -> Answer:
    return add(role=role, seats=with_seat(d))(d)


def invite_with_seat(d: Doors, role: str = "agent") -> Answer:
    return invite(role=role, seats=[d.pool_id])(d)


def transfer(whom: str, password: str = PASSWORD) -> Try:
    def act(d: Doors) -> Answer:
        user = d.user("owner")
        user.set_password(PASSWORD)
        user.save()
        return d.page("owner", "transfer_ownership", d.member(whom).pk, password=password)

    return act


def guess_often(d: Doors) -> Answer:
    return [transfer("admin", "wrong")(d) for _number in range(12)][-1]


def token_form(**changed: Any) -> Try:
    form = {"name": "Payroll", "scopes": ["read_team"], "expires_on": "2027-02-21"}
    return lambda d: d.page("owner", "add_api_token", **{**form, **changed})


def rotate(who: str, revoked: bool = False, expected: str = "") -> Try:
    def act(d: Doors) -> Answer:
        if revoked:
            type(d.home.token).objects.filter(pk=d.home.token.pk).update(revoked_at=NOW)
        form = {"overlap": "24", "expected": expected, "idempotency_key": "rotating"}
        return d.page(who, "rotate_api_token", d.home.token.pk, **form)

    return act


def open_account(**changed: Any) -> Try:
    form = {
        "name": "Nora's", "slug": "nora", "kind": "self_service", "owner_name": "Nora",
        "owner_email": "nora@new.example", "representative": "",
    }  # fmt: skip
    return lambda d: d.admin("root", "accounts_account_add", **{**form, **changed})


def buy(seats: str, who: str = "owner", **changed: Any) -> Try:
    def act(d: Doors) -> Answer:
        form = {f"seats-{d.home.pool.pk}": seats, "idempotency_key": "buying"}
        seen = {"quote_fingerprint": addition_seen(d.home, min(int(seats), 99_000))}
        return d.page(who, "add_seats", **{**form, **seen, **changed})

    return act


def request_fewer(**changed: Any) -> Try:
    """The form that asks for fewer seats."""

    def act(d: Doors) -> Answer:
        form = {"pool": d.home.pool.pk, "seats": 3, "reason": "Too many."}
        return d.page("admin", "request_change", **{**form, **changed})

    return act


def manage(seats: int, who: str = "owner", **changed: Any) -> Try:
    def act(d: Doors) -> Answer:
        pool = d.home.pool
        form = {f"seats-{pool.pk}": seats, f"was-{pool.pk}": pool.seats, "timing": "at_renewal"}
        seen = {"quote_fingerprint": target(d, {"total": seats}), "idempotency_key": "managing"}
        return d.page(who, "manage_subscription", **{**form, **seen, **changed})

    return act


def order(**wanted: Any) -> Try:
    """The same through the API: `add`, or `total` and what goes with it."""

    def act(d: Doors) -> Answer:
        named: dict[str, Any] = {
            "pool": d.pool_id,
            **{k: wanted[k] for k in ("add", "total") if k in wanted},
        }
        seen = addition_seen(d.home, wanted["add"]) if "add" in wanted else target(d, wanted)
        body = {"seats": [named], "fingerprint": seen, "confirmed": False}
        more = {k: v for k, v in wanted.items() if k not in named}
        return d.api("owner", "POST", "orders", {**body, **more})

    return act


def target(d: Doors, wanted: dict[str, Any]) -> str:
    """What the page shows for this number of seats in all."""
    timing = Timing(wanted.get("timing", "at_renewal"))
    subscription, targets = d.home.account.subscription, {d.home.pool.pk: wanted["total"]}
    return quote_targets(subscription, targets, NOW.date(), timing).fingerprint


def ask(who: str = "agent", **changed: Any) -> Try:
    def act(d: Doors) -> Answer:
        form = {"reason": "More.", "needed_by": "", "idempotency_key": "asking"}
        return d.page(who, "request_seats", **{**form, f"seats-{d.home.pool.pk}": "2", **changed})

    return act


def decide(name: str, who: str = "owner", **changed: Any) -> Try:
    def act(d: Doors) -> Answer:
        form = {"note": "", "quote_fingerprint": addition_seen(d.home, d.home.request.seats)}
        return d.page(who, name, d.home.request.pk, **{**form, **changed})

    return act


def decide_as_sales(name: str, **changed: Any) -> Try:
    """On the sales desk."""

    def act(d: Doors) -> Answer:
        name_ = f"subscriptions_seatrequest_{name}"
        form = {"note": "", "quote_fingerprint": addition_seen(d.home, d.home.request.seats)}
        return d.admin("root", name_, d.home.request.pk, **{**form, **changed})

    return act


def decision(name: str, who: str = "owner", **body: Any) -> Try:
    """The same through the API."""

    def act(d: Doors) -> Answer:
        seen = addition_seen(d.home, d.home.request.seats) if name == "approve" else ""
        address = f"requests/{public_id(REQUEST, d.home.request.pk)}/{name}"
        return d.api(who, "POST", address, {**({"fingerprint": seen} if seen else {}), **body})

    return act


def request(who: str = "admin", **body: Any) -> Try:
    """Ask for seats through the API."""
    form = {"seats": 2, "reason": "More."}
    return lambda d: d.api(who, "POST", "requests", {"pool": d.pool_id, **form, **body})


def add_line(**changed: Any) -> Try:
    def act(d: Doors) -> Answer:
        subscription = d.home.account.subscription
        form = {"plan": d.home.pool.lines.get().plan_id, "pool": "", "seats": "5"}
        name = "subscriptions_subscription_add_line"
        return d.admin("root", name, subscription.pk, **{**form, **changed})

    return act


def product_key(**changed: Any) -> Try:
    def act(d: Doors) -> Answer:
        product = d.home.pool.lines.get().plan.product
        form = {"name": "Sign-in", "product": product.pk, "expires_on": ""}
        return d.admin("root", "subscriptions_productkey_add", **{**form, **changed})

    return act


def unsold(d: Doors) -> Answer:
    """A plan that has no price yet."""
    product = d.home.pool.lines.get().plan.product
    return add_line(plan=Plan.objects.create(product=product, tier="New").pk)(d)


def start(day: str) -> Try:
    """An account's subscription begins on this day."""

    def act(d: Doors) -> Answer:
        account = Account.objects.create(name="New", slug="new", created_at=NOW)
        form = {"account": account.pk, "currency": "EUR", "cycle": "monthly", "started_on": day}
        return d.admin("root", "subscriptions_subscription_add", **form)

    return act


def webhook(**changed: Any) -> dict[str, Try]:
    """The form for a new webhook, and the operation that adds one."""
    said = {"url": "https://hooks.example/more", **changed}
    chosen = "chosen" if "event_types" in changed else "all"
    form = {"events": chosen, "idempotency_key": "adding"}
    return {
        "page": lambda d: d.page("owner", "add_webhook", **said, **form),
        "api": lambda d: d.api("owner", "POST", "webhook-endpoints", said),
    }


def send_test() -> dict[str, Try]:
    def address(d: Doors) -> str:
        return f"webhook-endpoints/{public_id(ENDPOINT, d.home.webhook.pk)}/test"

    return {
        "page": lambda d: d.page("owner", "test_webhook", d.home.webhook.pk),
        "api": lambda d: d.api("owner", "POST", address(d)),
    }


def send_again(d: Doors) -> Answer:
    return d.page("owner", "send_delivery_again", d.home.delivery.pk)


def rotate_secret(**changed: Any) -> Try:
    form = {"overlap": "24", "expected": "", "idempotency_key": "rotating"}
    return lambda d: d.page("owner", "rotate_webhook", d.home.webhook.pk, **{**form, **changed})


TOMORROW = (NOW + timedelta(days=1)).date().isoformat()
YESTERDAY = (NOW - timedelta(days=1)).date().isoformat()
