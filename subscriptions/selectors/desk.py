"""What the sales desk shows, of the accounts that someone of Sales may see (D15)."""

from accounts.models import User
from subscriptions.models import AddressedTo, SeatRequest
from subscriptions.models.requests import SeatRequestQuerySet


def waiting_requests(user: User) -> SeatRequestQuerySet:
    """Open requests that Sales decides, of the accounts this person sees."""
    seen = SeatRequest.objects.visible_to_staff(user).open()
    return seen.filter(addressed_to=AddressedTo.REPRESENTATIVE)
