"""What the admin pages of all apps have in common: who may see them, and forms that act."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import AdminForm
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.db.models import Model, QuerySet
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core import outbox
from core.credentials import Credential, SecretKey
from core.csv_lists import Column, columns_of, csv_response
from core.date_range import DateRange
from core.errors import SAVED_MEANWHILE, status_of_form
from core.models import OutboxEntry, Status
from core.views import refusals_on


class HeadedByRows(admin.ModelAdmin):
    """Lists are headed by what they list; "Select … to view" does not say where one is.

    What is found in them can be had as CSV, by whoever may see the list.
    """

    # Fields, methods of the list or columns of their own; what the list shows if empty.
    csv_columns: Sequence[str | Column] = ()

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.csv_view)
        return [path("csv/", view, name=self._csv_name()), *super().get_urls()]

    def _csv_name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_csv"

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {
            "title": capfirst(str(self.opts.verbose_name_plural)),
            "csv_url": reverse(f"{self.admin_site.name}:{self._csv_name()}"),
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def csv_view(self, request: HttpRequest) -> HttpResponseBase:
        """All rows that the list finds, not only the page: same permission, same filters."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        try:
            found = self.get_changelist_instance(request).queryset
        except IncorrectLookupParameters:
            # The list says that something is wrong with the filter.
            page = f"{self.opts.app_label}_{self.opts.model_name}_changelist"
            return HttpResponseRedirect(reverse(f"{self.admin_site.name}:{page}") + "?e=1")
        shown = cast(Sequence[str], self.get_list_display(request))
        columns = columns_of(self, self.csv_columns or shown)
        name = str(self.opts.verbose_name_plural)
        return csv_response(name, columns, found, at=timezone.now())


class SuperusersOnly(HeadedByRows):
    """Pages that exist for superusers only, whatever groups other staff are in (R22)."""

    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Django's titles begin with the name of the model in some languages."""
        context["title"] = capfirst(str(context["title"]))
        return super().render_change_form(request, context, *args, **kwargs)

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


def two_lines(first: Any, second: Any) -> SafeString:
    """Two facts in one cell, the second one quiet; one alone where there is no other."""
    said = [line for line in (first, second) if line not in (None, "")]
    if len(said) < 2:
        return format_html("{}", *(said or ["–"]))
    return format_html('{}<br><span class="quiet">{}</span>', *said)


class ReadOnlyInline(admin.TabularInline):
    """Rows below another one that only actions write (D9)."""

    can_delete = False
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class NeverDeleted(SuperusersOnly):
    """Never deleted, because history refers to it."""

    actions: Any = None

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
        form = self.form_to_create(request)
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

    def form_to_create(self, request: HttpRequest) -> forms.Form | forms.ModelForm:
        """The form as it was sent, or else as the address fills it in."""
        return self.creation_form(
            request.POST if request.method == "POST" else None,
            initial=self.get_changeform_initial_data(request),
        )

    def _create_once(self, request: HttpRequest, cleaned: dict[str, Any]) -> Model:
        try:
            return self.create(request, cleaned)
        except IntegrityError as clash:
            # Two forms were both valid when checked; the database accepted only one.
            raise SAVED_MEANWHILE.error() from clash


def form_page(
    model_admin: admin.ModelAdmin,
    request: HttpRequest,
    form: forms.Form | forms.ModelForm,
    *,
    title: str,
    button: str,
    original: Model | None = None,
    prepopulated: Mapping[str, Any] | None = None,
    says: Sequence[str] = (),
    back: str = "",
    links: Sequence[tuple[str, str]] = (),
    action: str = "",
    more_buttons: Sequence[tuple[str, str]] = (),
) -> TemplateResponse:
    """A page with one form that calls an action, in the frame of the admin.

    `says` are the paragraphs above the form: what it does. `back` is where "Cancel" leads,
    unless to the object; `links` are addresses with their labels, below the paragraphs.
    `action` is where the form is sent, if not to the page itself; `more_buttons` send it
    elsewhere: addresses with their labels.
    """
    context = {
        **model_admin.admin_site.each_context(request),
        "title": title,
        "button": button,
        "opts": model_admin.opts,
        "original": original,
        "form": form,
        "says": says,
        "back": back,
        "links": links,
        "action": action,
        "more_buttons": more_buttons,
        "media": model_admin.media if prepopulated else "",
        "adminform": AdminForm(
            cast(forms.ModelForm, form),
            [(None, {"fields": list(form.fields)})],
            prepopulated or {},
        ),
    }
    return TemplateResponse(request, "admin/action_form.html", context, status=status_of_form(form))


