from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from subscriptions.actions import renew_if_due
from subscriptions.models import Subscription


class RenewedFirst:
    """Renew a subscription whose period has ended before a member is shown a page of its account.

    A stranger's request renews nothing: its answer is 404 (D8). Runs before the view reads
    the membership, because a renewal can change roles (D4).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]
    ) -> None:
        if "account" not in kwargs or not request.user.is_authenticated:
            return
        now = timezone.now()
        theirs = Subscription.objects.filter(
            account__slug=kwargs["account"],
            account__memberships__in=request.user.memberships.present(),
        )
        for due in theirs.due(now.date()):
            renew_if_due(due, now)
