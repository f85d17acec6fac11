"""The pages on which staff change an account, each with a reason (D15)."""

import json
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import Account, Membership, User
from subscriptions.models import SeatRequest, Subscription
from tests import cast
from tests.cast import STARTED
from tests.conftest import ClientFor
from tests.factories import UserFactory
from tests.subscriptions.views.pages import text

pytestmark = pytest.mark.any_database


def page(account: Account, name: str) -> str:
    return reverse(f"admin:accounts_account_{name}", args=[account.pk])


def test_a_representative_changes_name_and_address(
    client_for: ClientFor, initech: Account, rep: User
) -> None:
    client, url = client_for(rep), page(initech, "address")
    assert 'value="initech"' in client.get(url).text
    sent = {"name": "Initrode", "slug": "initrode", "reason": "They merged."}
    done = client.post(url, sent, follow=True)
    assert "It is called Initrode and is at /a/initrode/." in text(done)
    initech.refresh_from_db()
    assert initech.slug == "initrode"


def test_what_an_action_refuses_stands_on_the_form(
    client_for: ClientFor, initech: Account, rep: User, acme: Account
) -> None:
    sent = {"name": "Initech", "slug": "acme", "reason": "Why not."}
    refused = client_for(rep).post(page(initech, "address"), sent)
    assert refused.status_code == 422
    assert "Another account has this web address, or had it." in text(refused)


@pytest.mark.parametrize("name", ["kind", "representative", "close", "export"])
def test_what_is_a_superusers_no_representative_opens(
    name: str, client_for: ClientFor, initech: Account, rep: User, rep2: User
) -> None:
    looker = cast.onlooker("looker")
    for user, status in ((rep, 403), (rep2, 404), (looker, 403)):
        assert client_for(user).get(page(initech, name)).status_code == status


def test_a_change_of_kind_moves_the_requests(
    client_for: ClientFor, globex: Account, bought_online: SeatRequest, root: User
) -> None:
    sent = {"kind": "sales_managed", "reason": "A larger contract."}
    done = client_for(root).post(page(globex, "kind"), sent, follow=True)
    assert "Globex is now: Sales-managed." in text(done)
    bought_online.refresh_from_db()
    assert bought_online.is_for_representative


def test_accounts_are_handed_over_one_by_one_or_all_at_once(
    client_for: ClientFor, globex: Account, initech: Account, rep: User, rep2: User, root: User
) -> None:
    client = client_for(root)
    sent = {"representative": rep2.pk, "reason": "Rita is ill."}
    done = client.post(page(globex, "representative"), sent, follow=True)
    assert "Account representative of Globex: Vendor Rep2." in text(done)
    sent = {"former": rep2.pk, "representative": rep.pk, "reason": "Rita is back."}
    done = client.post(reverse("admin:accounts_account_hand_over"), sent, follow=True)
    assert "1 account has been handed over." in text(done)
    assert rep.represented_accounts.count() == 2


def test_ownership_is_asked_for_on_one_page_and_confirmed_on_it_by_another(
    client_for: ClientFor, initech: Account, initech_admin: Membership, rep: User, root: User
) -> None:
    url = page(initech, "ownership")
    asking, confirming = client_for(rep), client_for(root)
    assert "The account owner is Initech Owner" in text(asking.get(url))
    sent = {"to": initech_admin.pk, "reason": "Olga left."}
    done = asking.post(url, sent, follow=True)
    assert "Another superuser has to confirm this within 14 days." in text(done)
    seen = asking.get(url)
    assert "Another superuser than who asked has to confirm it." in text(seen)
    assert "Confirm: give ownership" not in seen.text
    assert asking.post(page(initech, "ownership_confirm")).status_code == 403
    seen = confirming.get(url)
    assert "Vendor Rep asks to make Initech Admin (admin@initech.example)" in text(seen)
    assert "Confirm: give ownership" in seen.text
    done = confirming.post(page(initech, "ownership_confirm"), follow=True)
    assert "Ownership has been given." in text(done)
    initech_admin.refresh_from_db()
    assert initech_admin.is_owner
    again = confirming.post(page(initech, "ownership_confirm"))
    assert again.status_code == 409
    assert "This has been confirmed or withdrawn, or it has expired." in text(again)


def test_who_asked_as_a_superuser_withdraws_and_does_not_confirm(
    client_for: ClientFor, initech: Account, initech_admin: Membership, root: User
) -> None:
    client, url = client_for(root), page(initech, "ownership")
    client.post(url, {"to": initech_admin.pk, "reason": "Olga left."})
    refused = client.post(page(initech, "ownership_confirm"))
    assert refused.status_code == 403
    assert "You asked for this yourself." in text(refused)
    done = client.post(page(initech, "ownership_withdraw"), follow=True)
    assert "Ownership is no longer asked for." in text(done)


def test_an_account_is_downloaded_and_closed(
    client_for: ClientFor, initech: Account, root: User
) -> None:
    Subscription.objects.filter(account=initech).update(ended_on=STARTED)
    client, url = client_for(root), page(initech, "close")
    shown = client.get(url)
    assert "This cannot be undone: download everything first." in text(shown)
    assert page(initech, "export") in shown.text
    answer: Any = client.get(page(initech, "export"))
    assert answer["Content-Disposition"] == 'attachment; filename="initech.json"'
    told = json.loads(b"".join(answer.streaming_content))
    assert told["account"][0]["name"] == "Initech"
    refused = client.post(url, {"typed": "initech", "reason": "They asked."})
    assert refused.status_code == 422
    done = client.post(url, {"typed": "Initech", "reason": "They asked."}, follow=True)
    assert "Initech has been closed." in text(done)
    assert client.get(url).status_code == 403


def test_a_superuser_changes_nothing_of_an_account_of_their_own(
    client_for: ClientFor, acme_owner: Membership, acme: Account
) -> None:
    user = acme_owner.user
    user.is_staff = user.is_superuser = True
    user.save()
    for name in ("address", "kind", "representative", "ownership", "close", "export"):
        assert client_for(user).get(page(acme, name)).status_code == 403
    other = UserFactory.create(email="r@vendor.example", is_staff=True, is_superuser=True)
    assert client_for(other).get(page(acme, "kind")).status_code == 200


def test_the_accounts_page_leads_to_what_one_may_change(
    client_for: ClientFor, initech: Account, rep: User, root: User
) -> None:
    url = reverse("admin:accounts_account_change", args=[initech.pk])
    names = ("address", "ownership", "kind", "representative", "close")
    seen = {
        user: [name for name in names if page(initech, name) in client_for(user).get(url).text]
        for user in (rep, root, cast.onlooker("looker"))
    }
    assert list(seen.values()) == [["address", "ownership"], list(names), []]
