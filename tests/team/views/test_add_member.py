"""Adding a member: who may, what is refused, and the way to seats and back (R18, R20)."""

import re
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from accounts.actions import suspend
from accounts.models import Account, Membership, Status
from accounts.permissions import Role
from subscriptions.models import SeatPool
from tests import cast, moves
from tests.accounts.pages import main_of
from tests.conftest import ClientFor
from tests.subscriptions.views.pages import hidden

ADD = "/a/acme/team/add/"
# The form, opened also where no seat is left.
FORM = f"{ADD}?seat=none"


def typed(*pools: SeatPool, **more: Any) -> dict[str, Any]:
    seats = [pool.pk for pool in pools]
    return {
        "email": "nora@acme.example",
        "name": "Nora New",
        "role": "agent",
        "seats": seats,
        **more,
    }


def hidden_key(page: Any) -> str:
    return hidden(page, "idempotency_key")


def nora(account: Account) -> Membership | None:
    return account.memberships.present().filter(user__email="nora@acme.example").first()


def pools_of(member: Membership) -> set[str]:
    return set(member.seat_assignments.values_list("pool__name", flat=True))


def test_an_admin_adds_an_agent_with_seats_from_the_invitation_on(
    acme_admin: Membership, suite_pool: SeatPool, sell_pool: SeatPool, client_for: ClientFor
) -> None:
    """R18, D2"""
    response = client_for(acme_admin).post(ADD, typed(suite_pool, sell_pool), follow=True)

    assert "Nora New has been added. An invitation will be sent" in main_of(response)
    member = nora(acme_admin.account)
    assert member is not None
    assert member.is_invited
    assert pools_of(member) == {"Support Suite Professional", "Sell Growth"}


@pytest.mark.parametrize(
    ("who", "status"), [("acme_agent", 403), ("acme_end_user", 403), ("stranger", 404)]
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_who_does_not_manage_the_team_adds_nobody(
    acme: Account,
    suite_pool: SeatPool,
    client_for: ClientFor,
    request: pytest.FixtureRequest,
    who: str,
    status: int,
    method: str,
) -> None:
    """D8"""
    client = client_for(request.getfixturevalue(who))

    assert getattr(client, method)(ADD, typed(suite_pool)).status_code == status
    assert nora(acme) is None


def test_add_user_is_on_every_page_for_who_may(
    acme_admin: Membership, acme_agent: Membership, client_for: ClientFor
) -> None:
    """R18"""
    assert f'href="{ADD}"' in client_for(acme_admin).get("/a/acme/").content.decode()
    assert f'href="{ADD}"' not in client_for(acme_agent).get("/a/acme/").content.decode()


# What gets refused


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"email": ""}, "This field is required."),
        ({"email": "no address"}, "Enter a valid email address."),
        ({"email": "a" * 250 + "@x.example"}, "at most 254 characters"),
        ({"name": ""}, "This field is required."),
        ({"name": "  "}, "This field is required."),
        ({"name": "x" * 151}, "at most 150 characters"),
        ({"name": "nul\x00"}, "Null characters"),
        ({"role": ""}, "This field is required."),
        ({"role": "king"}, "not one of the available choices"),
        ({"role": "owner"}, "not one of the available choices"),
        ({"seats": ["999999"]}, "not one of the available choices"),
        ({"seats": ["x"]}, "not one of the available choices"),
        ({"seats": []}, "An agent needs at least one seat."),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(
    acme_owner: Membership,
    suite_pool: SeatPool,
    client_for: ClientFor,
    wrong: dict[str, Any],
    sentence: str,
) -> None:
    response = client_for(acme_owner).post(ADD, typed(suite_pool, **wrong))

    assert response.status_code == 422
    assert sentence in main_of(response)
    assert nora(acme_owner.account) is None


def test_an_empty_form_is_refused(acme_owner: Membership, client_for: ClientFor) -> None:
    assert client_for(acme_owner).post(ADD).status_code == 422


