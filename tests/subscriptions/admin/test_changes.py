"""The pages of changes (D15): tried first, done once, and refused on the form."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse

from accounts.models import Account, User
from subscriptions.actions.renewal import renew
from subscriptions.models import Line, Order, SeatPool
from tests import cast
from tests.cast import Catalogue
from tests.conftest import ClientFor
from tests.factories import PlanFactory
from tests.subscriptions.views.pages import hidden, text

WHY = {"reason": "Agreed by phone."}


def page(name: str, account: Account, *more: Any) -> str:
    return reverse(f"admin:accounts_account_{name}", args=[account.pk, *more])


def seen(answer: Any) -> dict[str, str]:
    """What the page sends back to itself."""
    names = ("quote_fingerprint", "idempotency_key")
    return {name: hidden(answer, name) for name in names}


def do(client: Any, url: str, asked: dict[str, Any], **more: Any) -> Any:
    """Look at the preview, then agree to it as it was shown, with a reason."""
    shown = client.get(url, {"preview": "1", **asked})
    assert shown.status_code == 200, text(shown)
    return client.post(url, {**asked, **seen(shown), **WHY, **more})


@pytest.fixture
def line(initech_pool: SeatPool) -> Line:
    return initech_pool.lines.get()


def test_seats_are_previewed_by_the_address_and_nothing_is_done(
    client_for: ClientFor, rep: User, initech: Account, initech_pool: SeatPool
) -> None:
    asked = {"preview": "1", "pool": initech_pool.pk, "seats": 45, "how": "renewal"}
    answer = client_for(rep).get(page("seats", initech), asked)
    shown = text(answer)
    assert "Purchased 40 → 45 Assigned 0 At renewal 40 → 45" in shown
    assert "Support Suite Professional 5 €103.50 343 of 365 €5,835.70" in shown
    assert "Next period, the whole subscription: €49,680.00 → €55,890.00" in shown
    assert "Initech Owner (owner@initech.example) gets an email with your reason." in shown
    assert "Change seats and charge €5,835.70" in shown
    initech_pool.refresh_from_db()
    assert initech_pool.seats == 40


def test_seats_are_added_with_a_reason_and_the_way_leads_back_to_the_account(
    client_for: ClientFor, rep: User, initech: Account, initech_pool: SeatPool,
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    client = client_for(rep)
    with django_capture_on_commit_callbacks(execute=True):
        answer = do(
            client, page("seats", initech), {"pool": initech_pool.pk, "seats": 45, "how": "now"}
        )
    assert (answer.status_code, answer.url) == (302, page("desk", initech))
    after = text(client.get(answer.url))
    assert "5 Support Suite Professional seats bought: 40 → 45." in after
    assert "Agreed by phone." in after
    order = Order.objects.get()
    assert (order.reason, order.placed_by) == ("Agreed by phone.", rep)
    assert [message.to for message in mail.outbox].count(["owner@initech.example"]) == 1


def test_removing_with_credit_names_the_people_and_says_what_comes_back(
    client_for: ClientFor, rep: User, initech: Account, initech_pool: SeatPool
) -> None:
    people = cast.fill(initech_pool, 39)
    client = client_for(rep)
    asked = {"pool": initech_pool.pk, "seats": 38, "how": "credit"}
    shown = text(client.get(page("seats", initech), {"preview": "1", **asked}))
    assert f"{people[-1].name} ({people[-1].user.email})" in shown
    assert (
        "1 person will lose their Support Suite Professional seat. They lose it immediately."
        in shown
    )
    assert "Change seats and credit €2,334.28" in shown
    answer = do(client, page("seats", initech), asked)
    assert answer.status_code == 302, text(answer)
    initech_pool.refresh_from_db()
    assert (initech_pool.seats, initech_pool.assigned) == (38, 38)
    assert Order.objects.get().charged_cents == -233428


def test_nothing_is_done_without_a_reason_and_what_was_typed_stays(
    client_for: ClientFor, rep: User, initech: Account, initech_pool: SeatPool
) -> None:
    asked = {"pool": initech_pool.pk, "seats": 45, "how": "renewal"}
    answer = do(client_for(rep), page("seats", initech), asked, reason=" ")
    assert answer.status_code == 422
    assert "Say why: the reason is kept in the history" in text(answer)
    assert 'name="seats" value="45"' in answer.content.decode()
    assert not Order.objects.exists()


def test_numbers_that_moved_are_shown_again_and_nothing_is_done(
    client_for: ClientFor, rep: User, initech: Account, initech_pool: SeatPool
) -> None:
    """D6: what is done is what was shown."""
    client = client_for(rep)
    asked = {"pool": initech_pool.pk, "seats": 45, "how": "renewal"}
    shown = client.get(page("seats", initech), {"preview": "1", **asked})
    SeatPool.objects.filter(pk=initech_pool.pk).update(seats=42, seats_at_renewal=42)
    answer = client.post(page("seats", initech), {**asked, **seen(shown), **WHY})
    assert answer.status_code == 409
    assert "Purchased 42 → 45" in text(answer)
    assert "Agreed by phone." in answer.content.decode()
    again = client.post(page("seats", initech), {**asked, **seen(answer), **WHY})
    assert again.status_code == 302


def test_a_double_click_does_it_once(
    client_for: ClientFor, rep: User, initech: Account, initech_pool: SeatPool
) -> None:
    client = client_for(rep)
    asked = {"pool": initech_pool.pk, "seats": 45, "how": "renewal"}
    sent = {**asked, **seen(client.get(page("seats", initech), {"preview": "1", **asked})), **WHY}
    answers = [client.post(page("seats", initech), sent) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert Order.objects.count() == 1
    initech_pool.refresh_from_db()
    assert initech_pool.seats == 45


def test_a_line_is_added_with_a_price_agreed_and_what_a_suite_has_is_pointed_out(
    client_for: ClientFor, rep: User, initech: Account, initech_pool: SeatPool, catalogue: Catalogue
) -> None:
    client, url = client_for(rep), page("add_line", initech)
    asked = {"plan": catalogue.talk.pk, "pool": "", "seats": 4, "price": "40.00"}
    shown = text(client.get(url, {"preview": "1", **asked}))
    assert "Support Suite Professional includes Talk already." in shown
    assert "Talk Professional 4 €40.00 343 of 365 €1,804.27" in shown
    assert "Add line and charge €1,804.27" in shown
    assert do(client, url, asked).status_code == 302
    after = text(client.get(page("desk", initech)))
    assert "€40.00 agreed catalogue €44.10" in after


def test_seats_of_a_line_are_its_own_or_shared_never_both(
    client_for: ClientFor, rep: User, initech: Account, initech_pool: SeatPool, catalogue: Catalogue
) -> None:
    client, url = client_for(rep), page("add_line", initech)
    both = {"preview": "1", "plan": catalogue.talk.pk, "pool": initech_pool.pk, "seats": 4}
    neither = {"preview": "1", "plan": catalogue.talk.pk, "pool": "", "seats": ""}
    assert "Leave this empty: the seats are shared." in text(client.get(url, both))
    assert "Enter the number of seats." in text(client.get(url, neither))
    assert client.get(url, neither).status_code == 422


def test_a_line_added_today_by_mistake_is_corrected_to_the_cent(
    client_for: ClientFor, rep: User, initech: Account, initech_pool: SeatPool, catalogue: Catalogue
) -> None:
    client = client_for(rep)
    asked = {"plan": catalogue.talk.pk, "pool": "", "seats": 4, "price": ""}
    do(client, page("add_line", initech), asked)
    added = Line.objects.get(plan=catalogue.talk)
    assert "Added by mistake: correct…" in text(client.get(page("desk", initech)))
    url = page("correct_line", initech, added.pk)
    assert "Correct line and credit €1,989.21" in text(client.get(url))
    assert do(client, url, {}).status_code == 302
    charged = initech.charges.filter(line=added).values_list("cents", flat=True)
    assert (len(charged), sum(charged)) == (2, 0)


def test_an_older_line_is_not_corrected(
    client_for: ClientFor, rep: User, initech: Account, line: Line
) -> None:
    answer = client_for(rep).get(page("correct_line", initech, line.pk))
    assert answer.status_code == 422
    assert "was not added today, so it cannot be corrected." in text(answer)


def test_a_line_ends_at_renewal_and_that_is_taken_back(
    client_for: ClientFor, rep: User, initech: Account, line: Line
) -> None:
    client = client_for(rep)
    url = page("end_line", initech, line.pk)
    assert "End line" in text(client.get(url))
    assert do(client, url, {"how": "renewal"}).status_code == 302
    scheduled = client.get(page("desk", initech))
    assert "Support Suite Professional ends. Take back…" in text(scheduled)
    undo = page("undo", initech) + f"?what=line&line={line.pk}"
    assert undo.replace("&", "&amp;") in scheduled.content.decode()
    shown = client.get(undo)
    assert shown.status_code == 200
    asked = {"what": "line", "line": line.pk}
    answer = client.post(page("undo", initech), {**asked, **seen(shown), **WHY})
    assert answer.status_code == 302
    assert "Nothing changes at renewal." in text(client.get(answer.url))


def test_a_plan_is_upgraded_for_the_difference(
    client_for: ClientFor, rep: User, initech: Account, line: Line
) -> None:
    better = PlanFactory.create(product=line.plan.product, tier="Enterprise", cents=14900)
    client, url = client_for(rep), page("plan", initech, line.pk)
    asked = {"plan": better.pk, "timing": "now"}
    shown = text(client.get(url, {"preview": "1", **asked}))
    assert "Support Suite Professional Support Suite Enterprise 23 November 2026" in shown
    assert "Change plan and charge" in shown
    assert do(client, url, asked).status_code == 302
    assert "Support Suite Enterprise" in text(client.get(page("desk", initech)))


def test_a_price_is_agreed_from_the_renewal_on_and_taken_back(
    client_for: ClientFor, rep: User, initech: Account, line: Line
) -> None:
    client, url = client_for(rep), page("price", initech, line.pk)
    assert 'value="103.50"' in client.get(url).content.decode()
    assert do(client, url, {"price": "99.00", "timing": "at_renewal"}).status_code == 302
    after = text(client.get(page("desk", initech)))
    assert "Support Suite Professional: €103.50 → €99.00 Take back…" in after
    assert "Price per seat per month: Support Suite Professional €103.50 → €99.00" in after
    assert client.get(page("undo", initech), {"what": "price", "line": line.pk}).status_code == 200


def test_billing_contract_cancellation_and_return(
    client_for: ClientFor, rep: User, initech: Account, initech_pool: SeatPool, clock: Any
) -> None:
    client = client_for(rep)
    cycle = do(client, page("cycle", initech), {"cycle": "monthly"})
    assert "Billing: Annual → Monthly Take back…" in text(client.get(cycle.url))
    terms = {f"minimum-{initech_pool.pk}": 20, "contract_ends_on": "2027-10-31"}
    assert do(client, page("terms", initech), terms).status_code == 302
    after = text(client.get(page("desk", initech)))
    assert "at least 20 agreed" in after
    assert "Contract until 31 October 2027" in after
    less = client.get(
        page("seats", initech), {"preview": "1", "pool": initech_pool.pk, "seats": 10, "how": "now"}
    )
    assert less.status_code == 422
    assert "keeps at least 20 seats under its contract" in text(less)
    do(client, page("undo", initech), {"what": "cycle"})
    assert do(client, page("cancel", initech), {}).status_code == 302
    assert "Ends on 1 November 2027" in text(client.get(page("desk", initech)))
    clock.move_to(datetime(2027, 11, 2, 9, 0, tzinfo=UTC))
    renew(subscription=initech.subscription, at=datetime(2027, 11, 2, 9, 0, tzinfo=UTC))
    client = client_for(rep)
    ended = text(client.get(page("desk", initech)))
    assert "Ended on 1 November 2027" in ended
    assert "Reopen subscription…" in ended
    assert "Change seats…" not in ended
    assert client.get(page("seats", initech)).status_code == 200
    assert do(client, page("reopen", initech), {}).status_code == 302
    assert "Change seats…" in text(client.get(page("desk", initech)))


def test_a_line_of_another_account_is_not_there(
    client_for: ClientFor, rep: User, initech: Account, line: Line, globex_pool: SeatPool
) -> None:
    other = globex_pool.lines.all()[0]
    for name in ("end_line", "correct_line", "plan", "price"):
        url = page(name, initech, other.pk)
        for answer in (client_for(rep).get(url), client_for(rep).post(url, WHY)):
            assert answer.status_code == 404


def test_only_those_who_serve_the_account_change_it(
    client_for: ClientFor, rep2: User, initech: Account, initech_pool: SeatPool
) -> None:
    url = page("seats", initech)
    assert client_for(rep2).get(url).status_code == 404
    assert client_for(cast.onlooker("looker")).get(url).status_code == 403


def test_only_a_superuser_is_offered_an_exception_for_legacy_plans(
    client_for: ClientFor, rep: User, root: User, initech: Account, catalogue: Catalogue
) -> None:
    """R23"""
    pool = cast.pool(initech.subscription, catalogue.legacy_sell, seats=6)
    asked = {"pool": pool.pk, "seats": 4, "how": "renewal"}
    url, offered = page("seats", initech), "Override the rules of legacy plans"
    assert offered not in text(client_for(rep).get(url))
    forced = {**asked, "overrides_legacy": "on"}
    refused = client_for(rep).get(url, {"preview": "1", **forced})
    assert refused.status_code == 422
    assert "A superuser can make an exception." in text(refused)
    client = client_for(root)
    assert offered in text(client.get(url))
    assert do(client, url, forced).status_code == 302
    pool.refresh_from_db()
    assert pool.seats_at_renewal == 4
