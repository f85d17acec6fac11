"""Orders and the ledgers in the admin, for superusers to read (D9, D16, N10)."""

from datetime import timedelta

from django.urls import reverse

from accounts.models import Membership, User
from subscriptions.models import Order, SeatChange, SeatPool
from tests import moves
from tests.cast import NOW
from tests.conftest import ClientFor
from tests.subscriptions.views.pages import text

SHARED = "Rounding is shared so that the parts add up to the sum."


def test_an_order_shows_the_charges_it_is_the_sum_of(
    client_for: ClientFor, root: User, acme_owner: Membership, suite_pool: SeatPool
) -> None:
    """8 of 30 days of 115.00 and 25.00."""
    order = moves.buy({suite_pool: 1}, by=acme_owner)
    page = client_for(root).get(reverse("admin:subscriptions_order_change", args=[order.pk]))
    assert "€37.33" in text(page)
    for charge in order.charges.all():
        assert str(charge.line) in text(page)
        assert reverse("admin:subscriptions_charge_change", args=[charge.pk]) in page.text
    assert "€30.66" in text(page)
    assert "€6.67" in text(page)


def test_a_cent_the_formula_does_not_explain_is_explained(
    client_for: ClientFor, root: User, acme_owner: Membership, suite_pool: SeatPool
) -> None:
    """N10: 30.67 and 6.67 would be 37.34; 140.00 for 8 of 30 days is 37.33."""
    order = moves.buy({suite_pool: 1}, by=acme_owner)
    client = client_for(root)
    assert SHARED in text(client.get(reverse("admin:subscriptions_order_change", args=[order.pk])))
    alone = moves.buy({suite_pool: 3}, by=acme_owner)
    shown = text(client.get(reverse("admin:subscriptions_order_change", args=[alone.pk])))
    assert SHARED not in shown


def test_orders_stand_newest_first(
    client_for: ClientFor, root: User, acme_owner: Membership, suite_pool: SeatPool
) -> None:
    """By when they were placed, not by when they were stored."""
    late = moves.buy({suite_pool: 1}, by=acme_owner)
    early = moves.buy({suite_pool: 2}, by=acme_owner, at=NOW - timedelta(days=2))
    shown = client_for(root).get(reverse("admin:subscriptions_order_changelist"))
    assert list(shown.context["cl"].queryset) == [late, early]
    assert Order.objects.count() == 2


def test_a_seat_change_is_read_in_money_and_dates(
    client_for: ClientFor, root: User, acme_owner: Membership, suite_pool: SeatPool
) -> None:
    """D11: no cents to be counted, no date written for machines."""
    moves.buy({suite_pool: 2}, by=acme_owner)
    change = SeatChange.objects.get(kind="bought")
    root.language = "de"
    root.save()
    shown = client_for(root).get(reverse("admin:subscriptions_seatchange_change", args=[change.pk]))
    assert "74,67\xa0€" in text(shown).replace(" €", "\xa0€")
    assert "7467" not in text(shown)
    assert "23.11.2026, 12:00" in text(shown)
    assert "2026-11-23" not in text(shown)