def test_a_pool_of_another_account_is_refused(
    acme_owner: Membership, globex_talk: SeatPool, client_for: ClientFor
) -> None:
    """D8"""
    response = client_for(acme_owner).post(ADD, typed(globex_talk))

    assert response.status_code == 422
    globex_talk.refresh_from_db()
    assert globex_talk.assigned == 0


def test_an_admin_is_not_offered_and_not_granted_a_role_above(
    acme_admin: Membership, client_for: ClientFor
) -> None:
    client = client_for(acme_admin)

    assert "Billing admin" not in main_of(client.get(ADD))
    assert client.post(ADD, typed(role="billing_admin")).status_code == 422
    assert nora(acme_admin.account) is None


def test_inviting_a_member_is_refused_and_leads_to_them(
    acme_owner: Membership, acme_agent: Membership, suite_pool: SeatPool, client_for: ClientFor
) -> None:
    response = client_for(acme_owner).post(ADD, typed(suite_pool, email=" AGENT@acme.example "))

    assert response.status_code == 422
    assert "agent@acme.example is already a member of this account." in main_of(response)
    assert f'href="/a/acme/team/{acme_agent.pk}/"' in response.content.decode()
    suite_pool.refresh_from_db()
    assert suite_pool.assigned == 1


def test_a_suspended_end_user_is_to_be_reactivated(
    acme_owner: Membership,
    acme_end_user: Membership,
    suite_pool: SeatPool,
    client_for: ClientFor,
    at: datetime,
) -> None:
    Membership.objects.filter(pk=acme_end_user.pk).update(status=Status.ACTIVE)
    suspend(membership=acme_end_user, by=acme_owner, at=at)

    response = client_for(acme_owner).post(ADD, typed(suite_pool, email="enduser@acme.example"))

    assert response.status_code == 422
    assert "Reactivate them first." in main_of(response)
    assert f'href="/a/acme/team/{acme_end_user.pk}/"' in response.content.decode()


def test_an_end_user_becomes_a_team_member_at_once(
    acme_owner: Membership, acme_end_user: Membership, suite_pool: SeatPool, client_for: ClientFor
) -> None:
    response = client_for(acme_owner).post(
        ADD, typed(suite_pool, email="enduser@acme.example"), follow=True
    )

    assert "Nora New is now a team member." in main_of(response)
    acme_end_user.refresh_from_db()
    assert acme_end_user.is_active
    assert acme_end_user.is_agent


# The same form sent twice


def test_a_form_sent_twice_adds_once_and_complains_of_nothing(
    acme_owner: Membership, suite_nine_of_ten: SeatPool, client_for: ClientFor
) -> None:
    """D6: even where it took the last seat."""
    client = client_for(acme_owner)
    form = typed(suite_nine_of_ten, idempotency_key=hidden_key(client.get(ADD)))
    first = client.post(ADD, form, follow=True)
    second = client.post(ADD, form, follow=True)

    for page in (first, second):
        assert (
            "Nora New has been added. An invitation will be sent to nora@acme.example"
            in main_of(page)
        )
    member = nora(acme_owner.account)
    assert member is not None
    assert member.audit_entries.count() == 1
    assert acme_owner.account.memberships.filter(user__email="nora@acme.example").count() == 1
    suite_nine_of_ten.refresh_from_db()
    assert suite_nine_of_ten.assigned == 10


@pytest.mark.parametrize(
    "other",
    [{"email": "else@acme.example"}, {"name": "Nora Else"}, {"role": "admin"}, {"seats": []}],
)
def test_the_same_form_with_other_entries_is_refused(
    acme_owner: Membership, suite_pool: SeatPool, client_for: ClientFor, other: dict[str, Any]
) -> None:
    """D6: going back in the browser and typing something else is another form."""
    client = client_for(acme_owner)
    client.post(ADD, typed(suite_pool, idempotency_key="form"))
    before = list(acme_owner.account.memberships.values())

    refused = client.post(ADD, typed(suite_pool, **{"idempotency_key": "form", **other}))

    assert refused.status_code == 409
    assert "This form was already sent with different entries." in main_of(refused)
    assert list(acme_owner.account.memberships.values()) == before


