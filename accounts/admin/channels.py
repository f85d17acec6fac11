from typing import Any

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from accounts.models.channels import ThroughChannel
from core.admin import two_lines
from core.csv_lists import Column


class ShowsChannel(admin.ModelAdmin):
    """Lists of history say who made each row, and below it through what (D18)."""

    @admin.display(description=gettext_lazy("who"))
    def who(self, row: ThroughChannel) -> SafeString:
        """The person; the system has no name, only what it was doing."""
        return two_lines(_person(row), self.through(row))

    @admin.display(description=gettext_lazy("through"), ordering="channel")
    def through(self, row: ThroughChannel) -> str:
        """The channel; with the system's command, or the program's token."""
        return _through(row)


def _person(row: Any) -> Any:
    # Most rows have it as a field; an order calls it by another name, and knows this one.
    return row.by


def _through(row: ThroughChannel) -> str:
    channel: Any = row.get_channel_display()
    what = row.token.name if row.token else row.command
    return f"{channel}: {what}" if what else str(channel)


# Who and through what, as two columns of a file.
ACTOR = (Column(gettext_lazy("who"), _person), Column(gettext_lazy("through"), _through))
