"""Asking for something else than more seats, and taking it back or declining it (R3, N4)."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.idempotency import claim, finish
from accounts.actors import Actor, By, actor_of
from accounts.models import Account
from accounts.permissions import Permission
from accounts.rules.staff import check_not_a_member
from core.mail import after_commit
from subscriptions import errors, notifications
from subscriptions.actions.closing_changes import close_change
from subscriptions.actions.events import record_change_step
from subscriptions.actions.preconditions import check_not_ended, check_number
from subscriptions.actions.renewal import lock_renewed
from subscriptions.models import (
    Addressee,
    ChangeRequest,
    ChangeRequestKind,
    ChangeRequestStatus,
    SeatPool,
    Subscription,
)
from subscriptions.rules.change_requests import Wish, addressee, is_asked_by, may_decide_change
from subscriptions.selectors.change_requests import same_open
from subscriptions.selectors.offers import first_offers, plan_offers, product_offers


@transaction.atomic
def request_change(
    *,
    account: Account,
    wish: Wish,
    reason: str,
    wanted_on: date | None,
    idempotency_key: str,
    by: By,
    at: datetime,
) -> ChangeRequest:
    """Ask for a change of what the account has; the same form again asks once (R3, D6).

    Raises ValidationError `not_allowed`, `nothing_bought`, `past_day`, `unknown_pool`,
    `bad_number`, `not_fewer`, `not_on_offer`, `scheduled_already`, `subscription_ended`,
    `open_request`, and what `claim` raises.
    """
    actor = actor_of(by)
    if actor.in_person is None:
        raise errors.CANNOT_REQUEST_CHANGE.error()
    content = {"account": account.pk, "wish": wish, "reason": reason, "wanted_on": wanted_on}
    form = claim("request_change", content, key=idempotency_key, by=actor, at=at)
    if form.results:
        return ChangeRequest.objects.with_details().get(pk=form.results[0])
    subscription, _pools = _lock(account, at)
    decided_by = _may_ask(actor, account, wish)
    if wanted_on and wanted_on < at.date():
        raise errors.PAST_WISH.error()
    row = _made_of(wish, account, subscription)
    if same_open(row):
        raise errors.SAME_REQUEST.error()
    row.reason, row.wanted_on, row.addressed_to = reason, wanted_on, decided_by
    _ask(row, by=actor, at=at)
    finish(form, [row])
    return row


def _lock(account: Account, at: datetime) -> tuple[Subscription | None, dict[int, SeatPool]]:
    """The subscription, locked and renewed; the account itself where nothing is bought yet."""
    subscription = Subscription.objects.filter(account=account).first()
    if subscription:
        return lock_renewed(subscription, at)
    Account.objects.select_for_update().get(pk=account.pk)
    return None, {}


def _may_ask(by: Actor, account: Account, wish: Wish) -> Addressee:
    """Who decides what is asked for. Raises ValidationError `not_allowed`."""
    found = addressee(wish.kind, account.kind, by.role)
    if found is None or by.account_id != account.pk or not by.may(Permission.REQUEST_CHANGES):
        raise errors.CANNOT_REQUEST_CHANGE.error()
    return found


def _made_of(wish: Wish, account: Account, subscription: Subscription | None) -> ChangeRequest:
    """The request for a wish, unsaved; refused where the account cannot have it."""
    row = ChangeRequest(account=account, kind=wish.kind)
    if wish.kind is ChangeRequestKind.FIRST_ORDER:
        _first_order(row, wish, subscription)
    elif subscription is None or not subscription.pools.exists():
        raise errors.NOTHING_TO_CHANGE.error()
    else:
        check_not_ended(subscription)
        _change_of_what_is_there(row, wish, subscription)
    return row


def _change_of_what_is_there(row: ChangeRequest, wish: Wish, subscription: Subscription) -> None:
    if wish.kind is ChangeRequestKind.CANCELLATION:
        if subscription.ends_at_renewal:
            raise errors.SCHEDULED_ALREADY.error(name=_("the subscription"))
    elif wish.kind is ChangeRequestKind.FEWER_SEATS:
        _fewer_seats(row, wish, subscription)
    elif wish.kind is ChangeRequestKind.OTHER_PLAN:
        _other_plan(row, wish, subscription)
    elif wish.kind is ChangeRequestKind.OTHER_PRODUCT:
        _new_plan(row, wish, {offer.plan.pk for offer in product_offers(subscription)})


def _first_order(row: ChangeRequest, wish: Wish, subscription: Subscription | None) -> None:
    if subscription and subscription.pools.exists():
        raise errors.CANNOT_REQUEST_CHANGE.error()
    _new_plan(row, wish, {offer.plan.pk for offer in first_offers()})


def _fewer_seats(row: ChangeRequest, wish: Wish, subscription: Subscription) -> None:
    pool = subscription.pools.filter(pk=wish.pool or 0).first()
    if pool is None:
        raise errors.UNKNOWN_POOL.error()
    check_number(wish.seats or 0)
    if (wish.seats or 0) >= pool.seats_at_renewal:
        most = pool.seats_at_renewal - 1
        raise errors.NOT_FEWER.error(most=most, pool=pool.name, seats=pool.seats_at_renewal)
    row.pool, row.seats, row.seats_before = pool, wish.seats, pool.seats_at_renewal


def _other_plan(row: ChangeRequest, wish: Wish, subscription: Subscription) -> None:
    for offer in plan_offers(subscription):
        if (offer.line.pk, offer.plan.pk) == (wish.line, wish.plan):
            row.line, row.plan, row.plan_before = offer.line, offer.plan, offer.line.plan
            return
    raise errors.NOT_ON_OFFER.error()


def _new_plan(row: ChangeRequest, wish: Wish, offered: set[int]) -> None:
    if wish.plan not in offered:
        raise errors.NOT_ON_OFFER.error()
    check_number(wish.seats or 0)
    row.plan_id, row.seats = wish.plan, wish.seats


def _ask(row: ChangeRequest, *, by: Actor, at: datetime) -> None:
    row.requested_by, row.requested_at = by.acting_member, at
    row.requested_through, row.requested_token = by.channel, by.token
    row.save()
    record_change_step(row, at=at)
    after_commit(notifications.change_requested, row, about=row)


@transaction.atomic
def withdraw_change(*, change_request: ChangeRequest, by: By, at: datetime) -> ChangeRequest:
    """Take back what one asked for (N4).

    Raises ValidationError `already_decided`, `not_allowed`.
    """
    row, _subscription, _pools = lock_open_change(change_request, at)
    if not is_asked_by(row, by):
        raise errors.ONLY_REQUESTER_WITHDRAWS.error()
    close_change(row, ChangeRequestStatus.WITHDRAWN, by=actor_of(by), at=at)
    return row


@transaction.atomic
def decline_change(
    *, change_request: ChangeRequest, note: str, by: By, at: datetime
) -> ChangeRequest:
    """Decline a change request, with a note to whoever asked.

    Raises ValidationError `already_decided`, `own_account`, `own_request`, `not_allowed`,
    `note_missing`.
    """
    row, _subscription, _pools = lock_open_change(change_request, at)
    check_may_decide_change(row, by)
    if not note.strip():
        raise errors.NOTE_MISSING.error()
    close_change(row, ChangeRequestStatus.DECLINED, by=actor_of(by), at=at, note=note)
    return row


def lock_open_change(
    change_request: ChangeRequest, at: datetime
) -> tuple[ChangeRequest, Subscription | None, dict[int, SeatPool]]:
    """The request under its subscription, locked. Raises ValidationError `already_decided`."""
    subscription, pools = _lock(change_request.account, at)
    locked = ChangeRequest.objects.select_for_update(of=("self",)).with_details()
    row = locked.get(pk=change_request.pk)
    if not row.is_open:
        raise errors.ALREADY_DECIDED.error(status=row.get_status_display())
    return row, subscription, pools


def check_may_decide_change(change_request: ChangeRequest, by: By) -> None:
    """Raises ValidationError `own_account`, `own_request`, `not_allowed`."""
    staff = actor_of(by).staff
    if staff:
        check_not_a_member(staff, change_request.account)
        if change_request.requested_by.user_id == staff.pk:
            raise errors.OWN_CHANGE_REQUEST.error()
    if not may_decide_change(change_request, by):
        who = change_request.get_addressed_to_display()
        raise errors.NOT_YOURS_TO_DECIDE.error(who=who)
