"""Forms filled in by nobody in their right mind: never an error, never more seats than bought."""

from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import IdempotencyRecord
from subscriptions.models import SeatPool
from tests.hostile.forms import FORMS
from tests.world import World

TEXTS = st.one_of(
    st.text(max_size=40),
    st.integers().map(str),
    st.floats().map(str),
    st.sampled_from(
        ["", "\x00", "\ud7ff", "９", "-0", "1e9", "owner", "now", "../..", "%00", "\r\n"]
    ),
)


SENT_ON = (
    "buy", "manage", "request", "approve", "add member", "member", "change webhook",
    "test webhook",
)  # fmt: skip
# The answer to the form itself shows what was made.
SHOWS_KEY = ("token", "rotate token", "webhook", "rotate webhook")


@pytest.mark.parametrize("name", [*SENT_ON, *SHOWS_KEY])
@settings(
    max_examples=15, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(data=st.data())
def test_any_fields_with_any_text(name: str, world: World, data: Any) -> None:
    cache.clear()
    form = FORMS[name]
    fields = form.fields(world.homes[form.kind])
    chosen = data.draw(st.lists(st.sampled_from(sorted(fields)), unique=True, min_size=1))
    changed = {field: data.draw(TEXTS) for field in chosen}
    before = transaction.savepoint()
    answer = form.send(world, **changed)
    done = 200 if name in SHOWS_KEY else 302
    assert answer.status_code in (done, 400, 403, 404, 409, 422), changed
    if answer.status_code != done:
        sent = ("buying", "managing", "asking", "adding", "making", "rotating")
        assert not IdempotencyRecord.objects.filter(key__in=sent).exists()
    for pool in SeatPool.objects.all():
        assert pool.assignments.count() == pool.assigned <= pool.seats
    transaction.savepoint_rollback(before)
