"""Django admin: the desk of Sales (R22), and for superusers the catalogue and the books."""

from subscriptions.admin.catalogue import PlanAdmin, ProductAdmin
from subscriptions.admin.desk import SeatRequestAdmin
from subscriptions.admin.history import OrderAdmin, SeatAssignmentAdmin, SeatChangeAdmin
from subscriptions.admin.members import SeatedMembershipAdmin
from subscriptions.admin.service_orders import ServiceOrderAdmin
from subscriptions.admin.subscription import SeatPoolAdmin, SubscriptionAdmin

__all__ = [
    "OrderAdmin",
    "PlanAdmin",
    "ProductAdmin",
    "SeatAssignmentAdmin",
    "SeatChangeAdmin",
    "SeatPoolAdmin",
    "SeatRequestAdmin",
    "SeatedMembershipAdmin",
    "ServiceOrderAdmin",
    "SubscriptionAdmin",
]
