from django.utils import timezone
from rest_framework.request import Request

from accounts.api.views import AccountApiView
from subscriptions import errors
from subscriptions.actions import renew_if_due
from subscriptions.models import Subscription


class SubscribedApiView(AccountApiView):
    """What an account has bought; a period that has ended is renewed first, as before a page."""

    subscription: Subscription

    def admit(self, request: Request) -> None:
        """Raises ValidationError `scope_missing`, `no_subscription`."""
        super().admit(request)
        subscription = Subscription.objects.filter(account=self.account).first()
        if subscription is None:
            raise errors.NO_SUBSCRIPTION.error()
        renew_if_due(subscription, timezone.now())
        self.subscription = subscription
