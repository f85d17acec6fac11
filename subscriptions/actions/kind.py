"""Another kind of account, and what follows from it for the requests that are open (D1)."""

from datetime import datetime

from django.db import transaction

from accounts.actions import change_kind
from accounts.actors import By
from accounts.models import Account, AccountKind
from core.mail import after_commit
from subscriptions import notifications
from subscriptions.actions.renewal import lock_renewed
from subscriptions.models import AddressedTo, SeatRequest, ServiceOrder, Subscription


@transaction.atomic
def change_account_kind(
    *, account: Account, kind: AccountKind, reason: str, by: By, at: datetime
) -> Account:
    """As `accounts.actions.change_kind`; open requests go to those who decide from now on.

    Their service orders are opened or closed with it. The subscription is locked first, so
    that nobody asks or decides by the old kind meanwhile.
    """
    subscription = Subscription.objects.filter(account=account).first()
    if subscription:
        lock_renewed(subscription, at)
    before = Account.objects.get(pk=account.pk).kind
    changed = change_kind(account=account, kind=kind, reason=reason, by=by, at=at)
    if changed.kind != before:
        after_commit(notifications.kind_changed, changed, before, changed.kind, reason)
    addressed = AddressedTo.BUYERS
    if changed.is_sales_managed:
        addressed = AddressedTo.REPRESENTATIVE
    moving = SeatRequest.objects.of_account(changed).open().exclude(addressed_to=addressed)
    for seat_request in moving.select_for_update(of=("self",)).order_by("pk"):
        _move(seat_request, addressed, at)
    return changed


def _move(seat_request: SeatRequest, addressed: AddressedTo, at: datetime) -> None:
    seat_request.addressed_to = addressed
    seat_request.save(update_fields=["addressed_to"])
    if seat_request.is_for_representative:
        # One that was closed when the account was sold online is opened again.
        ServiceOrder.objects.update_or_create(
            seat_request=seat_request,
            defaults={"closed_at": None},
            create_defaults={"opened_at": at},
        )
    else:
        ServiceOrder.objects.filter(seat_request=seat_request).update(closed_at=at)
    after_commit(notifications.request_moved, seat_request, about=seat_request)
