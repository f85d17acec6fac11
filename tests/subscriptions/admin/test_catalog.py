"""The catalogue in the admin: superusers set prices and retire plans, Sales reads (R23)."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from accounts.models import Membership, User
from subscriptions.admin.line_forms import AddLineForm
from subscriptions.models import Line, Plan, Product, ProductKind, SeatPool
from tests import cast, moves
from tests.cast import Catalogue
from tests.conftest import ClientFor
from tests.factories import PlanFactory
from tests.subscriptions.views.pages import hidden, text


def prices_page(plan: Plan) -> str:
    return reverse("admin:subscriptions_product_prices", args=[plan.product_id])


def turn_page(plan: Plan, name: str = "retire") -> str:
    return reverse(f"admin:subscriptions_plan_{name}", args=[plan.pk])


def sent(client: Any, plan: Plan, **changes: str) -> Any:
    """The page as it was shown, with some fields changed, sent."""
    page = client.get(prices_page(plan))
    form = page.context["form"]
    data = {name: str(form[name].value() or "") for name in form.fields}
    return client.post(prices_page(plan), {**data, **changes})


def price(plan: Plan | str, place: str) -> str:
    return f"price_{plan.pk if isinstance(plan, Plan) else plan}_{place}"


# Prices


def test_all_prices_are_typed_as_people_write_them_and_kept_in_cents(
    client_for: ClientFor, root: User, catalogue: Catalogue
) -> None:
    client, talk = client_for(root), catalogue.talk
    done = sent(
        client, talk, **{price(talk, "EUR_monthly"): "115.10", price(talk, "USD_annual"): "99"}
    )
    assert (done.status_code, done.url) == (302, prices_page(talk))
    assert talk.prices.get(currency="EUR", cycle="monthly").cents == 11510
    assert talk.prices.get(currency="USD", cycle="annual").cents == 9900
    page = client.get(done.url)
    assert 'value="115.10"' in page.text
    assert "2 prices changed. It counts for lines added from now on" in text(page)


def test_in_german_a_price_has_a_comma(
    client_for: ClientFor, root: User, catalogue: Catalogue
) -> None:
    root.language = "de"
    root.save()
    client, talk = client_for(root), catalogue.talk
    assert sent(client, talk, **{price(talk, "EUR_monthly"): "115,10"}).status_code == 302
    assert talk.prices.get(currency="EUR", cycle="monthly").cents == 11510
    assert 'value="115,10"' in client.get(prices_page(talk)).text


@pytest.mark.parametrize("amount", ["0", "-1", "1.005", "much"])
def test_a_price_that_is_none_is_refused_and_so_are_all_others(
    amount: str, client_for: ClientFor, root: User, catalogue: Catalogue
) -> None:
    talk = catalogue.talk
    wrong = {price(talk, "EUR_monthly"): amount, price(talk, "USD_annual"): "99"}
    answer = sent(client_for(root), talk, **wrong)
    assert answer.status_code == 422
    assert "Nothing has been saved yet. Check the fields marked below." in text(answer)
    assert 9900 not in talk.prices.values_list("cents", flat=True)


def test_prices_somebody_changed_meanwhile_are_not_overwritten(
    client_for: ClientFor, root: User, catalogue: Catalogue
) -> None:
    client, talk = client_for(root), catalogue.talk
    seen = hidden(client.get(prices_page(talk)), "expected")
    sent(client, talk, **{price(talk, "EUR_monthly"): "60"})
    refused = sent(client, talk, expected=seen, **{price(talk, "EUR_monthly"): "50"})
    assert refused.status_code == 409
    assert "Somebody else changed these prices meanwhile." in text(refused)


def test_a_new_price_leaves_what_was_agreed_and_says_how_many_lines_keep_it(
    client_for: ClientFor, root: User, sell_pool: SeatPool, catalogue: Catalogue
) -> None:
    client = client_for(root)
    assert "another price" not in text(client.get(prices_page(catalogue.sell)))
    sent(client, catalogue.sell, **{price(catalogue.sell, "EUR_monthly"): "99"})
    assert Line.objects.get(pool=sell_pool).unit_cents == 4900
    assert "1 line pays another price" in text(client.get(prices_page(catalogue.sell)))


def test_a_plan_is_added_with_its_prices(
    client_for: ClientFor, root: User, catalogue: Catalogue
) -> None:
    client, talk = client_for(root), catalogue.talk
    assert "Give the new plan at least one price." in text(sent(client, talk, new_tier="Team"))
    sent(client, talk, new_tier="Team", **{price("new", "EUR_monthly"): "19"})
    plan = Plan.objects.get(product=talk.product, tier="Team")
    assert plan.prices.get().cents == 1900
    shown = text(client.get(prices_page(talk)))
    assert "Talk Team Cannot be sold for EUR Annual, USD Monthly, USD Annual: no price" in shown
    again = sent(client, talk, new_tier="Team", **{price("new", "EUR_monthly"): "19"})
    assert "There is another plan called Talk Team." in text(again)
    listed = text(client.get(reverse("admin:subscriptions_plan_changelist")))
    assert "€19.00 Monthly · no price in USD" in listed


def test_the_log_says_what_a_price_was_and_what_it_is(
    client_for: ClientFor, root: User, catalogue: Catalogue
) -> None:
    client, talk = client_for(root), catalogue.talk
    sent(client, talk, **{price(talk, "EUR_monthly"): "60"})
    for name, pk in (("product", talk.product_id), ("plan", talk.pk)):
        shown = text(client.get(reverse(f"admin:subscriptions_{name}_history", args=[pk])))
        assert "EUR Monthly: €49.00 → €60.00" in shown
        assert str(root) in shown


def test_a_new_product_leads_on_to_its_prices(
    client_for: ClientFor, root: User, catalogue: Catalogue
) -> None:
    data = {"name": "Chat", "kind": "product", "position": 3}
    done = client_for(root).post(reverse("admin:subscriptions_product_add"), data)
    product = Product.objects.get(name="Chat")
    assert done.url == reverse("admin:subscriptions_product_prices", args=[product.pk])


def test_only_a_suite_includes_products(
    client_for: ClientFor, root: User, catalogue: Catalogue
) -> None:
    talk, sell = Product.objects.get(name="Talk"), Product.objects.get(name="Sell")
    client, url = client_for(root), reverse("admin:subscriptions_product_add")
    data = {"name": "Sales Suite", "kind": "product", "position": 3}
    refused = client.post(url, {**data, "includes": [talk.pk, sell.pk]})
    assert "Only a suite can include products." in text(refused)
    assert client.post(url, {**data, "kind": "suite"}).status_code == 200
    made = client.post(url, {**data, "kind": "suite", "includes": [talk.pk, sell.pk]})
    assert made.status_code == 302
    suite = Product.objects.get(name="Sales Suite", kind=ProductKind.SUITE)
    assert set(suite.includes.all()) == {talk, sell}


def test_a_plan_somebody_has_is_not_deleted(
    client_for: ClientFor, root: User, sell_pool: SeatPool, catalogue: Catalogue
) -> None:
    url = reverse("admin:subscriptions_plan_delete", args=[catalogue.sell.pk])
    client_for(root).post(url, {"post": "yes"})
    assert Plan.objects.filter(pk=catalogue.sell.pk).exists()


# Who uses a plan


def test_the_page_counts_the_accounts_and_leads_to_them(
    client_for: ClientFor, root: User, sell_pool: SeatPool, initech_pool: SeatPool,
    catalogue: Catalogue,
) -> None:  # fmt: skip
    client = client_for(root)
    accounts = reverse("admin:accounts_account_changelist") + f"?plan={catalogue.sell.pk}"
    page = client.get(prices_page(catalogue.sell))
    assert f'href="{accounts}"' in page.text
    assert "1 account" in text(page)
    shown = text(client.get(accounts))
    assert "Acme" in shown
    assert "Initech" not in shown


def test_a_representative_counts_their_own_accounts(
    client_for: ClientFor, rep: User, rep2: User, initech_pool: SeatPool, catalogue: Catalogue
) -> None:
    for who, count in ((rep, "1 account"), (rep2, "0 accounts")):
        assert count in text(client_for(who).get(prices_page(catalogue.support_suite)))


@pytest.mark.parametrize("group", ["Sales", "Sales (read only)"])
def test_sales_reads_the_catalogue_and_changes_nothing(
    group: str, client_for: ClientFor, rep2: User, catalogue: Catalogue
) -> None:
    rep2.groups.set([Group.objects.get(name=group)])
    client, talk = client_for(rep2), catalogue.talk
    assert "Talk" in text(client.get(reverse("admin:subscriptions_product_changelist")))
    assert "€49.00 Monthly" in text(client.get(reverse("admin:subscriptions_plan_changelist")))
    page = client.get(prices_page(talk))
    assert "Talk Professional €49.00 €44.10 $49.00 $44.10" in text(page)
    assert 'method="post" novalidate' not in page.text
    assert turn_page(talk) not in page.text
    assert client.post(prices_page(talk), {}).status_code == 403
    for name in ("retire", "sell_again"):
        assert client.get(turn_page(talk, name)).status_code == 403
        assert client.post(turn_page(talk, name)).status_code == 403
    talk.refresh_from_db()
    assert not talk.is_legacy


# Retiring


def test_the_page_says_what_follows_before_a_plan_is_retired(
    client_for: ClientFor, root: User, acme_owner: Membership, sell_two_of_five: SeatPool,
    catalogue: Catalogue,
) -> None:  # fmt: skip
    moves.set_numbers({sell_two_of_five: 1}, acme_owner)
    client = client_for(root)
    page = client.get(turn_page(catalogue.sell))
    shown = text(page)
    assert "Self-service 1 1 Seats can be added. Only unassigned seats can be removed" in shown
    assert "Online-assisted 0 0 Seats can be added. None can be removed." in shown
    assert "Sales-managed 0 0 Seats can be neither added nor removed." in shown
    assert "1 scheduled reduction would have taken seats from people." in shown
    assert "Acme, Sell Growth: at renewal 2 seats instead of 1" in shown
    catalogue.sell.refresh_from_db()
    assert not catalogue.sell.is_legacy
    done = client.post(turn_page(catalogue.sell), follow=True)
    assert "Sell Growth is retired: it is no longer offered." in text(done)
    sell_two_of_five.refresh_from_db()
    assert sell_two_of_five.seats_at_renewal == 2


def test_a_retired_plan_is_not_offered_unless_one_asks_for_it(
    client_for: ClientFor, root: User, acme_owner: Membership, catalogue: Catalogue
) -> None:
    client = client_for(root)
    subscription = acme_owner.account.subscription
    url = reverse("admin:subscriptions_subscription_add_line", args=[subscription.pk])
    client.post(turn_page(catalogue.talk), follow=True)
    assert "Talk Professional" not in text(client.get(url))
    assert 'href="?retired=1"' in client.get(url).text
    assert "Talk Professional (legacy)" in text(client.get(url + "?retired=1"))
    wanted = {"plan": catalogue.talk.pk, "seats": 3}
    assert client.post(url, wanted).status_code == 422
    assert client.post(url + "?retired=1", wanted).status_code == 302
    client.post(turn_page(catalogue.talk, "sell_again"))
    assert "Talk Professional" in text(client.get(url))


def test_a_plan_without_a_price_says_so_where_a_line_is_added(
    client_for: ClientFor, root: User, acme_owner: Membership, catalogue: Catalogue
) -> None:
    catalogue.talk.prices.filter(currency="EUR", cycle="monthly").delete()
    subscription = acme_owner.account.subscription
    url = reverse("admin:subscriptions_subscription_add_line", args=[subscription.pk])
    shown = text(client_for(root).get(url))
    assert "Talk Professional (no price yet)" in shown
    assert "Guide Professional (no price yet)" not in shown


def test_the_way_back_is_closed_while_the_names_clash(
    client_for: ClientFor, root: User, catalogue: Catalogue
) -> None:
    twin = PlanFactory.create(product=catalogue.sell.product, tier="Growth", is_legacy=True)
    client = client_for(root)
    assert "There is another plan of the same name." in text(
        client.get(turn_page(twin, "sell_again"))
    )
    refused = client.post(turn_page(twin, "sell_again"))
    assert refused.status_code == 422
    assert "There is another plan called Sell Growth." in text(refused)
    twin_of = client.post(
        reverse("admin:subscriptions_plan_change", args=[twin.pk]), {"tier": "Growth 2019"}
    )
    assert twin_of.status_code == 302
    assert client.post(turn_page(twin, "sell_again")).status_code == 302


def test_the_pages_ask_the_database_as_often_for_one_plan_as_for_ten(
    client_for: ClientFor, root: User, acme_owner: Membership, catalogue: Catalogue,
    django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    client, product = client_for(root), catalogue.sell.product
    pages = (prices_page(catalogue.sell), turn_page(catalogue.sell),
             reverse("admin:subscriptions_product_changelist"),
             reverse("admin:subscriptions_plan_changelist"))  # fmt: skip
    counted = []
    for page in pages:
        client.get(page)
        with django_assert_max_num_queries(100) as queries:
            client.get(page)
        counted.append(len(queries))
    for number in range(9):
        plan = PlanFactory.create(product=product, tier=f"Tier {number}")
        cast.pool(acme_owner.account.subscription, plan, seats=2)
    for page, most in zip(pages, counted, strict=True):
        with django_assert_max_num_queries(most):
            client.get(page)


def test_the_desk_of_an_account_offers_what_is_on_sale(initech_pool: SeatPool) -> None:
    """Each with its name alone: a price is agreed there, so the catalogue needs none."""
    offered = {str(label) for _value, label in AddLineForm.base_fields["plan"].choices}  # type: ignore[attr-defined]
    assert "Talk Professional" in offered
    assert not {label for label in offered if "legacy" in label or "price" in label}
