from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy

from accounts.models.channels import ThroughChannel


class ShowsChannel(admin.ModelAdmin):
    """Lists of history say through what each row was made, beside who made it (D18)."""

    @admin.display(description=gettext_lazy("through"), ordering="channel")
    def through(self, row: ThroughChannel) -> str:
        """The channel; for the system, the command too."""
        channel: Any = row.get_channel_display()
        return f"{channel}: {row.command}" if row.command else str(channel)
