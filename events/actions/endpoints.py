"""Webhooks: which addresses are told of what happens in an account (D17, D19)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction

from accounts import errors as account_errors
from accounts.actions.audit import record
from accounts.actions.idempotency import claim, finish
from accounts.actions.managers import locked_manager, managers
from accounts.actors import By, actor_of
from accounts.models import Account, AuditKind, Event, Membership
from accounts.permissions import Scope
from core import outbox
from core.credentials import Overlap
from core.mail import after_commit
from core.models import OutboxEntry
from core.outgoing import THIS_MACHINE
from core.public_addresses import is_public
from events import errors, notifications
from events.models import EndpointStatus, WebhookEndpoint
from events.signatures import new_secret
from subscriptions.rules.commands import DELIVERY

MOST = 20
_is_address = URLValidator(schemes=["http", "https"])
_LOCAL = ("localhost", ".localhost", ".local", ".internal")


@transaction.atomic
def add_endpoint(
    *, url: str, event_types: Sequence[str] | None, idempotency_key: str, by: By, at: datetime
) -> WebhookEndpoint:
    """Tell an address what happens in the account, from now on; `event_types` None: everything.

    Its secret is made here; who reads it in the answer can check what comes. The same form
    again gets the same one (D6). Raises ValidationError `not_allowed`, `bad_url`,
    `not_of_the_internet`, `no_event_type`, `too_many_endpoints`, `used_form`.
    """
    actor = actor_of(by)
    content = {"url": url, "event_types": event_types}
    form = claim("add_endpoint", content, key=idempotency_key, by=actor, at=at)
    if form.results:
        return WebhookEndpoint.objects.get(pk=form.results[0])
    manager = manager_of(actor)
    check_url(url)
    _check_types(event_types)
    # One at a time: two cannot both be the last one that is allowed.
    Account.objects.select_for_update(no_key=True).get(pk=manager.account_id)
    if WebhookEndpoint.objects.of_account(manager.account).count() >= MOST:
        raise errors.TOO_MANY_ENDPOINTS.error(most=MOST)
    endpoint = WebhookEndpoint(
        account=manager.account,
        made_by=manager,
        made_at=at,
        url=url,
        event_types=_in_order(event_types),
        status=EndpointStatus.ON,
        status_since=at,
        after_event=_newest_event(),
    )
    endpoint.take_secret(new_secret())
    endpoint.save(force_insert=True)
    _record(endpoint, AuditKind.WEBHOOK_ADDED, by=by, at=at, after=endpoint.described)
    finish(form, [endpoint])
    return endpoint


@transaction.atomic
def change_endpoint(
    *, endpoint: WebhookEndpoint, changes: Mapping[str, Any], by: By, at: datetime
) -> WebhookEndpoint:
    """Change its `url` or `event_types`, or whether it is `enabled`; the rest stays as it is.

    What waits goes to the new address. Raises ValidationError `not_allowed`, `bad_url`,
    `not_of_the_internet`, `no_event_type`.
    """
    row = locked_endpoint(endpoint, by)
    before = row.described
    if changes.get("url", row.url) != row.url:
        check_url(changes["url"])
        row.url = changes["url"]
        row.forget_failures()
    if "event_types" in changes:
        _check_types(changes["event_types"])
        row.event_types = _in_order(changes["event_types"])
    if row.described != before:
        row.save()
        after = row.described
        _record(row, AuditKind.WEBHOOK_CHANGED, by=by, at=at, before=before, after=after)
    if "enabled" in changes:
        turn = switch_on if changes["enabled"] else switch_off
        return turn(endpoint=row, by=by, at=at)
    return row


@transaction.atomic
def rotate_secret(
    *,
    endpoint: WebhookEndpoint,
    overlap: Overlap,
    idempotency_key: str,
    by: By,
    at: datetime,
    expected: str = "",
) -> WebhookEndpoint:
    """Sign with a new secret, and for `overlap` more with the one before as well.

    The same form again rotates nothing (D6). `expected` is the `secret_since` that was looked
    at; empty: any. Raises ValidationError `not_allowed`, `stale`, `used_form`.
    """
    actor = actor_of(by)
    content = {"endpoint": endpoint.pk, "overlap": overlap}
    form = claim("rotate_secret", content, key=idempotency_key, by=actor, at=at)
    row = locked_endpoint(endpoint, by)
    if form.results:
        return row
    if expected not in ("", row.secret_since):
        raise errors.SECRET_ROTATED.error()
    row.encrypted_previous_secret = row.encrypted_secret if overlap else ""
    row.previous_until = at + overlap.duration if overlap else None
    row.rotated_at = at
    row.take_secret(new_secret())
    row.save()
    after = {"url": row.url, "overlap_hours": int(overlap)}
    _record(row, AuditKind.WEBHOOK_ROTATED, by=by, at=at, after=after)
    finish(form, [row])
    return row


@transaction.atomic
def switch_on(*, endpoint: WebhookEndpoint, by: By, at: datetime) -> WebhookEndpoint:
    """Tell it again of what happens from now on; one that is on stays as it is.

    What happened meanwhile is not sent: the feed of events has it. Raises ValidationError
    `not_allowed`.
    """
    row = locked_endpoint(endpoint, by)
    if not row.is_on:
        row.forget_failures()
        _turn(row, EndpointStatus.ON, AuditKind.WEBHOOK_SWITCHED_ON, by=by, at=at)
    return row


@transaction.atomic
def switch_off(*, endpoint: WebhookEndpoint, by: By, at: datetime) -> WebhookEndpoint:
    """Tell it nothing more until it is switched on; what waits is given up.

    Raises ValidationError `not_allowed`.
    """
    row = locked_endpoint(endpoint, by)
    if row.is_on:
        _turn(row, EndpointStatus.OFF, AuditKind.WEBHOOK_SWITCHED_OFF, by=by, at=at)
        _give_up_waiting(row, at)
    return row


@transaction.atomic
def switch_off_failed(*, endpoint: WebhookEndpoint, status: EndpointStatus, at: datetime) -> None:
    """Switch off what nobody answers at, and tell the owner; the caller holds the row's lock."""
    off = AuditKind.WEBHOOK_SWITCHED_OFF
    _turn(endpoint, status, off, by=DELIVERY, at=at)
    _give_up_waiting(endpoint, at)
    after_commit(notifications.webhook_switched_off, endpoint)


