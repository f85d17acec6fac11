"""Every type of event there is; docs/api.md lists them."""

from accounts.models import AUDIT_TYPES
from subscriptions.models import PART_TYPES, REQUEST_TYPES, SEAT_CHANGE_TYPES

TYPES = (
    *AUDIT_TYPES.values(),
    *SEAT_CHANGE_TYPES.values(),
    *REQUEST_TYPES.values(),
    *PART_TYPES.values(),
)