def test_and_then_adds_the_other_person(
    acme_owner: Membership, suite_pool: SeatPool, client_for: ClientFor
) -> None:
    client = client_for(acme_owner)
    client.post(ADD, typed(suite_pool, idempotency_key="form"))
    other = typed(suite_pool, email="else@acme.example", idempotency_key="form")
    shown = client.post(ADD, other)

    assert client.post(ADD, {**other, "idempotency_key": hidden_key(shown)}).status_code == 302
    assert acme_owner.account.memberships.filter(user__email="else@acme.example").exists()


def test_a_refused_form_is_put_right_and_sent_with_the_same_key(
    acme_owner: Membership, suite_pool: SeatPool, client_for: ClientFor
) -> None:
    """D6: what was refused counts for nothing."""
    client = client_for(acme_owner)
    assert client.post(ADD, typed(idempotency_key="form")).status_code == 422
    assert client.post(ADD, typed(suite_pool, idempotency_key="form")).status_code == 302


@pytest.mark.parametrize("key", ["another", "", "k" * 65])
def test_the_same_person_typed_in_again_is_a_member_already(
    acme_owner: Membership, suite_pool: SeatPool, client_for: ClientFor, key: str
) -> None:
    """Also without a key, as a tab sends it that was open for long."""
    client = client_for(acme_owner)
    client.post(ADD, typed(suite_pool, idempotency_key=key and "form"))

    again = client.post(ADD, typed(suite_pool, idempotency_key=key))

    assert again.status_code == 422
    assert "is already a member of this account" in main_of(again)


def test_the_same_person_typed_in_by_another_admin_is_a_member_already(
    acme_owner: Membership, acme_admin: Membership, suite_pool: SeatPool, client_for: ClientFor
) -> None:
    """A key is worth nothing in the hands of someone else."""
    form = typed(suite_pool, idempotency_key="form")
    client_for(acme_owner).post(ADD, form)

    assert client_for(acme_admin).post(ADD, form).status_code == 422


def test_much_later_the_same_form_still_adds_once(
    acme_owner: Membership, suite_pool: SeatPool, client_for: ClientFor, clock: Any
) -> None:
    """D6: a tab that was closed and opened again the next day."""
    client, form = client_for(acme_owner), typed(suite_pool, idempotency_key="form")
    client.post(ADD, form)
    clock.move_to(cast.NOW.replace(day=24))

    assert client.post(ADD, form).status_code == 302
    assert acme_owner.account.memberships.filter(user__email="nora@acme.example").count() == 1


# The last seat


def test_taking_the_last_seat_is_said_before_it_is_sent(
    acme_admin: Membership,
    suite_nine_of_ten: SeatPool,
    sell_two_of_five: SeatPool,
    client_for: ClientFor,
) -> None:
    """R20"""
    page = main_of(client_for(acme_admin).get(ADD))

    assert "Only 1 Support Suite Professional seat is left." in page
    assert "1 available (last seat)" in page
    assert "3 available" in page


@pytest.mark.parametrize(
    ("who", "button"),
    [
        ("acme_owner", "Buy seats"),
        ("acme_billing", "Buy seats"),
        ("acme_admin", "Request agent seats"),
    ],
)
def test_with_no_seat_left_it_leads_to_buying_or_requesting(
    acme: Account,
    suite_pool: SeatPool,
    sell_pool: SeatPool,
    client_for: ClientFor,
    request: pytest.FixtureRequest,
    who: str,
    button: str,
) -> None:
    """R18, R13"""
    cast.fill(suite_pool, 10)
    client = client_for(request.getfixturevalue(who))
    assert button in main_of(client.get(ADD))
    assert "Manage seats" in main_of(client.get(ADD))

    response = client.post(ADD, typed(suite_pool, sell_pool, go="seats"))

    page = "add" if button == "Buy seats" else "request"
    there = f"/a/acme/seats/{page}/?pool={suite_pool.pk}&then=add_member"
    assert response["Location"] == there
    assert nora(acme) is None


