"""Account → API tokens: the list, the form, and the one answer that shows a key (D19)."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import remove, revoke_token
from accounts.models import ApiToken, Membership
from accounts.permissions import Scope
from core.credentials import Overlap, SecretKey
from tests import cast, moves
from tests.accounts.pages import main_of
from tests.cast import NOW
from tests.conftest import ClientFor

PAGE = "/a/acme/api-tokens/"
ADD = f"{PAGE}add/"
FORM = {
    "name": "Payroll", "scopes": ["read_team", "buy_seats"], "expires_on": "2027-02-21",
    "idempotency_key": "making",
}  # fmt: skip


def shown(answer: Any) -> SecretKey | None:
    """The key of a page, from a field that can be selected and not changed."""
    found = re.search(r'<input id="key" type="text" readonly value="([^"]+)"', answer.text)
    return SecretKey.read(found[1]) if found else None


def hidden(answer: Any) -> dict[str, str]:
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', answer.text)
    return dict(fields)


def test_an_empty_page_says_what_tokens_are_for(
    client_for: ClientFor, acme_owner: Membership
) -> None:
    page = main_of(client_for(acme_owner).get(PAGE))
    assert "No API tokens yet" in page
    assert "a program works in Acme without signing in" in page
    assert "Create API token" in page


def test_the_form_offers_each_scope_with_its_meaning_and_ninety_days(
    client_for: ClientFor, acme_billing: Membership
) -> None:
    answer = client_for(acme_billing).get(ADD)
    page = main_of(answer)
    for scope in Scope:
        label = str(scope.label)
        assert label[0].upper() + label[1:] in page
    assert "Buy and remove seats. What it buys, your account pays for." in page
    assert 'value="2027-02-21"' in answer.text
    assert 'min="2026-11-24"' in answer.text
    assert 'max="2027-11-23"' in answer.text


def test_the_key_is_in_the_answer_to_the_form_and_nowhere_after(
    client_for: ClientFor, acme_owner: Membership
) -> None:
    client = client_for(acme_owner)
    answer = client.post(ADD, FORM)
    key = shown(answer)
    assert answer.status_code == 200
    assert key
    assert ApiToken.objects.get().opens_with(key, NOW)
    assert "Copy the key now. It is shown only this once." in " ".join(main_of(answer).split())
    assert "no-store" in answer["Cache-Control"]
    again = client.post(ADD, FORM)
    assert shown(again) is None
    assert "The key was shown once and cannot be shown again." in main_of(again)
    assert "rotate the token" in main_of(again)
    assert key.secret not in client.get(PAGE).text
    assert ApiToken.objects.count() == 1


def test_what_is_missing_is_said_beside_it(client_for: ClientFor, acme_owner: Membership) -> None:
    answer = client_for(acme_owner).post(ADD, {"expires_on": "2029-01-01"})
    assert answer.status_code == 422
    page = main_of(answer)
    assert "This field is required." in page
    assert "Choose at least one thing that the token may do." in page
    wrong = client_for(acme_owner).post(ADD, {**FORM, "expires_on": "2029-01-01"})
    assert wrong.status_code == 422
    assert "Choose a date from 24 November 2026 to 23 November 2027." in main_of(wrong)
    linked = client_for(acme_owner).post(ADD, {**FORM, "name": "www.evil.example"})
    assert "This looks like a web address." in main_of(linked)
    assert not ApiToken.objects.exists()


def test_a_form_that_comes_back_with_other_entries_is_refused(
    client_for: ClientFor, acme_owner: Membership
) -> None:
    """D6."""
    client = client_for(acme_owner)
    client.post(ADD, FORM)
    answer = client.post(ADD, {**FORM, "name": "Another"})
    assert answer.status_code == 409
    assert ApiToken.objects.count() == 1


def test_a_sales_managed_account_is_offered_no_buying(
    client_for: ClientFor, initech_owner: Membership
) -> None:
    client, add = client_for(initech_owner), "/a/initech/api-tokens/add/"
    page = main_of(client.get(add))
    assert "Buy seats" not in page
    assert "Contact Vendor Rep (rep@vendor.example)." in page
    answer = client.post(add, FORM)
    assert answer.status_code == 422
    assert not ApiToken.objects.exists()


def test_the_list_says_of_each_what_it_may_whose_it_is_and_how_it_stands(
    client_for: ClientFor, acme_owner: Membership, acme_billing: Membership
) -> None:
    long_ago = NOW - timedelta(days=30)
    moves.issue(acme_owner, name="Old", expires_on=NOW.date() - timedelta(days=1), at=long_ago)
    revoked, _ = moves.issue(acme_owner, name="Gone")
    revoke_token(token=revoked, by=acme_owner, at=NOW)
    moves.issue(acme_owner, name="Short", expires_on=date(2026, 12, 1))
    used, key = moves.issue(acme_billing, Scope.READ_TEAM, Scope.READ_HISTORY, name="Long")
    moves.rotate(used, acme_owner, Overlap.DAY)
    ApiToken.objects.filter(pk=used.pk).update(last_used_at=NOW)
    remove(membership=acme_billing, by=acme_owner, at=NOW)
    answer = client_for(acme_owner).get(PAGE)
    rows = [
        " ".join(re.sub(r"<[^>]+>", " ", row).split())
        for row in re.findall(r"(?s)<tr>(.*?)</tr>", answer.text)[1:]
    ]
    assert [row.split()[0] for row in rows] == ["Long", "Short", "Gone", "Old"]
    long, short, gone, old = rows
    assert f"sat_{key.prefix}_…" in long
    assert "read the team, read the history" in long
    assert "Acme Billing" in long
    assert "has left" in long
    assert "Valid" in long
    assert "Key before valid until" in long
    assert "Today" in long
    assert "Ends soon" in short
    assert "Never" in short
    assert "Revoked" in gone
    assert "Expired" in old
    for ended in (gone, old):
        assert "Rotate" not in ended
        assert "Revoke " not in ended


def test_a_billing_admin_is_offered_no_rotation_of_the_owners(
    client_for: ClientFor, acme_owner: Membership, acme_billing: Membership
) -> None:
    """D13."""
    token, _key = moves.issue(acme_owner)
    client = client_for(acme_billing)
    page = client.get(PAGE).text
    assert f"{token.pk}/revoke/" in page
    assert f"{token.pk}/rotate/" not in page
    answer = client.get(f"{PAGE}{token.pk}/rotate/")
    assert answer.status_code == 403
    assert "Acme Owner (owner@acme.example), can rotate it." in main_of(answer)


def test_rotating_asks_first_and_shows_the_new_key_once(
    client_for: ClientFor, acme_owner: Membership
) -> None:
    token, before = moves.issue(acme_owner)
    client, page = client_for(acme_owner), f"{PAGE}{token.pk}/rotate/"
    asked = client.get(page)
    assert "You get a new key, which is shown once." in main_of(asked)
    form = {**hidden(asked), "overlap": "24"}
    answer = client.post(page, form)
    key = shown(answer)
    assert key
    token.refresh_from_db()
    assert token.opens_with(key, NOW)
    assert token.opens_with(before, NOW)
    assert "The key used until now works until" in main_of(answer)
    again = client.post(page, form)
    assert shown(again) is None
    token.refresh_from_db()
    assert token.opens_with(key, NOW)


def test_an_older_page_rotates_nothing(
    client_for: ClientFor, acme_owner: Membership, clock: Any
) -> None:
    token, _key = moves.issue(acme_owner)
    client, page = client_for(acme_owner), f"{PAGE}{token.pk}/rotate/"
    form = {**hidden(client.get(page)), "overlap": "0"}
    moves.rotate(token, acme_owner, at=NOW + timedelta(minutes=1))
    answer = client.post(page, form)
    assert answer.status_code == 409
    assert "Someone rotated this key in the meantime." in main_of(answer)


def test_a_rotation_says_that_a_key_still_overlapping_ends(
    client_for: ClientFor, acme_owner: Membership
) -> None:
    token, _key = moves.issue(acme_owner)
    moves.rotate(token, acme_owner, Overlap.DAY)
    page = main_of(client_for(acme_owner).get(f"{PAGE}{token.pk}/rotate/"))
    assert "The key before the last rotation still works. It stops working now." in page


def test_revoking_asks_first_and_can_be_sent_twice(
    client_for: ClientFor, acme_owner: Membership
) -> None:
    token, key = moves.issue(acme_owner)
    client, page = client_for(acme_owner), f"{PAGE}{token.pk}/revoke/"
    assert "Whatever uses this token is refused from now on." in main_of(client.get(page))
    for _twice in range(2):
        assert client.post(page).url == PAGE
    token.refresh_from_db()
    assert not token.opens_with(key, NOW)
    assert "Payroll has been revoked." in main_of(client.get(PAGE))
    # There is nothing left to ask.
    assert client.get(page).url == PAGE
    assert client.get(f"{PAGE}{token.pk}/rotate/").url == PAGE


@pytest.mark.parametrize("action", ["rotate", "revoke"])
def test_another_accounts_token_is_not_there(
    client_for: ClientFor, acme_owner: Membership, stranger: Membership, action: str
) -> None:
    """D8."""
    token, _key = moves.issue(stranger)
    client, page = client_for(acme_owner), f"{PAGE}{token.pk}/{action}/"
    assert client.get(page).status_code == client.post(page).status_code == 404
    assert token.name not in client.get(PAGE).text
    token.refresh_from_db()
    assert not token.is_revoked


def test_the_sidebar_names_the_page_to_those_who_may_open_it(
    client_for: ClientFor, acme_billing: Membership, acme_admin: Membership
) -> None:
    assert f'href="{PAGE}"' in client_for(acme_billing).get("/a/acme/").text
    assert f'href="{PAGE}"' not in client_for(acme_admin).get("/a/acme/").text


def test_many_tokens_are_read_in_as_many_statements_as_one(
    client_for: ClientFor, acme_owner: Membership
) -> None:
    client, statements = client_for(acme_owner), []
    # The first visit of an hour is written down.
    client.get(PAGE)
    for tokens in (1, 29):
        for number in range(tokens):
            moves.issue(acme_owner, name=f"Token {number}")
        with CaptureQueriesContext(connection) as captured:
            page = client.get(PAGE)
        statements.append(len(captured))
    assert "of 30" in main_of(page)
    assert statements[0] == statements[1]


def test_a_members_history_names_the_token(client_for: ClientFor, acme_billing: Membership) -> None:
    owner = cast.owner(acme_billing.account)
    moves.issue(acme_billing)
    page = main_of(client_for(owner).get(f"/a/acme/team/{acme_billing.pk}/"))
    assert "API token created: Payroll" in page