class ChannelFilter(admin.SimpleListFilter):
    """Through what a message goes out, in words."""

    title = gettext_lazy("channel")
    parameter_name = "channel"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(channel.name, str(channel.label)) for channel in outbox.channels()]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(channel=self.value()) if self.value() else queryset


class ShowsKey(admin.ModelAdmin):
    """Lists of keys: what may be seen of each, and how it stands; never a digest."""

    @admin.display(description=gettext_lazy("name"), ordering="name")
    def name_and_key(self, row: Any) -> SafeString:
        return two_lines(row.name, row.shown_as)

    @admin.display(description=gettext_lazy("begins with"), ordering="prefix")
    def key(self, row: Credential) -> str:
        return row.shown_as

    @admin.display(description=gettext_lazy("status"))
    def state(self, row: Credential) -> str:
        return str(row.state_at(timezone.now()).label)


def shown_once(
    model_admin: admin.ModelAdmin, request: HttpRequest, row: Credential, key: SecretKey
) -> TemplateResponse:
    """The key, in the answer to the form itself: it is stored nowhere and never shown again."""
    context = {
        **model_admin.admin_site.each_context(request),
        "title": str(row),
        "opts": model_admin.opts,
        "original": row,
        "key": key,
    }
    return TemplateResponse(request, "admin/shown_once.html", context)


@admin.register(OutboxEntry)
class OutboxEntryAdmin(ReadOnly):
    """What goes out, and what did not arrive, which can be sent again (D17).

    Never shows what is in a message: links in it let people in.
    """

    list_display = ("what", "receiver", "through", "status", "created_at", "tries")
    list_filter = ("status", ChannelFilter, ("created_at", DateRange))
    csv_columns = (*list_display, "settled_at", "error")
    search_fields = ("summary", "receiver")
    search_help_text = gettext_lazy("Subject or email address")
    readonly_fields = ("through", "what", "function")
    actions = ("send_again", "discard")

    def get_fields(self, request: HttpRequest, obj: OutboxEntry | None = None) -> tuple[str, ...]:
        """Nothing is tried again once it is settled."""
        ended = "due_at" if obj and obj.status == Status.WAITING else "settled_at"
        calls = ("function",) if obj and obj.summary != str(obj) else ()
        return (
            "through", "what", *calls, "receiver", "status", "tries", "created_at", ended, "error",
        )  # fmt: skip

    @admin.display(description=gettext_lazy("what"), ordering="summary")
    def what(self, entry: OutboxEntry) -> str:
        return str(entry)

    @admin.display(description=gettext_lazy("function"))
    def function(self, entry: OutboxEntry) -> str:
        """For whoever looks for it in the log."""
        return format_html('<span class="help">{}</span>', entry.summary)

    @admin.display(description=gettext_lazy("channel"), ordering="channel")
    def through(self, entry: OutboxEntry) -> str:
        labels = {channel.name: str(channel.label) for channel in outbox.channels()}
        return labels.get(entry.channel) or entry.channel

    @admin.action(description=gettext_lazy("Send again what was given up"), permissions=["view"])
    def send_again(self, request: HttpRequest, entries: QuerySet[OutboxEntry]) -> None:
        count = outbox.send_again(entries, at=timezone.now())
        sentence = ngettext(
            "%(count)d message will be sent again.",
            "%(count)d messages will be sent again.",
            count,
        )
        self._say(request, sentence, count)

    @admin.action(description=gettext_lazy("Discard what has not arrived"), permissions=["view"])
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