def test_the_chosen_pool_is_the_one_that_is_bought(
    acme_owner: Membership, suite_pool: SeatPool, sell_pool: SeatPool, client_for: ClientFor
) -> None:
    """R18"""
    cast.fill(suite_pool, 10)
    cast.fill(sell_pool, 5)

    response = client_for(acme_owner).post(ADD, typed(sell_pool, go="seats"))

    assert f"pool={sell_pool.pk}&" in response["Location"]


def test_while_every_pool_has_room_nothing_is_to_be_bought(
    acme_owner: Membership, suite_nine_of_ten: SeatPool, client_for: ClientFor
) -> None:
    page = main_of(client_for(acme_owner).get(ADD))

    assert "Buy seats" not in page


def send_for_seats(client: Client, pool: SeatPool, **more: Any) -> None:
    """Half-filled, with a mistake in it, to where seats are bought."""
    client.post(ADD, typed(pool, go="seats", email="nora@", role="admin", **more))


def test_nothing_typed_is_lost_on_the_way_to_seats_and_back(
    acme_owner: Membership, suite_pool: SeatPool, client_for: ClientFor
) -> None:
    """R18"""
    cast.fill(suite_pool, 10)
    client = client_for(acme_owner)
    send_for_seats(client, suite_pool)

    response = client.get(ADD)

    form = response.context["form"]
    assert form["email"].value() == "nora@"
    assert form["name"].value() == "Nora New"
    assert form["role"].value() == "admin"
    assert form["seats"].value() == [suite_pool.pk]
    assert "Your entries are still here." in main_of(response)
    html = response.content.decode()
    assert 'value="Nora New"' in html
    assert f'value="{suite_pool.pk}" id="id_seats_0" checked' in html


def test_the_draft_is_dropped_once_the_member_is_added(
    acme_owner: Membership, suite_pool: SeatPool, sell_pool: SeatPool, client_for: ClientFor
) -> None:
    """R18"""
    cast.fill(suite_pool, 10)
    client = client_for(acme_owner)
    send_for_seats(client, suite_pool)

    client.post(ADD, typed(sell_pool))

    assert client.get(ADD).context["form"]["name"].value() is None


def test_a_draft_can_be_thrown_away(
    acme_owner: Membership, suite_pool: SeatPool, client_for: ClientFor
) -> None:
    cast.fill(suite_pool, 10)
    client = client_for(acme_owner)
    send_for_seats(client, suite_pool)

    assert client.post(ADD, {"go": "clear"})["Location"] == FORM
    assert client.get(FORM).context["form"]["name"].value() is None


def test_drafts_of_two_accounts_do_not_mix(
    acme_admin: Membership, suite_pool: SeatPool, globex: Account, client_for: ClientFor
) -> None:
    """D8"""
    second = cast.member(globex, "second", Role.ADMIN)
    Membership.objects.filter(pk=second.pk).update(user=acme_admin.user)
    cast.fill(suite_pool, 10)
    client = client_for(acme_admin)
    send_for_seats(client, suite_pool)

    assert client.get("/a/globex/team/add/").context["form"]["name"].value() is None


def test_nonsense_in_a_draft_is_kept_short_and_harms_nothing(
    acme_owner: Membership, suite_pool: SeatPool, client_for: ClientFor
) -> None:
    client = client_for(acme_owner)
    send_for_seats(client, suite_pool, name="x" * 5000, seats=["x", "²", "7" * 400])

    assert len(client.get(ADD).context["form"]["name"].value()) == 254


