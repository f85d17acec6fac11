from subscriptions.models.catalog import Currency, Cycle, Plan, Price, Product, ProductKind
from subscriptions.models.change_requests import (
    Addressee,
    ChangeRequest,
    ChangeRequestKind,
    ChangeRequestStatus,
)
from subscriptions.models.charges import Charge, ChargeKind, LinePrice
from subscriptions.models.events import (
    CHANGE_REQUEST_TYPES,
    ENDED_TYPE,
    ORDER_TYPES,
    PART_TYPES,
    REQUEST_TYPES,
    SEAT_CHANGE_TYPES,
    PartStep,
)
from subscriptions.models.orders import Order, OrderKind
from subscriptions.models.product_keys import ProductKey, ProductKeyChange, ProductKeyEntry
from subscriptions.models.request_parts import RequestPart
from subscriptions.models.requests import (
    AddressedTo,
    RequestStatus,
    SeatRequest,
    ServiceOrder,
)
from subscriptions.models.seats import (
    AssignmentSource,
    SeatAssignment,
    SeatChange,
    SeatChangeKind,
    SeatPool,
)
from subscriptions.models.subscriptions import FormerTerm, Line, Subscription
from subscriptions.models.terms import TermChange, TermKind

__all__ = [
    "CHANGE_REQUEST_TYPES",
    "ENDED_TYPE",
    "ORDER_TYPES",
    "PART_TYPES",
    "REQUEST_TYPES",
    "SEAT_CHANGE_TYPES",
    "AddressedTo",
    "Addressee",
    "AssignmentSource",
    "ChangeRequest",
    "ChangeRequestKind",
    "ChangeRequestStatus",
    "Charge",
    "ChargeKind",
    "Currency",
    "Cycle",
    "FormerTerm",
    "Line",
    "LinePrice",
    "Order",
    "OrderKind",
    "PartStep",
    "Plan",
    "Price",
    "Product",
    "ProductKey",
    "ProductKeyChange",
    "ProductKeyEntry",
    "ProductKind",
    "RequestPart",
    "RequestStatus",
    "SeatAssignment",
    "SeatChange",
    "SeatChangeKind",
    "SeatPool",
    "SeatRequest",
    "ServiceOrder",
    "Subscription",
    "TermChange",
    "TermKind",
]
