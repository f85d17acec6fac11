from typing import ClassVar

from django.utils import timezone
from rest_framework.request import Request

from accounts.api.views import AccountApiView
from subscriptions import errors
from subscriptions.actions import renew_if_due
from subscriptions.models import Subscription


class RenewedApiView(AccountApiView):
    """A period that has ended is renewed first, as before a page: roles can change (D4)."""

    bought: Subscription | None = None

    def admit(self, request: Request) -> None:
        """Raises ValidationError `scope_missing`."""
        super().admit(request)
        self.bought = Subscription.objects.filter(account=self.account).first()
        if self.bought:
            renew_if_due(self.bought, timezone.now())

    @property
    def subscription(self) -> Subscription:
        """Raises ValidationError `no_subscription`."""
        if self.bought is None:
            raise errors.NO_SUBSCRIPTION.error()
        return self.bought


class SubscribedApiView(RenewedApiView):
    """What an account has bought, which has to be something, whatever the method."""

    refuses: ClassVar = (errors.NO_SUBSCRIPTION,)
