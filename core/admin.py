"""What goes out, and what did not arrive: for superusers, who can send it again (D17)."""

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core import outbox
from core.models import OutboxEntry


@admin.register(OutboxEntry)
class OutboxEntryAdmin(admin.ModelAdmin):
    """Never shows what is in a message: links in it let people in."""

    list_display = ("created_at", "summary", "receiver", "status", "tries", "due_at", "error")
    list_filter = ("status", "channel")
    search_fields = ("summary", "receiver")
    search_help_text = _("Subject or email address")
    fields = (
        "channel",
        "summary",
        "receiver",
        "status",
        "tries",
        "created_at",
        "due_at",
        "settled_at",
        "error",
    )
    actions = ("send_again", "discard")
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False

    @admin.action(description=_("Send again what was given up"), permissions=["view"])
    def send_again(self, request: HttpRequest, entries: QuerySet[OutboxEntry]) -> None:
        count = outbox.send_again(entries, at=timezone.now())
        sentence = ngettext(
            "%(count)d message will be sent again.",
            "%(count)d messages will be sent again.",
            count,
        )
        self._say(request, sentence, count)

    @admin.action(description=_("Discard what has not arrived"), permissions=["view"])
    def discard(self, request: HttpRequest, entries: QuerySet[OutboxEntry]) -> None:
        count = outbox.discard(entries, at=timezone.now())
        sentence = ngettext(
            "%(count)d message has been discarded.",
            "%(count)d messages have been discarded.",
            count,
        )
        self._say(request, sentence, count)

    def _say(self, request: HttpRequest, sentence: str, count: int) -> None:
        level = messages.SUCCESS if count else messages.WARNING
        self.message_user(request, sentence % {"count": count}, level)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.is_superuser

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.is_superuser

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
