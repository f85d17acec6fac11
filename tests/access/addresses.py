"""Every address of the URL configuration, filled in with what there is in an account."""

import re
from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

from core.models import OutboxEntry
from subscriptions.models import ProductKey
from tests.world import Home

# One row each: these share an address but have separate permissions.
MEMBER_ACTIONS = (
    "resend",
    "reactivate",
    "suspend",
    "release",
    "downgrade",
    "remove",
    "withdraw",
    "nonsense",
)
MEMBER_ACTION = "<slug:action>"
# Keys open it, not people: it has a table of its own, api.txt.
API = ("api/v1/", "api/^v")
APP_LABELS = re.compile(r"\(\?P<app_label>[^)]*\)")


def addresses(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[str]:
    """Every address, including those of libraries; each once."""
    for entry in (resolver or get_resolver()).url_patterns:
        # The admin lists its apps in the order in which they happened to be imported.
        address = APP_LABELS.sub("(?P<app_label>app)", prefix + str(entry.pattern))
        if isinstance(entry, URLResolver):
            yield from addresses(entry, address)
        elif isinstance(entry, URLPattern):
            yield from (
                address.replace(MEMBER_ACTION, action)
                for action in MEMBER_ACTIONS
                if MEMBER_ACTION in address
            )
            if MEMBER_ACTION not in address and not address.startswith(API):
                yield address


def url(address: str, home: Home) -> str:
    """The address as one would open it: of this account, its target, its request."""
    if address.startswith("admin/"):
        return "/" + admin_url(address, home)
    values = {
        "<slug:account>": home.account.slug,
        "requests/<int:pk>": f"requests/{home.request.pk}",
        "changes/<int:pk>": f"changes/{home.change.pk}",
        "api-tokens/<int:pk>": f"api-tokens/{home.token.pk}",
        "deliveries/<int:pk>": f"deliveries/{home.delivery.pk}",
        "webhooks/<int:pk>": f"webhooks/{home.webhook.pk}",
        "team/<int:pk>": f"team/{home.target.pk}",
        "invitations/<int:pk>": f"invitations/{home.people['invited'].pk}",
        "<str:token>": "no-such-token",
        "^confirm-email/(?P<key>[-:\\w]+)/$": "confirm-email/some:key/",
        "^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": "password/reset/key/1-key/",
    }
    for placeholder, value in values.items():
        address = address.replace(placeholder, value)
    assert "<" not in address, f"say in tests/access/addresses.py what to fill into {address}"
    return "/" + address


def admin_url(address: str, home: Home) -> str:
    """Rows of the account where the model is the account's; of anything else, some row."""
    model = re.match(r"admin/(\w+/\w+)/", address)
    pk = str(_row(model[1], home)) if model else "1"
    address = re.sub(r"\^\(\?P<app_label>[^)]*\)/\$", "subscriptions/", address)
    address = address.replace("(?P<url>.*)$", "nowhere/")
    address = address.replace("<int:line>", str(home.pool.lines.get().pk))
    return re.sub(r"<[^>]+>", pk, address)


def _row(model: str, home: Home) -> int:
    line = home.pool.lines.get()
    rows = {
        "core/outboxentry": OutboxEntry.objects.first(),
        "accounts/account": home.account,
        "accounts/membership": home.target,
        "accounts/apitoken": home.token,
        "events/webhookendpoint": home.webhook,
        "accounts/auditentry": home.account.audit_entries.all()[0],
        "accounts/user": home.target.user,
        "subscriptions/product": line.plan.product,
        "subscriptions/plan": line.plan,
        "subscriptions/productkey": ProductKey.objects.first(),
        "subscriptions/seatrequest": home.request,
        "subscriptions/changerequest": home.change,
        "subscriptions/charge": line.charges.all()[0],
        "subscriptions/lineprice": line.prices.all()[0],
        "subscriptions/order": home.account.orders.first(),
        "subscriptions/seatchange": home.pool.changes.all()[0],
        "subscriptions/seatassignment": home.pool.assignments.all()[0],
        "subscriptions/serviceorder": getattr(home.request, "service_order", None),
        "subscriptions/subscription": home.account.subscription,
        "subscriptions/seatpool": home.pool,
    }
    row = rows.get(model)
    return row.pk if row else 1