@transaction.atomic
def delete_endpoint(*, endpoint: WebhookEndpoint, by: By, at: datetime) -> None:
    """Be done with it: nothing more is sent, and its secrets are gone.

    Raises ValidationError `not_allowed`.
    """
    row = _locked(endpoint, by)
    if row.status == EndpointStatus.DELETED:
        return
    before = row.described
    row.status, row.status_since = EndpointStatus.DELETED, at
    row.encrypted_secret = row.encrypted_previous_secret = ""
    row.save()
    outbox.discard(OutboxEntry.objects.about([row]), at=at)
    _record(row, AuditKind.WEBHOOK_DELETED, by=by, at=at, before=before)


def manager_of(by: By) -> Membership:
    """Who manages webhooks here: a member, locked, or the maker of a token with the scope.

    Raises ValidationError `not_allowed`.
    """
    actor = actor_of(by)
    if actor.token and actor.token.has_scope(Scope.MANAGE_WEBHOOKS):
        return actor.acting_member
    return locked_manager(by)


def locked_endpoint(endpoint: WebhookEndpoint, by: By) -> WebhookEndpoint:
    """The endpoint, locked, for somebody who manages those of its account.

    Raises ValidationError `not_allowed`, `deleted`: nothing brings it back.
    """
    row = _locked(endpoint, by)
    if row.status == EndpointStatus.DELETED:
        raise errors.DELETED.error()
    return row


def check_url(url: str) -> None:
    """Refuse what nothing would ever be sent to; what a name means is looked up when sending.

    Raises ValidationError `bad_url`, `not_of_the_internet`.
    """
    try:
        _is_address(url)
        place = urlsplit(url)
        host = (place.hostname or "").lower()
        is_plain = not (place.username or place.password or place.fragment)
        is_written_so = url.isascii() and url.isprintable() and is_plain and place.port != 0
    except (ValidationError, ValueError) as error:
        raise errors.BAD_URL.error() from error
    if settings.POSTS_TO_THIS_MACHINE and host in THIS_MACHINE and is_written_so:
        return
    if place.scheme != "https" or not is_written_so:
        raise errors.BAD_URL.error()
    if _is_never_public(host):
        raise errors.NOT_OF_THE_INTERNET.error()


def _locked(endpoint: WebhookEndpoint, by: By) -> WebhookEndpoint:
    if endpoint.account_id != manager_of(by).account_id:
        raise account_errors.ONLY_ROLES_GIVE.error(roles=managers())
    row: WebhookEndpoint = WebhookEndpoint.objects.locked(endpoint)
    return row


def _is_never_public(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return host.endswith(_LOCAL)
    return not is_public(host)


def _check_types(event_types: Sequence[str] | None) -> None:
    if event_types is not None and not event_types:
        raise errors.NO_EVENT_TYPE.error()


def _in_order(event_types: Sequence[str] | None) -> list[str] | None:
    return None if event_types is None else sorted(set(event_types))


def _turn(
    row: WebhookEndpoint, status: EndpointStatus, kind: AuditKind, *, by: By, at: datetime
) -> None:
    before = {**row.described, "status": row.status}
    row.status, row.status_since, row.after_event = status, at, _newest_event()
    row.save()
    _record(row, kind, by=by, at=at, before=before, after={"status": status})


def _newest_event() -> int:
    """The number of what was written last, in whichever account; 0 if nothing was."""
    return Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _give_up_waiting(row: WebhookEndpoint, at: datetime) -> None:
    outbox.give_up(OutboxEntry.objects.about([row]), "The webhook was switched off.", at=at)


def _record(row: WebhookEndpoint, kind: AuditKind, **facts: Any) -> None:
    record(row.made_by, kind, about=row, **facts)
