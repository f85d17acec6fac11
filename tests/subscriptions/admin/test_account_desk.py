"""The account page of the sales desk (R22): one customer on one page."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions import invite
from accounts.models import Account, AccountKind, Membership, User
from accounts.permissions import Role
from subscriptions.actions import change_account_kind
from subscriptions.models import Line, SeatPool, SeatRequest
from tests import cast, changes, moves
from tests.cast import NOW, Catalogue
from tests.conftest import ClientFor
from tests.subscriptions.views.pages import text


def desk(account: Account) -> str:
    return reverse("admin:accounts_account_desk", args=[account.pk])


def test_it_says_who_the_customer_is_and_what_they_have(
    client_for: ClientFor, rep: User, initech: Account, initech_pool: SeatPool
) -> None:
    cast.fill(initech_pool, 38)
    shown = text(client_for(rep).get(desk(initech)))
    assert "Sales-managed EUR, Annual" in shown
    assert "Account owner: Initech Owner ( owner@initech.example )" in shown
    assert "Account representative: Vendor Rep Renews on 1 November 2027" in shown
    assert "Support Suite Professional Support, Guide, Explore, Talk" in shown
    assert "38 of 40 assigned 2 available" in shown
    assert "All lines €49,680.00" in shown
    assert "Nothing changes at renewal." in shown


def test_an_open_request_is_a_card_with_its_value_and_the_way_to_its_decision(
    client_for: ClientFor, rep: User, initech: Account, five: SeatRequest
) -> None:
    answer = client_for(rep).get(desk(initech))
    shown = text(answer)
    assert "5 more Support Suite Professional seats" in shown
    assert "“New colleagues.”" in shown
    assert f"{five.service_order.number} opened today" in shown
    assert "€5,835.70 today" in shown
    page = reverse("admin:subscriptions_seatrequest_change", args=[five.pk])
    assert f'href="{page}#review-decision"' in answer.content.decode()


def test_what_the_customer_decides_themselves_is_only_looked_at(
    client_for: ClientFor, rep: User, globex: Account, bought_online: SeatRequest
) -> None:
    shown = text(client_for(rep).get(desk(globex)))
    assert "Decided by the account owner and billing admins" in shown
    assert "View request" in shown
    assert "Approve or decline…" not in shown


def test_a_price_agreed_stands_beside_the_catalogues(
    client_for: ClientFor, rep: User, initech: Account, initech_pool: SeatPool
) -> None:
    Line.objects.filter(pool=initech_pool).update(unit_cents=9900)
    assert "€99.00 catalogue €103.50" in text(client_for(rep).get(desk(initech)))


def test_a_product_that_two_lines_include_is_pointed_out(
    client_for: ClientFor,
    rep: User,
    initech: Account,
    initech_pool: SeatPool,
    catalogue: Catalogue,
) -> None:
    assert "Bought twice" not in text(client_for(rep).get(desk(initech)))
    cast.pool(initech.subscription, catalogue.talk, seats=4)
    assert text(client_for(rep).get(desk(initech))).count("Bought twice: Talk") == 2


def test_what_is_scheduled_says_from_when_and_names_who_loses_a_seat(
    client_for: ClientFor, root: User, acme: Account, suite_nine_of_ten: SeatPool
) -> None:
    last = suite_nine_of_ten.assignments.order_by("-pk")[0].membership.name
    moves.set_numbers({suite_nine_of_ten: 8}, by=cast.owner(acme))
    shown = text(client_for(root).get(desk(acme)))
    assert "At renewal on 1 December 2026: Support Suite Professional: 10 → 8 seats" in shown
    assert f"Will lose their seat then: {last}" in shown
    assert "8 at renewal" in shown
    assert "€1,400.00 → €1,120.00" in shown


def test_people_are_counted_listed_by_role_and_found_by_name_or_mail(
    client_for: ClientFor, rep: User, initech: Account, initech_pool: SeatPool,
    initech_billing: Membership, initech_admin: Membership,
) -> None:  # fmt: skip
    cast.crowd(initech_pool, 30)
    client = client_for(rep)
    answer = client.get(desk(initech))
    members = answer.context["desk"].people.members
    assert [m.role for m in members[:4]] == ["owner", "billing_admin", "admin", "agent"]
    assert len(members) == 20
    shown = text(answer)
    assert "33 people" in shown
    assert "1 × Account owner 1 × Billing admin 1 × Admin 30 × Agent" in shown
    assert "20 of 33 shown. Show all" in shown
    everyone = client.get(desk(initech), {"all": "people"}).context["desk"].people
    assert len(everyone.members) == 33
    for words in ("billing@initech", "Initech bill"):
        found = client.get(desk(initech), {"people": words}).context["desk"].people
        assert list(found.members) == [initech_billing]
    assert "Nobody is called so." in text(client.get(desk(initech), {"people": "Zoe"}))


def test_history_is_that_of_seats_and_of_access_with_who_and_what(
    client_for: ClientFor, root: User, acme: Account, suite_pool: SeatPool
) -> None:
    moves.buy({suite_pool: 2}, by=cast.owner(acme))
    shown = text(client_for(root).get(desk(acme)))
    assert "Seats bought: Support Suite Professional 10 → 12 Acme Owner €74.67" in shown
    assert "Invitation accepted: Acme Owner" in shown
    assert "Seats bought: Workforce Management 2 seats, 23 Nov 2026 – 1 Dec 2026 €13.33" in shown


def test_history_says_what_the_vendor_changed_in_the_account(
    client_for: ClientFor, root: User, initech: Account
) -> None:
    change_account_kind(
        account=initech, kind=AccountKind.ONLINE_ASSISTED, reason="New contract.", by=root, at=NOW
    )
    shown = text(client_for(root).get(desk(initech)))
    assert "Kind of account changed: New contract. Sales-managed → Online-assisted" in shown


def test_an_account_without_a_subscription_says_what_to_do_first(
    client_for: ClientFor, root: User, rep: User, initech: Account
) -> None:
    initech.subscription.delete()
    answer = client_for(root).get(desk(initech))
    assert "No subscription yet" in text(answer)
    add = reverse("admin:subscriptions_subscription_add")
    assert f'href="{add}?account={initech.pk}"' in answer.content.decode()
    # Who represents the account opens it as well.
    assert (
        f'href="{add}?account={initech.pk}"' in client_for(rep).get(desk(initech)).content.decode()
    )


def test_who_only_reads_sees_every_account_and_no_button(
    client_for: ClientFor, initech: Account, five: SeatRequest
) -> None:
    answer = client_for(cast.onlooker("reader")).get(desk(initech))
    assert answer.status_code == 200
    assert "Approve or decline…" not in text(answer)
    assert "View request" in text(answer)


def test_a_representative_who_is_a_member_sees_no_button_either(
    client_for: ClientFor, rep: User, initech: Account, five: SeatRequest
) -> None:
    """Nobody does the vendor's part in an account of their own."""
    invite(
        account=initech, email=rep.email, name="Vendor Rep", role=Role.END_USER,
        by=cast.owner(initech), at=NOW,
    )  # fmt: skip
    assert "Approve or decline…" not in text(client_for(rep).get(desk(initech)))


def test_somebody_elses_account_is_not_there(
    client_for: ClientFor, rep2: User, root: User, initech: Account
) -> None:
    assert client_for(rep2).get(desk(initech)).status_code == 404
    assert client_for(root).get(reverse("admin:accounts_account_desk", args=[0])).status_code == 404


def test_it_takes_as_many_queries_for_many_people_as_for_few(
    client_for: ClientFor, rep: User, initech: Account, initech_pool: SeatPool,
    catalogue: Catalogue, five: SeatRequest,
) -> None:  # fmt: skip
    client = client_for(rep)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(desk(initech)).status_code == 200
        return len(captured)

    few = queries()
    cast.crowd(initech_pool, 60)
    cast.pool(initech.subscription, catalogue.talk, seats=3)
    assert queries() == few
    assert few <= 35


def test_what_is_asked_for_besides_seats_leads_to_its_decision(
    client_for: ClientFor, rep: User, initech: Account, initech_pool: SeatPool
) -> None:
    asked = changes.ask(changes.fewer(initech_pool, 30), cast.owner(initech))
    page = client_for(rep).get(desk(initech))
    assert "Season over." in text(page)
    decision = reverse("admin:subscriptions_changerequest_change", args=[asked.pk])
    assert decision in page.content.decode()
