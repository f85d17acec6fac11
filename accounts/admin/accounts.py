from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import errors
from accounts.access import staff
from accounts.actions import open_account
from accounts.admin.closing_pages import ClosingPages
from accounts.admin.seen_by_staff import SeenByStaff
from accounts.forms import AccountNameField
from accounts.models import Account
from core.admin import MadeByAction
from core.fields import AddressField, NameField

_MAX_SLUG_LENGTH = 50


class OpenAccountForm(forms.ModelForm):
    """A new account and its owner, who is invited by mail (D7)."""

    slug = forms.SlugField(
        label=gettext_lazy("Web address"),
        max_length=_MAX_SLUG_LENGTH,
        required=False,
        error_messages={"unique": gettext_lazy("Another account already uses this web address.")},
        help_text=gettext_lazy(
            "The account's pages are at /a/…/, with this in place of the dots. If empty, it is "
            "made from the name."
        ),
    )
    owner_name = NameField(label=gettext_lazy("Account owner"))
    owner_email = AddressField(
        label=gettext_lazy("Email address of the owner"),
        help_text=gettext_lazy("They get an email with a link to set a password."),
    )

    class Meta:
        model = Account
        fields = ("name", "slug", "kind", "representative")
        field_classes: ClassVar[dict[str, Any]] = {"name": AccountNameField}

    def clean_slug(self) -> str:
        """What is typed, else the name in small letters, digits and hyphens."""
        typed: str = self.cleaned_data["slug"]
        made = typed or slugify(self.cleaned_data.get("name", ""))[:_MAX_SLUG_LENGTH].strip("-")
        if not made:
            raise errors.NO_SLUG.error()
        return made


@admin.register(Account)
class AccountAdmin(ClosingPages, SeenByStaff, MadeByAction):
    """Accounts, opened by superusers; whatever changes one later is an action with a page."""

    creation_form = OpenAccountForm
    prepopulated_in_creation: ClassVar[dict[str, Any]] = {"slug": ("name",)}
    list_display = ("name", "web_address", "kind", "representative", "created_at")
    list_filter = ("kind", ("representative", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("representative",)
    search_fields = ("name", "slug", "memberships__user__email")
    search_help_text = gettext_lazy("Name, web address or a member's email address")
    readonly_fields = ("web_address", "members")

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """The list of members is for superusers."""
        members = ("members",) if request.user.is_superuser else ()
        return ("name", "web_address", "kind", "representative", "created_at", *members)

    def create(self, request: HttpRequest, cleaned: dict[str, Any]) -> Model:
        return open_account(**cleaned, by=staff(request), at=timezone.now()).account

    @admin.display(description=gettext_lazy("web address"), ordering="slug")
    def web_address(self, account: Account) -> str:
        return f"/a/{account.slug}/"

    @admin.display(description=gettext_lazy("members"))
    def members(self, account: Account) -> str:
        link = reverse("admin:accounts_membership_changelist")
        return format_html(
            '<a href="{}?account__id__exact={}">{}</a>', link, account.pk, _("View members")
        )
