"""The sidebar of the desk: what this person may open, in the words of their work."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group as PermissionGroup
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import staff
from accounts.models import Account, ApiToken, AuditEntry, Membership, User
from core.models import OutboxEntry
from events.models import WebhookEndpoint
from seatadmin.desk.access import sees_desk
from subscriptions.models import (
    ChangeRequest,
    Charge,
    LinePrice,
    Order,
    Plan,
    Product,
    ProductKey,
    SeatAssignment,
    SeatChange,
    SeatPool,
    SeatRequest,
    ServiceOrder,
    Subscription,
)
from subscriptions.selectors.desk.queue import waiting_changes, waiting_requests


@dataclass(frozen=True)
class Item:
    """One entry; `count` is what waits behind it."""

    label: str
    url: str
    icon: str
    current: bool
    count: int | None = None


@dataclass(frozen=True)
class Group:
    """Entries below a heading; one that is folded opens where one of them is current."""

    label: str
    items: tuple[Item, ...]
    is_folded: bool = False

    @property
    def current(self) -> bool:
        return any(item.current for item in self.items)


@dataclass(frozen=True)
class Entry:
    """A list of the admin: how it is called, and the models that lie below it."""

    label: Any
    icon: str
    models: tuple[type[Model], ...]

    @property
    def page(self) -> str:
        return f"{_prefix(self.models[0])}changelist"

    def is_above(self, name: str) -> bool:
        return any(name.startswith(_prefix(model)) for model in self.models)


_REQUESTS = Entry(gettext_lazy("Requests"), "chat-bubble-left", (SeatRequest,))
_CHANGES = Entry(gettext_lazy("Change requests"), "arrows-right-left", (ChangeRequest,))
_DESK = (
    _REQUESTS,
    _CHANGES,
    Entry(gettext_lazy("Accounts"), "users", (Account,)),
    Entry(gettext_lazy("Service orders"), "inbox-stack", (ServiceOrder,)),
)
_CATALOGUE = (Entry(gettext_lazy("Products and prices"), "tag", (Product, Plan)),)
# What only superusers have to do with; a model that is new and not named here stands last.
_REST: tuple[tuple[Any, tuple[type[Model], ...]], ...] = (
    (gettext_lazy("Customers"), (Subscription, SeatPool, SeatAssignment, Membership)),
    (gettext_lazy("History"), (Order, Charge, LinePrice, SeatChange, AuditEntry)),
    (gettext_lazy("Programs"), (ApiToken, ProductKey, WebhookEndpoint, OutboxEntry)),
    (gettext_lazy("Staff"), (User, PermissionGroup)),
)


def sidebar(site: admin.AdminSite, request: HttpRequest) -> tuple[Group, ...]:
    """What this person may open, in groups; what would be refused is not there."""
    name = (request.resolver_match and request.resolver_match.url_name) or ""
    shown = Shown(site, request, name)
    groups = [
        Group(_("Desk"), tuple(shown.desk())),
        Group(_("Catalogue"), tuple(shown.entries(_CATALOGUE))),
        *(Group(str(label), tuple(shown.models(models)), True) for label, models in shown.rest()),
    ]
    return tuple(group for group in groups if group.items)


@dataclass(frozen=True)
class Shown:
    """The entries of one page: `name` is that of its address."""

    site: admin.AdminSite
    request: HttpRequest
    name: str

    def desk(self) -> Iterator[Item]:
        yield self._own(_("Today"), "index", "home")
        yield from self.entries(_DESK)
        if sees_desk(self.request):
            yield self._own(_("Renewals"), "desk_renewals", "clock")

    def _own(self, label: str, name: str, icon: str) -> Item:
        return Item(label, reverse(f"admin:{name}"), icon, self.name == name)

    def entries(self, entries: tuple[Entry, ...]) -> Iterator[Item]:
        for entry in entries:
            if self._may_open(entry.models[0]):
                yield Item(
                    label=str(entry.label),
                    url=reverse(f"admin:{entry.page}"),
                    icon=entry.icon,
                    current=entry.is_above(self.name),
                    count=self._waiting(entry),
                )

    def models(self, models: tuple[type[Model], ...]) -> Iterator[Item]:
        for model in models:
            if self._may_open(model):
                label = capfirst(str(model._meta.verbose_name_plural))
                yield from self.entries((Entry(label, "", (model,)),))

    def rest(self) -> Iterator[tuple[Any, tuple[type[Model], ...]]]:
        yield from _REST
        named = {model for entry in (*_DESK, *_CATALOGUE) for model in entry.models}
        named.update(model for _label, models in _REST for model in models)
        new = tuple(model for model in self.site._registry if model not in named)
        yield gettext_lazy("Other"), new

    def _may_open(self, model: type[Model]) -> bool:
        return self.site.is_registered(model) and self.site.get_model_admin(
            model
        ).has_view_permission(self.request)

    def _waiting(self, entry: Entry) -> int | None:
        """How many requests wait behind an entry; None for none, and where nothing waits."""
        if entry is _REQUESTS:
            return waiting_requests(staff(self.request)).count() or None
        return waiting_changes(staff(self.request)).count() or None if entry is _CHANGES else None


def _prefix(model: type[Model]) -> str:
    return f"{model._meta.app_label}_{model._meta.model_name}_"
