from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy

from accounts.models.channels import ThroughChannel


class ShowsChannel(admin.ModelAdmin):
    """Lists of history say through what each row was made, beside who made it (D18)."""

    @admin.display(description=gettext_lazy("through"), ordering="channel")
    def through(self, row: ThroughChannel) -> str:
        """The channel; with the system's command, or the program's token."""
        channel: Any = row.get_channel_display()
        what = row.token.name if row.token else row.command
        return f"{channel}: {what}" if what else str(channel)
