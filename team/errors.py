"""Every refusal of this app: code, HTTP status and sentence, once."""

from django.utils.translation import gettext_lazy as _

from core.errors import Refusal

EXPIRED_INVITATION = Refusal(
    "expired_invitation",
    422,
    _("The invitation for %(name)s has expired. Resend it before you assign a seat."),
)
MEMBER_CHANGED = Refusal(
    "stale",
    409,
    _(
        "Someone changed %(name)s in the meantime. Nothing has been saved yet. Check the details "
        "and save again."
    ),
)
AGENT_NEEDS_SEAT = Refusal(
    "agent_needs_seat",
    422,
    _("An agent needs at least one seat. Choose a seat or another role."),
)
END_USER_HAS_SEAT = Refusal(
    "end_user_has_seat",
    422,
    _("An end user cannot have a seat. Clear the seats or choose another role."),
)
