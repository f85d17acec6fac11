"""Today: what a representative comes to in the morning, each a click from doing it (D15)."""

from typing import Any

from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import staff
from accounts.models import Account
from subscriptions.selectors.desk.amounts import sums
from subscriptions.selectors.desk.queue import queue_of
from subscriptions.selectors.desk.renewals import SOON, renewals, renewing
from subscriptions.selectors.desk.scheduled import scheduled
from subscriptions.selectors.desk.seats import short_pools, unused

SHOWN = 10


def today(request: HttpRequest, frame: dict[str, Any]) -> TemplateResponse:
    """The numbers of the day and the first rows of each list, in a fixed number of queries."""
    user, now = staff(request), timezone.now()
    queue, ahead = queue_of(user, now), renewals(renewing(user, now.date(), now.date() + SOON))
    short, coming = short_pools(user), scheduled(user)
    context = {
        **frame,
        "title": _("Today"),
        "accounts": Account.objects.visible_to_staff(user).count(),
        "queue": queue,
        "waiting": queue.rows[:SHOWN],
        "decides": user.serves_accounts(),
        "ahead": ahead[:SHOWN],
        "ahead_count": len(ahead),
        "ahead_values": sums(row.value for row in ahead),
        "short": short[:SHOWN],
        "short_count": short.count(),
        "short_accounts": short.order_by().values("subscription__account").distinct().count(),
        "unused": unused(user),
        "scheduled": coming[:SHOWN],
        "scheduled_count": len(coming),
    }
    return TemplateResponse(request, "admin/desk/today.html", context)
