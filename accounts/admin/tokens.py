from django.contrib import admin
from django.utils.translation import gettext_lazy

from accounts.models import ApiToken
from core.admin import ReadOnly, ShowsKey
from core.date_range import DateRange


@admin.register(ApiToken)
class ApiTokenAdmin(ShowsKey, ReadOnly):
    """The tokens of all accounts; made, rotated and revoked on the account's own page."""

    list_display = (
        "name_and_key", "account", "may_do", "state", "expires_at", "last_used_at", "made_by",
    )  # fmt: skip
    list_filter = (("made_at", DateRange), ("last_used_at", DateRange))
    csv_columns = (
        "name", "key", "account", "may_do", "state", "made_by", "made_at", "expires_at",
        "revoked_at", "last_used_at",
    )  # fmt: skip
    list_select_related = ("account", "made_by__user")
    search_fields = ("name", "prefix", "account__name", "account__slug", "made_by__user__email")
    search_help_text = gettext_lazy("Name, beginning of the key, account or email address")
    fields = (
        "account", "name", "key", "may_do", "made_by", "maker_role", "made_at", "state",
        "expires_at", "rotated_at", "previous_until", "revoked_at", "last_used_at",
    )  # fmt: skip
    readonly_fields = ("key", "may_do", "state")

    @admin.display(description=gettext_lazy("scopes"))
    def may_do(self, token: ApiToken) -> str:
        return ", ".join(token.scope_labels)
