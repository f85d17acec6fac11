from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.access import staff
from accounts.actions import switch_off
from accounts.models import Membership, User
from accounts.notifications import send_email_changed, send_password_changed
from core.admin import NeverDeleted
from core.fields import NameField
from core.mail import after_commit


class StaffCreationForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ("email", "name")
        field_classes: ClassVar[dict[str, Any]] = {"name": NameField}


class StaffChangeForm(UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"
        field_classes: ClassVar[dict[str, Any]] = {"name": NameField}
        # Checkboxes work without scripts and are labelled in every language.
        widgets: ClassVar[dict[str, Any]] = {"groups": forms.CheckboxSelectMultiple}


@admin.register(User)
class UserAdmin(NeverDeleted, DjangoUserAdmin):
    """People who sign in; never deleted, because the history of the admin would go with them."""

    form = StaffChangeForm
    add_form = StaffCreationForm
    list_display = ("email", "name", "is_staff", "is_superuser", "is_active", "last_login")
    list_filter = ("is_staff", "is_superuser", "is_active", "groups")
    search_fields = ("email", "name")
    ordering = ("email",)
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("email", "name", "password", "language")}),
        (
            _("Staff"),
            {
                "fields": ("is_active", "is_staff", "is_superuser", "groups"),
                "description": _(
                    "Account representatives are staff in the Sales group. They see the seat "
                    "requests of the accounts they look after."
                ),
            },
        ),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": ("email", "name", "usable_password", "password1", "password2"),
                "description": _(
                    "For staff only. Account members are invited on the Team members page of "
                    "their account."
                ),
            },
        ),
    )

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        before = User.objects.filter(pk=obj.pk).first()
        # First, as whoever accepts an invitation does: memberships, then the user.
        memberships = Membership.objects.locked(*obj.memberships.all()) if before else {}
        if before and before.is_active and not obj.is_active:
            switch_off(user=obj, by=staff(request), at=timezone.now())
        super().save_model(request, obj, form, change)
        if before and before.email != obj.email:
            # A member is found by their address, too.
            for membership in memberships.values():
                membership.user = obj
                membership.save(update_fields=["name"])
            after_commit(send_email_changed, obj, before.email, obj.email, staff(request))

    def user_change_password(
        self, request: HttpRequest, id: str, form_url: str = ""
    ) -> HttpResponse:
        before = self.get_object(request, id)
        response = super().user_change_password(request, id, form_url)
        after = self.get_object(request, id)
        if before and after and before.password != after.password:
            after_commit(send_password_changed, after, staff(request))
        return response
