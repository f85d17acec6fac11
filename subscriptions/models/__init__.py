from subscriptions.models.catalog import Currency, Cycle, Plan, Price, Product, ProductKind
from subscriptions.models.charges import Charge, ChargeKind, LinePrice
from subscriptions.models.orders import Order
from subscriptions.models.requests import (
    AddressedTo,
    RequestStatus,
    SeatRequest,
    ServiceOrder,
)
from subscriptions.models.seating import (
    SeatAssignment,
    SeatChange,
    SeatChangeKind,
    Through,
)
from subscriptions.models.subscription import Line, SeatPool, Subscription

__all__ = [
    "AddressedTo",
    "Charge",
    "ChargeKind",
    "Currency",
    "Cycle",
    "Line",
    "LinePrice",
    "Order",
    "Plan",
    "Price",
    "Product",
    "ProductKind",
    "RequestStatus",
    "SeatAssignment",
    "SeatChange",
    "SeatChangeKind",
    "SeatPool",
    "SeatRequest",
    "ServiceOrder",
    "Subscription",
    "Through",
]
