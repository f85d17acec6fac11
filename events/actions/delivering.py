"""The channel of webhooks: one try of one delivery, and what follows for its endpoint (D17)."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import outbox
from core.encryption import UnreadableError
from core.models import OutboxEntry, Status
from core.outgoing import Answer, NoAnswerError, post
from core.purges import delete_in_pieces
from events.actions.endpoints import switch_off_failed
from events.actions.fan_out import CHANNEL
from events.models import Attempt, Delivery, EndpointStatus, WebhookEndpoint
from events.signatures import headers

# Of an endpoint that does not answer, one delivery at a time is tried, after waits that grow
# as those of a delivery do, up to this.
_LONGEST_REST = timedelta(hours=1)
# Waits do not grow any more from here on.
_MOST_MISSES = 10
# Milliseconds; an answer that takes longer keeps others waiting.
_SLOW = 2000
# For so long the one that tries keeps the others away; longer than a try.
_TRYING = timedelta(seconds=30)
# Characters of an answer that are kept to be shown.
_SHOWN = 2000
_GONE = 410


@dataclass(frozen=True)
class _Try:
    """How a try ended; `answer` is None if there was none."""

    milliseconds: int
    answer: Answer | None = None
    error: str = ""


def deliver(entry: OutboxEntry) -> None:
    """Post one delivery. Raises what `core.outbox` tells apart."""
    delivery = Delivery.objects.select_related("endpoint").get(entry=entry)
    endpoint = delivery.endpoint
    if not endpoint.is_on:
        raise outbox.ImpossibleError("The webhook is switched off.")
    _let_rest(endpoint, timezone.now())
    tried = _try(delivery, timezone.now())
    attempt = _attempt_of(delivery, tried)
    with transaction.atomic():
        attempt.save(force_insert=True)
        is_as_it_was = _note(endpoint, attempt)
    if attempt.is_taken:
        return
    if attempt.status == _GONE and is_as_it_was:
        raise outbox.ImpossibleError("Answered 410: there is nothing there any more.")
    raise outbox.NotTakenError(tried.error or f"Answered {attempt.status}.")


def purge(*, at: datetime) -> int:
    """Delete the deliveries that were given up more than 30 days ago; `core.outbox` the others."""
    old = OutboxEntry.objects.filter(
        channel=CHANNEL, status=Status.GIVEN_UP, settled_at__lt=at - outbox.KEPT
    )
    return delete_in_pieces(old)


def _let_rest(endpoint: WebhookEndpoint, now: datetime) -> None:
    """Leave an endpoint alone that did not answer, but for one try at a time.

    A thread waits for an answer up to ten seconds: with hundreds of deliveries behind it, one
    endpoint would keep all others from theirs. Raises PostponedError.
    """
    if not endpoint.misses:
        return
    row = WebhookEndpoint.objects.filter(pk=endpoint.pk)
    is_mine = row.filter(rest_until__lte=now).update(rest_until=now + _TRYING)
    until = row.values_list("rest_until", flat=True).get()
    if is_mine or until is None:
        return
    outbox.postpone(OutboxEntry.objects.about([endpoint]), until=until)
    raise outbox.PostponedError(until)


def _try(delivery: Delivery, now: datetime) -> _Try:
    try:
        known = delivery.endpoint.secrets_at(now)
    except UnreadableError as error:
        raise outbox.ImpossibleError(str(error)) from error
    sent = {
        "Content-Type": "application/json",
        "User-Agent": "seatadmin-webhooks/1",
        **headers(known, delivery.message_id, int(now.timestamp()), delivery.body),
    }
    begun = time.monotonic()

    def took() -> int:
        return round((time.monotonic() - begun) * 1000)

    try:
        answer = post(delivery.endpoint.url, delivery.body.encode(), sent)
    except NoAnswerError as error:
        return _Try(took(), error=str(error))
    return _Try(took(), answer)


def _attempt_of(delivery: Delivery, tried: _Try) -> Attempt:
    answer = tried.answer
    return Attempt(
        delivery=delivery,
        at=timezone.now(),
        milliseconds=tried.milliseconds,
        status=answer.status if answer else None,
        answer=_storable(answer.text) if answer else "",
        error=_storable(tried.error),
    )


def _note(endpoint: WebhookEndpoint, attempt: Attempt) -> bool:
    """What a try says about its endpoint; for most, nothing new.

    Nothing about one that got another address meanwhile, or was switched off and on: False.
    """
    is_quick = attempt.status is not None and attempt.milliseconds < _SLOW
    if attempt.is_taken and is_quick and not (endpoint.misses or endpoint.failing_since):
        return True
    row = WebhookEndpoint.objects.locked(endpoint)
    if (row.url, row.status_since) != (endpoint.url, endpoint.status_since):
        return False
    misses = row.misses
    if attempt.is_taken:
        row.forget_failures()
    else:
        row.note_failure(attempt.at)
    row.misses, row.rest_until = (0, None) if is_quick else _rest(misses, attempt)
    row.save(update_fields=["failing_since", "failed_at", "misses", "rest_until"])
    if row.is_on and attempt.status == _GONE:
        switch_off_failed(endpoint=row, status=EndpointStatus.GONE, at=attempt.at)
    elif row.is_on and row.is_given_up(attempt.at):
        switch_off_failed(endpoint=row, status=EndpointStatus.FAILED, at=attempt.at)
    return True


def _rest(misses: int, attempt: Attempt) -> tuple[int, datetime]:
    """How often in a row it has not answered by now, and until when it is left alone.

    One that answers slowly rests three times as long as it took: it has one thread for a
    quarter of the time, and the others have the rest.
    """
    if attempt.status is not None:
        return 1, attempt.at + 3 * timedelta(milliseconds=attempt.milliseconds)
    misses = min(misses + 1, _MOST_MISSES)
    return misses, attempt.at + min(outbox.wait_after(misses), _LONGEST_REST)


def _storable(text: str) -> str:
    """What every database takes."""
    return text.replace("\0", "\\0")[:_SHOWN]


# Tried over three days. Endpoints that do not answer hold up one thread each for ten seconds.
channel = outbox.OutboxChannel(CHANNEL, deliver, label=_("Webhook"), max_tries=20, threads=4)