def test_refused_for_lack_of_a_seat_the_way_to_seats_is_offered(
    acme_owner: Membership, suite_pool: SeatPool, client_for: ClientFor
) -> None:
    """R18, D5"""
    cast.fill(suite_pool, 10)

    response = client_for(acme_owner).post(ADD, typed(suite_pool))

    assert response.status_code == 409
    page = main_of(response)
    assert "No Support Suite Professional seat is available." in page
    assert "Buy seats" in page
    assert nora(acme_owner.account) is None
    suite_pool.refresh_from_db()
    assert (suite_pool.assigned, suite_pool.seats) == (10, 10)


def test_in_a_sales_managed_account_seats_are_requested(
    initech_owner: Membership, initech_pool: SeatPool, client_for: ClientFor
) -> None:
    """R19"""
    cast.fill(initech_pool, 40)
    client = client_for(initech_owner)
    page = "/a/initech/team/add/"
    assert "Request agent seats" in main_of(client.get(page, follow=True))

    response = client.post(page, typed(initech_pool, go="seats"))

    assert response["Location"].startswith("/a/initech/seats/request/?pool=")


def test_a_member_who_needs_no_seat_is_added_to_a_full_account(
    acme_owner: Membership, suite_pool: SeatPool, client_for: ClientFor
) -> None:
    """D5: only a change that takes a seat can be refused for lack of one."""
    cast.fill(suite_pool, 10)

    assert client_for(acme_owner).post(ADD, typed(role="admin")).status_code == 302


# With no seat left in any pool


@pytest.mark.parametrize(
    ("who", "page"),
    [("acme_owner", "add"), ("acme_billing", "add"), ("acme_admin", "request")],
)
def test_with_no_seat_left_in_any_pool_seats_come_first(
    suite_pool: SeatPool,
    sell_pool: SeatPool,
    client_for: ClientFor,
    request: pytest.FixtureRequest,
    who: str,
    page: str,
) -> None:
    """R18: + Add opens the page where seats are got, and a link to the form without a seat."""
    client = client_for(request.getfixturevalue(who))
    cast.fill(suite_pool, 10)
    assert client.get(ADD).status_code == 200
    cast.fill(sell_pool, 5)

    response = client.get(ADD)

    there = f"/a/acme/seats/{page}/?pool={suite_pool.pk}&then=add_member"
    assert response["Location"] == there
    shown = client.get(there)
    assert "Add someone without a seat" in main_of(shown)
    assert f'href="{FORM}"' in shown.content.decode()
    form = client.get(FORM)
    assert form.status_code == 200
    assert form.context["form"]["role"].value() == Role.ADMIN


def test_with_every_pool_requested_adding_leads_to_the_open_request(
    acme_admin: Membership, suite_pool: SeatPool, client_for: ClientFor
) -> None:
    """R18, R21"""
    cast.fill(suite_pool, 10)
    asked = moves.ask(suite_pool, 2, acme_admin)
    client = client_for(acme_admin)

    there = client.get(ADD)["Location"]

    assert there == f"/a/acme/subscription/requests/?then=add_member#request-{asked.pk}"
    page = client.get(there)
    assert "Add someone without a seat" in main_of(page)
    assert f'href="{FORM}"' in page.content.decode()


def test_with_no_way_to_seats_the_form_opens_with_the_sentence(
    initech_owner: Membership, catalogue: cast.Catalogue, client_for: ClientFor
) -> None:
    """R18, R23"""
    legacy = cast.pool(initech_owner.account.subscription, catalogue.legacy_sell, seats=1)
    cast.fill(legacy, 1)

    response = client_for(initech_owner).get("/a/initech/team/add/")

    assert response.status_code == 200
    assert "These seats cannot be added online. Ask Vendor Rep" in main_of(response)
    assert "Request agent seats" not in main_of(response)


