"""Every refusal of this app: code, HTTP status and sentence, once."""

from django.utils.translation import gettext_lazy as _

from core.errors import Refusal

BAD_URL = Refusal(
    "bad_url",
    422,
    _("Enter an address that begins with https://, without a user name and without a #."),
    field="url",
)
NOT_OF_THE_INTERNET = Refusal(
    "not_of_the_internet",
    422,
    _("Webhooks only go to addresses on the internet, and this is none. Use a public one."),
    field="url",
)
NO_EVENT_TYPE = Refusal(
    "no_event_type", 422, _("Choose at least one event, or all of them."), field="event_types"
)
TOO_MANY_ENDPOINTS = Refusal(
    "too_many_endpoints",
    422,
    _("An account has at most %(most)d webhooks. Delete one that nobody needs first."),
)
SWITCHED_OFF = Refusal("switched_off", 422, _("This webhook is switched off. Switch it on first."))
SECRET_ROTATED = Refusal(
    "stale",
    409,
    _(
        "Someone rotated this secret in the meantime. Before you rotate it again, make sure that "
        "nobody uses the new one."
    ),
)
