"""The mail to the owner after the vendor's people changed the subscription (D15)."""

from django.utils.translation import gettext_lazy as _

from accounts.permissions import Role
from accounts.selectors.contacts import representative_or_support
from core.mail import send_mail
from core.summaries import summarized
from subscriptions.models import Order, Subscription
from subscriptions.notifications.people import buyers_of, called, page_url
from subscriptions.rules.term_words import said
from subscriptions.selectors.seats import pools_of
from subscriptions.selectors.subscriptions import next_period_cents


@summarized(_("Subscription changed by the vendor"))
def changed_by_vendor(order: Order) -> None:
    """What was changed, why and by whom, and what it costs today and from the renewal on.

    Those who lose a seat by it are told so themselves.
    """
    account, subscription = order.account, order.account.subscription
    owner = account.memberships.select_related("user").get(role=Role.OWNER)
    context = {
        "account": account,
        "order": order,
        "who": called(account, order.placed_by),
        "email": order.placed_by.email,
        # Said by the template, in the language of whoever reads it.
        "terms": lambda: [
            said(term, order.currency)
            for term in order.terms.select_related("line__plan__product", "pool").order_by("pk")
        ],
        "changes": order.changes.of_numbers().select_related("pool").order_by("pk"),
        "credited": -min(order.charged_cents, 0),
        "charged": max(order.charged_cents, 0),
        "renews_on": subscription.period_end,
        "ends": subscription.ends_at_renewal,
        "period_cents": next_period_cents(subscription, pools_of(subscription)),
        "months": subscription.months_next,
        "link": page_url("subscription", account),
    }
    send_mail("emails/subscription_changed", owner.user, context)


@summarized(_("Subscription ended"))
def subscription_ended(subscription: Subscription) -> None:
    """To the owner and those who may buy: that it has ended, and who reopens it (D15)."""
    account = subscription.account
    context = {
        "account": account,
        "ended_on": subscription.ended_on,
        "contact": representative_or_support(account),
        "link": page_url("subscription", account),
    }
    for member in buyers_of(account):
        send_mail("emails/subscription_ended", member.user, context)