def test_after_asking_for_seats_the_form_opens_for_the_person(
    acme_admin: Membership, suite_pool: SeatPool, client_for: ClientFor
) -> None:
    """R18: with what was typed, if anything was."""
    cast.fill(suite_pool, 10)
    client = client_for(acme_admin)
    there = client.get(ADD)["Location"]
    sent = {f"seats-{suite_pool.pk}": 1, "reason": "For Nora", "idempotency_key": "k"}

    response = client.post(there, sent)

    assert response["Location"] == FORM
    assert client.get(FORM).status_code == 200


def test_a_removed_person_is_kept_while_seats_are_bought_for_them(
    acme_owner: Membership, suite_pool: SeatPool, client_for: ClientFor
) -> None:
    """R18"""
    cast.fill(suite_pool, 10)
    client = client_for(acme_owner)

    assert "/seats/add/" in client.get(f"{ADD}?email=gone@acme.example")["Location"]

    form = client.get(ADD).context["form"]
    assert form["email"].value() == "gone@acme.example"
    assert form["role"].value() == Role.AGENT


# The ways out of the form


def test_the_banners_manage_seats_is_a_button_that_keeps_what_was_typed(
    acme_owner: Membership,
    suite_nine_of_ten: SeatPool,
    sell_pool: SeatPool,
    client_for: ClientFor,
) -> None:
    """R18: it leads to the pool it warns of, also where another one is full or ticked."""
    cast.fill(sell_pool, 5)
    client = client_for(acme_owner)
    go = f"seats-{suite_nine_of_ten.pk}"
    html = client.get(ADD).content.decode()
    assert re.search(rf'<button[^>]* form="add-member" name="go" value="{go}"', html)

    response = client.post(ADD, typed(sell_pool, go=go, email="nora@"))

    there = f"/a/acme/seats/add/?pool={suite_nine_of_ten.pk}&then=add_member"
    assert response["Location"] == there
    assert client.get(ADD).context["form"]["email"].value() == "nora@"


def test_enter_adds_the_person_and_buys_nothing(
    acme_owner: Membership, suite_pool: SeatPool, client_for: ClientFor
) -> None:
    """R18: browsers press the first button of a form, also of one outside of it."""
    cast.fill(suite_pool, 10)
    html = client_for(acme_owner).get(FORM).content.decode()
    html = html[html.index("<main") :]
    first = re.findall(r'<button[^>]*type="submit"[^>]*>', html)[0]
    assert 'form="add-member"' in first
    assert "name=" not in first


def test_cancel_forgets_the_draft(
    acme_owner: Membership, suite_pool: SeatPool, client_for: ClientFor
) -> None:
    """R18"""
    cast.fill(suite_pool, 10)
    client = client_for(acme_owner)
    send_for_seats(client, suite_pool)

    assert client.post(ADD, typed(suite_pool, go="cancel"))["Location"] == "/a/acme/team/"
    assert client.get(FORM).context["form"]["name"].value() is None


def test_the_warning_is_about_the_seats_that_were_chosen(
    acme_owner: Membership,
    suite_nine_of_ten: SeatPool,
    sell_pool: SeatPool,
    client_for: ClientFor,
) -> None:
    """R20: once they are, the others are of no concern."""
    cast.fill(sell_pool, 5)

    page = main_of(client_for(acme_owner).post(ADD, typed(sell_pool)))

    assert "No Sell Growth seats are left." in page
    assert "Only 1 Support Suite Professional seat is left." not in page


def test_before_anything_is_bought_no_agent_can_be_added(
    acme_owner: Membership, client_for: ClientFor
) -> None:
    """An agent needs a seat, and there is none to offer."""
    page = client_for(acme_owner).get(ADD)

    assert page.status_code == 200
    assert Role.AGENT not in [
        option.widget.data["value"] for option in page.context["form"].role_options()
    ]
    assert "Support (support@vendor.example) sets up the subscription" in main_of(page)
