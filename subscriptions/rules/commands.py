"""What the system does by itself (D18)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor


class SystemCommand(TextChoices):
    """The names of the commands, as history rows store them."""

    RENEW = "renew_subscriptions", _("renewal")
    # The daily command was late: a page or an order found a period that had ended.
    RENEW_ON_SIGHT = "renew_on_sight", _("renewal")
    EXPIRE = "expire_invitations", _("expired invitations")
    CHECK = "check_seats", _("correction")
    DELIVER = "deliver_outbox", _("failed deliveries")


DAILY_RENEWAL = Actor.system(SystemCommand.RENEW)
RENEWAL_ON_SIGHT = Actor.system(SystemCommand.RENEW_ON_SIGHT)
EXPIRY = Actor.system(SystemCommand.EXPIRE)
CORRECTION = Actor.system(SystemCommand.CHECK)
DELIVERY = Actor.system(SystemCommand.DELIVER)


def command_label(command: str) -> str:
    """What a command does, in a word; empty for one of another app."""
    return str(SystemCommand(command).label) if command in SystemCommand else ""
