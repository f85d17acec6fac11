"""A change request as the vendor reviews it: the account, and what approving would do (R22)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import Account, Membership
from accounts.permissions import Permission
from accounts.selectors.contacts import owner_of, who_may
from subscriptions.models import ChangeRequest, SeatRequest, Subscription
from subscriptions.rules.quotes import Quote
from subscriptions.selectors.change_requests import ChangePreview, preview, wish_of
from subscriptions.selectors.quotes import quote_addition
from subscriptions.selectors.seats import pools_on

_OTHERS_SHOWN = 5


@dataclass(frozen=True)
class ChangeReview:
    """Everything around a change request; `quote` is of no change: the account as it is today.

    Without a subscription there is neither `quote` nor `preview`.
    """

    account: Account
    owner: Membership
    buyers: Sequence[Membership]
    subscription: Subscription | None
    quote: Quote | None
    preview: ChangePreview | None
    # The seat requests of the account.
    others: Sequence[SeatRequest]

    @property
    def per_period_label(self) -> str:
        is_monthly = self.subscription is not None and self.subscription.months == 1
        return _("Per month") if is_monthly else _("Per year")


def change_review(change_request: ChangeRequest, at: datetime) -> ChangeReview:
    """The account as it is, and what the change would mean by the catalogue."""
    account = change_request.account
    subscription = Subscription.objects.filter(account=account).select_related("account").first()
    quote = shown = None
    if subscription:
        quote = quote_addition(subscription, {}, at.date(), pools_on(subscription, at.date()))
        if change_request.is_open:
            shown = preview(subscription, wish_of(change_request), at.date())
    others = SeatRequest.objects.of_account(account).select_related("pool")
    return ChangeReview(
        account=account,
        owner=owner_of(account),
        buyers=who_may(account, Permission.DECIDE_REQUESTS),
        subscription=subscription,
        quote=quote,
        preview=shown,
        others=list(others[:_OTHERS_SHOWN]),
    )
