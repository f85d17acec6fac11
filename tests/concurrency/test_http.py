"""The same races through the pages of a running server: D5, D6, R18."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from django.urls import reverse

from accounts.models import Account, Membership
from subscriptions.models import Order, SeatPool
from tests import moves
from tests.concurrency.crowd import Crowd
from tests.concurrency.served import Server, statuses

Gather = Callable[[int], Crowd]


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found, f"no {name} in the page"
    return found[1]


def test_twenty_admins_add_people_to_the_last_five_seats(
    crowd: Gather,
    server: Server,
    acme: Account,
    admins: list[Membership],
    sell_pool: SeatPool,
) -> None:
    """R18, D5: five are added, fifteen are told that there is no seat, nobody sees an error."""
    people, url = crowd(len(admins)), reverse("add_member", args=[acme.slug])
    forms: list[dict[str, Any]] = [
        {
            "email": f"new{n}@acme.example", "name": f"New {n}", "role": "agent",
            "seats": [sell_pool.pk],
        }
        for n in range(len(admins))
    ]  # fmt: skip
    answers = people.race(
        [
            partial(server.browser_of(admin).post, url, form)
            for admin, form in zip(admins, forms, strict=True)
        ]
    )
    assert statuses(answers) == [302] * 5 + [409] * 15
    assert moves.numbers(sell_pool) == (5, 5, 5)
    assert acme.memberships.filter(status="invited").count() == 5


def test_a_form_sent_ten_times_at_once_buys_once(
    crowd: Gather, server: Server, acme_owner: Membership, sell_pool: SeatPool
) -> None:
    """D6: all ten are told that the seats are bought, and they are bought once."""
    url = reverse("add_seats", args=[acme_owner.account.slug])
    browser = server.browser_of(acme_owner)
    wanted = {f"seats-{sell_pool.pk}": 2}
    page = browser.get(f"{url}?seats-{sell_pool.pk}=2&pool={sell_pool.pk}").text
    form = {
        **wanted,
        "idempotency_key": hidden(page, "idempotency_key"),
        "quote_fingerprint": hidden(page, "quote_fingerprint"),
    }
    answers = crowd(10).race(
        [partial(browser.post, f"{url}?pool={sell_pool.pk}", form) for _time in range(10)]
    )
    assert statuses(answers) == [302] * 10
    assert moves.numbers(sell_pool) == (7, 0, 7)
    assert Order.objects.count() == 1


def test_buyers_with_forms_of_their_own_do_not_buy_on_old_numbers(
    crowd: Gather,
    server: Server,
    acme_owner: Membership,
    acme_billing: Membership,
    sell_pool: SeatPool,
) -> None:
    """D6: both looked at the same numbers; one buys, the other is asked to look again."""
    url = reverse("add_seats", args=[acme_owner.account.slug]) + f"?pool={sell_pool.pk}"
    jobs = []
    for buyer in (acme_owner, acme_billing):
        browser = server.browser_of(buyer)
        page = browser.get(f"{url}&seats-{sell_pool.pk}=3").text
        form = {
            f"seats-{sell_pool.pk}": 3,
            "idempotency_key": hidden(page, "idempotency_key"),
            "quote_fingerprint": hidden(page, "quote_fingerprint"),
        }
        jobs.append(partial(browser.post, url, form))
    assert statuses(crowd(2).race(jobs)) == [302, 409]
    assert moves.numbers(sell_pool)[0] == 8
