"""Keys with which the vendor's products ask who may come in (D19)."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import staff
from accounts.forms import RotateKeyForm
from core.admin import ReadOnly, ReadOnlyInline, ShowsKey, form_page, shown_once
from core.views import refusals_on
from subscriptions.actions import issue_product_key, revoke_product_key, rotate_product_key
from subscriptions.admin.forms import ProductKeyForm
from subscriptions.models import ProductKey, ProductKeyEntry


class EntryInline(ReadOnlyInline):
    """What was done to the key, newest first."""

    model = ProductKeyEntry
    fields = ("at", "kind", "by")
    readonly_fields = fields


@admin.register(ProductKey)
class ProductKeyAdmin(ShowsKey, ReadOnly):
    """Made here; the answer to the form shows the key, once."""

    inlines = (EntryInline,)
    list_display = ("name_and_key", "product", "state", "expires_at", "last_used_at", "made_by")
    csv_columns = (
        "name", "key", "product", "state", "made_by", "made_at", "expires_at", "revoked_at",
        "last_used_at",
    )  # fmt: skip
    list_filter = ("product",)
    list_select_related = ("product", "made_by")
    search_fields = ("name", "prefix", "product__name")
    search_help_text = gettext_lazy("Name, beginning of the key or product")
    fields = (
        "name", "product", "key", "made_by", "made_at", "state", "expires_at", "rotated_at",
        "previous_until", "revoked_at", "last_used_at",
    )  # fmt: skip
    readonly_fields = ("key", "state")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.is_superuser

    def get_urls(self) -> list[URLPattern]:
        views = {"rotate": self.rotate_view, "revoke": self.revoke_view}
        own = [
            path(
                f"<int:pk>/{name}/",
                self.admin_site.admin_view(view),
                name=f"subscriptions_productkey_{name}",
            )
            for name, view in views.items()
        ]
        return [*own, *super().get_urls()]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            return super().add_view(request, form_url, extra_context)
        form = ProductKeyForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            with refusals_on(form):
                row, key = issue_product_key(
                    **form.cleaned_data, by=staff(request), at=timezone.now()
                )
                self.log_addition(request, row, [{"added": {}}])
                return shown_once(self, request, row, key)
        title = _("Add %(name)s") % {"name": self.opts.verbose_name}
        return form_page(self, request, form, title=title, button=_("Save"))

    def rotate_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Replace the key, and choose what becomes of the one before."""
        row = self._usable_row(request, pk)
        if row is None:
            return self._to_row(pk)
        form = RotateKeyForm(
            request.POST if request.method == "POST" else None, initial={"expected": row.key_since}
        )
        if form.is_valid():
            with refusals_on(form):
                key = rotate_product_key(
                    product_key=row, **form.cleaned_data, by=staff(request), at=timezone.now()
                )
                self.log_change(request, row, _("Rotated"))
                return shown_once(self, request, row, key)
        title = _("Rotate the key")
        return form_page(self, request, form, title=title, button=_("Rotate"), original=row)

    def revoke_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """End the key, once that is confirmed."""
        row = self._usable_row(request, pk)
        if row is None:
            return self._to_row(pk)
        form = forms.Form(request.POST if request.method == "POST" else None)
        if form.is_valid():
            revoke_product_key(product_key=row, by=staff(request), at=timezone.now())
            self.log_change(request, row, _("Revoked"))
            done = _("%(name)s has been revoked.") % {"name": row.name}
            self.message_user(request, done, messages.SUCCESS)
            return self._to_row(pk)
        title = _("Revoke the key: the product is refused from now on. You cannot undo this.")
        return form_page(self, request, form, title=title, button=_("Revoke"), original=row)

    def _usable_row(self, request: HttpRequest, pk: int) -> ProductKey | None:
        """The key, if it still opens something; 404 for those who may not see it."""
        row = self.get_object(request, str(pk))
        if row is None or not self.has_view_permission(request):
            raise Http404
        return row if row.is_usable(timezone.now()) else None

    def _to_row(self, pk: int) -> HttpResponse:
        page = reverse("admin:subscriptions_productkey_change", args=[pk])
        return HttpResponseRedirect(page)
