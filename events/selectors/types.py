"""Every type of event there is; docs/api.md lists them."""

from collections.abc import Mapping, Sequence

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import AUDIT_TYPES, OF_ACCOUNTS, OF_TOKENS, OF_WEBHOOKS, AuditKind
from subscriptions.models import (
    CHANGE_REQUEST_TYPES,
    ENDED_TYPE,
    ORDER_TYPES,
    PART_TYPES,
    REQUEST_TYPES,
    SEAT_CHANGE_TYPES,
    ChangeRequestStatus,
    OrderKind,
    PartStep,
    RequestStatus,
    SeatChangeKind,
)

Label = str | Promise

_OF_MEMBERS = [kind for kind in AUDIT_TYPES if kind not in (*OF_TOKENS, *OF_WEBHOOKS, *OF_ACCOUNTS)]

TYPES = (
    *AUDIT_TYPES.values(),
    *SEAT_CHANGE_TYPES.values(),
    *ORDER_TYPES.values(),
    ENDED_TYPE,
    *REQUEST_TYPES.values(),
    *PART_TYPES.values(),
    *CHANGE_REQUEST_TYPES.values(),
)

# What people call them.
LABELS: Mapping[str, Label] = {
    **{name: AuditKind(kind).label for kind, name in AUDIT_TYPES.items()},
    **{name: SeatChangeKind(kind).label for kind, name in SEAT_CHANGE_TYPES.items()},
    **{
        name: format_lazy("{}: {}", _("Subscription"), OrderKind(kind).label)
        for kind, name in ORDER_TYPES.items()
    },
    ENDED_TYPE: format_lazy("{}: {}", _("Subscription"), pgettext_lazy("subscription", "Ended")),
    **{
        name: format_lazy("{}: {}", _("Seat request"), RequestStatus(status).label)
        for status, name in REQUEST_TYPES.items()
    },
    **{
        name: format_lazy("{}: {}", _("Seat request"), PartStep(step).label)
        for step, name in PART_TYPES.items()
    },
    **{
        name: format_lazy("{}: {}", _("Change request"), ChangeRequestStatus(status).label)
        for status, name in CHANGE_REQUEST_TYPES.items()
    },
}

# What they are about → the types.
GROUPS: Mapping[Label, Sequence[str]] = {
    _("Seats"): list(SEAT_CHANGE_TYPES.values()),
    _("Subscription"): [*ORDER_TYPES.values(), ENDED_TYPE],
    _("Seat requests"): [*REQUEST_TYPES.values(), *PART_TYPES.values()],
    _("Change requests"): list(CHANGE_REQUEST_TYPES.values()),
    _("Members"): [AUDIT_TYPES[kind] for kind in _OF_MEMBERS],
    _("API tokens"): [AUDIT_TYPES[kind] for kind in OF_TOKENS],
    _("Webhooks"): [AUDIT_TYPES[kind] for kind in OF_WEBHOOKS],
    _("Account"): [AUDIT_TYPES[kind] for kind in OF_ACCOUNTS],
}
