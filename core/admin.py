"""What the admin pages of all apps have in common: who may see them, and forms that act."""

from collections.abc import Mapping
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import AdminForm
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from core.errors import status_of_form
from core.views import refusals_on


class SuperusersOnly(admin.ModelAdmin):
    """Pages that exist for superusers only, whatever groups other staff are in (R22)."""

    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.is_superuser

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.is_superuser

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.is_superuser

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.is_superuser


class NeverDeleted(SuperusersOnly):
    """Never deleted, because history refers to it."""

    actions = None

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ReadOnly(NeverDeleted):
    """Read-only, for superusers too: only actions write here (D9)."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class MadeByAction(NeverDeleted):
    """Objects created by an action; its refusals are shown on the form (D10)."""

    creation_form: ClassVar[type[forms.Form] | type[forms.ModelForm]]
    # Field → the fields it is filled from while they are typed.
    prepopulated_in_creation: ClassVar[dict[str, Any]] = {}

    def create(self, request: HttpRequest, cleaned: dict[str, Any]) -> Model:
        """Call the action and return what it made. Raises what the action raises."""
        raise NotImplementedError

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = self.creation_form(
            request.POST if request.method == "POST" else None,
            initial=self.get_changeform_initial_data(request),
        )
        if form.is_valid():
            with refusals_on(form):
                made = self._create_once(request, form.cleaned_data)
                self.log_addition(request, made, [{"added": {}}])
                return self.response_add(request, made)
        title = _("Add %(name)s") % {"name": self.opts.verbose_name}
        return form_page(
            self,
            request,
            form,
            title=title,
            button=_("Save"),
            prepopulated=self.prepopulated_in_creation,
        )

    def _create_once(self, request: HttpRequest, cleaned: dict[str, Any]) -> Model:
        try:
            return self.create(request, cleaned)
        except IntegrityError as clash:
            # Two forms were both valid when checked; the database accepted only one.
            raise ValidationError(
                _("This was already saved a moment ago. Check the list before you try again."),
                code="saved_meanwhile",
            ) from clash


def form_page(
    model_admin: admin.ModelAdmin,
    request: HttpRequest,
    form: forms.Form | forms.ModelForm,
    *,
    title: str,
    button: str,
    original: Model | None = None,
    prepopulated: Mapping[str, Any] | None = None,
) -> TemplateResponse:
    """A page with one form that calls an action, in the frame of the admin."""
    context = {
        **model_admin.admin_site.each_context(request),
        "title": title,
        "button": button,
        "opts": model_admin.opts,
        "original": original,
        "form": form,
        "media": model_admin.media if prepopulated else "",
        "adminform": AdminForm(
            cast(forms.ModelForm, form),
            [(None, {"fields": list(form.fields)})],
            prepopulated or {},
        ),
    }
    return TemplateResponse(request, "admin/action_form.html", context, status=status_of_form(form))
