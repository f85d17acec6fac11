"""Addresses of the pages of Sales."""

from django.urls import reverse

from subscriptions.models import SeatRequest

LIST = "admin:subscriptions_seatrequest_changelist"
ORDERS = "admin:subscriptions_serviceorder_changelist"


def page(seat_request: SeatRequest, name: str = "change") -> str:
    return reverse(f"admin:subscriptions_seatrequest_{name}", args=[seat_request.pk])
