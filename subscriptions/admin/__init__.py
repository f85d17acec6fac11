"""Django admin: the pages of Sales (R22), for superusers the catalogue, ledgers and keys."""

from subscriptions.admin.accounts import SubscribingAccountAdmin
from subscriptions.admin.catalog import ProductAdmin
from subscriptions.admin.change_requests import ChangeRequestAdmin
from subscriptions.admin.charges import ChargeAdmin, LinePriceAdmin
from subscriptions.admin.ledger import OrderAdmin, SeatAssignmentAdmin, SeatChangeAdmin
from subscriptions.admin.members import SeatedMembershipAdmin
from subscriptions.admin.plans import PlanAdmin
from subscriptions.admin.product_keys import ProductKeyAdmin
from subscriptions.admin.requests import SeatRequestAdmin
from subscriptions.admin.service_orders import ServiceOrderAdmin
from subscriptions.admin.subscriptions import SeatPoolAdmin, SubscriptionAdmin

__all__ = [
    "ChangeRequestAdmin",
    "ChargeAdmin",
    "LinePriceAdmin",
    "OrderAdmin",
    "PlanAdmin",
    "ProductAdmin",
    "ProductKeyAdmin",
    "SeatAssignmentAdmin",
    "SeatChangeAdmin",
    "SeatPoolAdmin",
    "SeatRequestAdmin",
    "SeatedMembershipAdmin",
    "ServiceOrderAdmin",
    "SubscribingAccountAdmin",
    "SubscriptionAdmin",
]
