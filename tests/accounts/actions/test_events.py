"""D19: who goes on behind the last position they saw misses nothing."""

import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from accounts.actions import number_events, rename, suspend
from accounts.models import AUDIT_TYPES, AuditEntry, AuditKind, Event, Membership
from tests import cast


def test_every_kind_of_entry_has_a_type() -> None:
    assert set(AUDIT_TYPES) == set(AuditKind)
    assert len(set(AUDIT_TYPES.values())) == len(AuditKind)


def test_an_entry_has_its_event(acme_owner: Membership, acme_agent: Membership) -> None:
    suspend(membership=acme_agent, by=acme_owner, at=cast.NOW)
    event, entry = Event.objects.latest("pk"), AuditEntry.objects.latest("pk")
    assert (event.account, event.at) == (acme_owner.account, cast.NOW)
    assert (event.type, event.object) == ("member.suspended", "member")
    assert event.object_id == acme_agent.pk
    assert event.source == f"accounts.auditentry:{entry.pk}"
    assert event.position is None


def test_positions_follow_the_order_of_writing(
    acme_owner: Membership, acme_agent: Membership
) -> None:
    number_events()
    last = Event.objects.of_account(acme_owner.account).values_list("position", flat=True).last()
    assert last
    for name in ("One", "Two"):
        rename(membership=acme_agent, name=name, by=acme_owner, at=cast.NOW)
    numbered = number_events()
    assert [event.type for event in numbered] == ["member.renamed", "member.renamed"]
    assert [event.position for event in numbered] == [last + 1, last + 2]
    assert list(Event.objects.of_account(acme_owner.account))[-2:] == numbered
    assert number_events() == []


def test_numbering_takes_as_long_for_many(
    acme_owner: Membership,
    acme_agent: Membership,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for name in ("One", "Two", "Three"):
        rename(membership=acme_agent, name=name, by=acme_owner, at=cast.NOW)
    # With BEGIN and its end.
    with django_assert_max_num_queries(5):
        assert len(number_events()) >= 3
    with django_assert_max_num_queries(1):
        number_events()


@pytest.mark.django_db(transaction=True)
def test_a_transaction_does_not_number_its_own_events(
    acme_owner: Membership, acme_agent: Membership
) -> None:
    """They are not committed, and whoever else numbers would wait for its end."""
    with transaction.atomic():
        rename(membership=acme_agent, name="One", by=acme_owner, at=cast.NOW)
        with pytest.raises(RuntimeError, match="durable"):
            number_events()
