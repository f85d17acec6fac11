"""D20: a request from before others could join has the part of whoever opened it."""

import pytest
from django.core.management import call_command

from accounts.actors import Actor
from accounts.models import Event, Membership
from accounts.permissions import Scope
from subscriptions.models import RequestPart, SeatPool, SeatRequest
from tests import moves
from tests.keys import token


@pytest.mark.django_db(transaction=True)
def test_there_and_back_every_request_is_for_as_many_seats_as_before(
    acme_owner: Membership, acme_admin: Membership, acme_agent: Membership,
    suite_pool: SeatPool, sell_pool: SeatPool,
) -> None:  # fmt: skip
    program = Actor.through_token(token(acme_owner, Scope.REQUEST_SEATS)[0])
    alone = moves.ask(suite_pool, 2, by=program)
    shared = moves.ask(sell_pool, 1, by=acme_admin)
    moves.join(shared, 3, by=acme_agent)
    call_command("migrate", "subscriptions", "0017", verbosity=0)
    call_command("migrate", verbosity=0)
    parts = {part.seat_request_id: part for part in RequestPart.objects.all()}
    assert parts.keys() == {alone.pk, shared.pk}
    for row in SeatRequest.objects.all():
        part = parts[row.pk]
        for name in ("seats", "reason", "requested_by", "requested_at", "requested_token"):
            assert getattr(part, name) == getattr(row, name)
    assert parts[shared.pk].seats == 4
    # What was said of parts that are no more could not be explained.
    assert not Event.objects.filter(type="seat_request.joined").exists()
    call_command("check_seats", verbosity=0)
