from django.contrib import admin

from core.admin import ReadOnly
from core.date_range import DateRange
from events.models import WebhookEndpoint


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(ReadOnly):
    """The webhooks of all accounts; added, changed and deleted on the account's own page.

    What is sent to them stands among the outgoing messages.
    """

    list_display = ("url", "account", "status", "failing_since", "made_by", "made_at")
    list_filter = ("status", ("made_at", DateRange))
    csv_columns = (*list_display, "status_since", "rotated_at")
    list_select_related = ("account", "made_by__user")
    search_fields = ("url", "account__name", "account__slug")
    fields = (
        "account", "url", "event_types", "status", "status_since", "failing_since", "made_by",
        "made_at", "rotated_at", "previous_until",
    )  # fmt: skip
