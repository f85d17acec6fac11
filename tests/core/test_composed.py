"""A query composed once answers as the ORM does, each time with other values."""

from datetime import timedelta

import pytest
from django.db.models import Q

from accounts.models import Account, Membership, Status
from core.composed import Composed, Given


def test_it_answers_for_the_values_it_is_given(
    acme: Account, acme_agent: Membership, stranger: Membership
) -> None:
    asked = Q(user__email__in=[Given("one"), Given("other")], account=Given("account"))
    found = Membership.objects.filter(asked, status=Status.ACTIVE).values_list("pk", "role")
    composed = Composed.of(found)
    emails = {"one": acme_agent.user.email, "other": stranger.user.email}
    assert composed.rows(account=acme.pk, **emails) == [(acme_agent.pk, "agent")]
    assert composed.rows(account=stranger.account_id, **emails) == [(stranger.pk, stranger.role)]


def test_dates_and_moments_are_written_as_the_database_has_them(acme_agent: Membership) -> None:
    found = Membership.objects.filter(added_at=Given("at"), pk=Given("pk")).values_list("pk")
    moment = acme_agent.added_at
    assert Composed.of(found).rows(at=moment, pk=acme_agent.pk) == [(acme_agent.pk,)]
    assert not Composed.of(found).rows(at=moment + timedelta(hours=1), pk=acme_agent.pk)


@pytest.mark.django_db
def test_a_value_that_is_not_given_is_not_taken_for_none() -> None:
    composed = Composed.of(Account.objects.filter(slug=Given("slug")).values_list("pk"))
    with pytest.raises(KeyError, match="slug"):
        composed.rows(name="acme")
