from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.db.models import TextChoices
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import staff
from accounts.actions import resend_invitation
from accounts.admin.channels import ACTOR, ShowsChannel
from accounts.models import AccountKind, AuditEntry, AuditKind, Membership, Status, User
from accounts.permissions import Role, Scope
from accounts.rules.staff import check_may_serve
from core.admin import ReadOnly, two_lines
from core.date_range import DateRange
from core.views import refusals_as_messages


@admin.register(Membership)
class MembershipAdmin(ReadOnly):
    """Who belongs to which account; changed on the account's own pages."""

    list_display = ("name", "email", "account", "role", "status", "added_at")
    list_filter = ("role", "status")
    list_select_related = ("account", "user")
    search_fields = ("name", "user__email", "account__name", "account__slug")
    search_help_text = gettext_lazy("Name, email address or account")
    fields = ("account", "user", "name", "role", "status", "added_at", "invitation_expires_at")

    def get_urls(self) -> list[URLPattern]:
        resend = self.admin_site.admin_view(self.resend_view)
        name = "accounts_membership_resend"
        return [path("<int:pk>/resend/", resend, name=name), *super().get_urls()]

    @admin.display(description=gettext_lazy("email address"), ordering="user__email")
    def email(self, membership: Membership) -> str:
        return membership.user.email

    def resend_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Mail a new invitation, for example to an owner whose invitation has expired."""
        membership = self.get_object(request, str(pk))
        if membership is None or not self.has_view_permission(request):
            raise Http404
        if request.method == "POST":
            with refusals_as_messages(request):
                check_may_serve(staff(request), membership.account)
                self.resend(membership, by=staff(request), at=timezone.now())
                self.message_user(request, _("The invitation will be sent."), messages.SUCCESS)
                self.log_change(request, membership, _("Invitation resent"))
        return HttpResponseRedirect(reverse("admin:accounts_membership_change", args=[pk]))

    def resend(self, membership: Membership, by: User, at: datetime) -> None:
        """Send the invitation again. Raises what the action raises."""
        resend_invitation(membership=membership, by=by, at=at)


@admin.register(AuditEntry)
class AuditEntryAdmin(ShowsChannel, ReadOnly):
    """Every change of a role or of access, newest first (D9)."""

    list_display = ("at", "account", "member", "change", "reason", "who")
    list_filter = ("kind", "channel", ("at", DateRange))
    csv_columns = ("at", "account", "member", "kind", "was", "now", "reason", *ACTOR)
    list_select_related = ("account", "member__user", "by", "token")
    search_fields = ("account__name", "member__name", "member__user__email")
    search_help_text = gettext_lazy("Account or member")
    fields = ("account", "at", "by", "through", "member", "kind", "was", "now", "reason")
    readonly_fields = ("through", "was", "now")

    @admin.display(description=gettext_lazy("what"), ordering="kind")
    def change(self, entry: AuditEntry) -> SafeString:
        """What was done; before and after, where there is any."""
        was, now = self.was(entry), self.now(entry)
        steps = [said for said in (was, now) if said != "–"]
        return two_lines(entry.get_kind_display(), " → ".join(steps))

    @admin.display(description=gettext_lazy("before"))
    def was(self, entry: AuditEntry) -> str:
        """Nothing for an invitation: whoever is new was nothing before."""
        return "–" if entry.kind == AuditKind.INVITED else in_words(entry.before)

    @admin.display(description=gettext_lazy("after"))
    def now(self, entry: AuditEntry) -> str:
        return in_words(entry.after)


_IN_WORDS: dict[str, tuple[Any, type[TextChoices] | None]] = {
    "status": (gettext_lazy("status"), Status),
    "role": (gettext_lazy("role"), Role),
    "name": (gettext_lazy("name"), None),
    "prefix": (gettext_lazy("begins with"), None),
    "scopes": (gettext_lazy("scopes"), Scope),
    "expires_at": (gettext_lazy("valid until"), None),
    "kind": (gettext_lazy("kind"), AccountKind),
    "slug": (gettext_lazy("web address"), None),
    "representative": (gettext_lazy("account representative"), None),
    "owner": (gettext_lazy("account owner"), None),
    "asked_by": (gettext_lazy("asked by"), None),
}


def in_words(values: dict[str, Any]) -> str:
    """What history stores about a member or a token, in the current language."""
    # PostgreSQL stores the keys in an order of its own.
    keys = [key for key in _IN_WORDS if key in values]
    return " · ".join(_in_words(key, values[key]) for key in keys) or "–"


def _in_words(key: str, value: Any) -> str:
    label, choices = _IN_WORDS[key]
    several = value if isinstance(value, list) else [value]
    said = ", ".join(
        str(choices(each).label) if choices and each in choices.values else str(each)
        for each in several
    )
    return f"{capfirst(str(label))}: {said}"
