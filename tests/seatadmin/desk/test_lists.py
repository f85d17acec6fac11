"""The lists behind the numbers of Today: filtered, summed, and of the rep's accounts alone."""

import pytest

from accounts.models import User
from subscriptions.models import SeatPool, SeatRequest
from tests.conftest import ClientFor
from tests.subscriptions.views.pages import text


def test_renewals_are_of_sixty_days_or_a_year_and_by_billing(
    client_for: ClientFor, rep: User, initech_pool: SeatPool, globex_talk: SeatPool
) -> None:
    client = client_for(rep)
    assert "Nothing renews in this time." in text(client.get("/admin/renewals/"))
    shown = text(client.get("/admin/renewals/?days=365"))
    assert "Initech 1 November 2027 Annual, EUR" in shown
    assert "Globex 1 November 2027 Annual, USD" in shown
    assert "Nothing renews" in text(client.get("/admin/renewals/?days=365&cycle=monthly"))


def test_what_is_no_filter_is_left_out(
    client_for: ClientFor, rep: User, initech_pool: SeatPool
) -> None:
    answer = client_for(rep).get("/admin/renewals/?days=x&cycle=weekly&page=nine")
    assert answer.status_code == 200
    assert 'href="?days=60&amp;cycle=annual" aria-current="true"' in answer.text


@pytest.mark.parametrize(
    "address", ["renewals/?days=365&cycle=all", "short/", "unused/", "scheduled/"]
)
def test_the_accounts_of_another_representative_are_not_there(
    address: str, client_for: ClientFor, rep: User, rep2: User, foreign: SeatRequest
) -> None:
    SeatPool.objects.filter(pk=foreign.pool_id).update(seats_at_renewal=1)
    assert "Vandelay" not in client_for(rep).get(f"/admin/{address}").text
    if address != "short/":
        assert "Vandelay" in client_for(rep2).get(f"/admin/{address}").text
