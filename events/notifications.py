"""Emails about webhooks; sent after the transaction."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.selectors.contacts import owner_of
from core.mail import send_mail
from core.summaries import summarized
from events.models import WebhookEndpoint


@summarized(_("Webhook switched off"))
def webhook_switched_off(endpoint: WebhookEndpoint) -> None:
    """Tell the owner that an address is told nothing more, because it takes nothing."""
    account = endpoint.account
    owner = owner_of(account)
    send_mail(
        "emails/webhook_switched_off",
        owner.user,
        {
            "member": owner,
            "account": account,
            "endpoint": endpoint,
            "link": settings.BASE_URL + reverse("webhook", args=[account.slug, endpoint.pk]),
        },
    )
