"""Whatever stands in a field: a sentence and a 4xx, or it is taken as text; never an error."""

import re
from typing import Any

import pytest
from django.core.cache import cache

from tests.hostile.forms import FORMS, stored
from tests.world import World

EACH_FIELD = [
    pytest.param(name, field, id=f"{name}: {field}")
    for name, fields in {
        "buy": ("idempotency_key", "quote_fingerprint"),
        "manage": ("idempotency_key", "quote_fingerprint", "timing"),
        "keep": ("pool",),
        "request": ("reason", "needed_by", "idempotency_key"),
        "approve": ("note", "quote_fingerprint"),
        "decline": ("note",),
        "add member": ("email", "name", "role", "seats", "go", "idempotency_key"),
        "member": ("name", "role", "seats", "expected_state"),
        "language": ("language", "next"),
        "sign in": ("login", "password", "next", "remember"),
        "reset": ("email",),
        "sales approve": ("note", "quote_fingerprint"),
        "sales decline": ("note",),
        "open account": ("name", "slug", "kind", "representative", "owner_name", "owner_email"),
        "add staff": ("email", "name", "password1"),
        "add line": ("plan", "pool", "seats"),
    }.items()
    for field in fields
]
# Where a NUL is as good as any other wrong value, or is thrown away.
HARMLESS = {
    ("language", "next"), ("sign in", "next"), ("sign in", "remember"), ("add member", "go"),
    ("member", "expected_state"), ("buy", "idempotency_key"), ("manage", "idempotency_key"),
    ("request", "idempotency_key"), ("add member", "idempotency_key"),
}  # fmt: skip


@pytest.fixture(autouse=True)
def nobody_guessed_yet() -> None:
    cache.clear()


def complaint(answer: Any) -> str:
    """What the page says is wrong; empty where it says nothing."""
    html = answer.content.decode()
    if answer.status_code == 400:
        return "Nothing was changed" if "Nothing was changed." in html else ""
    found = re.search(r'class="(field__error|banner banner--bad|errorlist|errornote)[^>]*>', html)
    if not found:
        return ""
    return " ".join(re.sub(r"<[^>]+>", " ", html[found.end() :][:1500]).split())[:80]


@pytest.mark.parametrize("name", FORMS)
def test_the_forms_as_they_are_meant(name: str, world: World) -> None:
    """What follows would prove nothing if these were refused anyway."""
    # A key is shown on the page that answers.
    shows = ("sign in", "token", "rotate token", "webhook", "rotate webhook")
    expected = 200 if name in shows else 302
    answer = FORMS[name].send(world)
    # More of this pool is requested already.
    assert answer.status_code == (409 if name == "request" else expected), complaint(answer)


@pytest.mark.parametrize(("name", "field"), EACH_FIELD)
def test_a_nul_is_refused_in_a_sentence(name: str, field: str, world: World) -> None:
    """PostgreSQL stores none; whoever sends one is told so, and nothing is half done."""
    before = stored()
    answer = FORMS[name].send(world, **{field: "a\x00b"})
    assert answer.status_code < 500
    if (name, field) not in HARMLESS:
        assert answer.status_code == 404 or complaint(answer), "nothing says what is wrong"
        assert stored() == before


@pytest.mark.parametrize(("name", "field"), EACH_FIELD)
def test_a_very_long_text_is_refused_in_a_sentence(name: str, field: str, world: World) -> None:
    before = stored()
    answer = FORMS[name].send(world, **{field: "9" * 100_000})
    assert answer.status_code < 500
    if (name, field) not in HARMLESS:
        assert answer.status_code == 404 or complaint(answer), "nothing says what is wrong"
        assert stored() == before


ODD_NUMBERS = [
    "0", "-1", "2.5", "5.0", "1.000", "1,000", "1_000", "1e9", "1e2", "0x10", "NaN", "inf", "-0",
    "½", "²", "100001", "9" * 30, "9" * 5000, "", " ", "1 000", "3;drop table", "true", "+",
]  # fmt: skip


@pytest.mark.parametrize("number", ODD_NUMBERS, ids=lambda number: number[:12])
@pytest.mark.parametrize("name", ["buy", "manage", "request"])
def test_what_is_no_number_of_seats_is_refused(name: str, number: str, world: World) -> None:
    """1.000 is a thousand to some and one to others: nobody gets a number they did not mean."""
    before, pool = stored(), world.homes[FORMS[name].kind].pool
    answer = FORMS[name].send(world, **{f"seats-{pool.pk}": number})
    assert answer.status_code == 422
    assert complaint(answer)
    assert stored() == before


@pytest.mark.parametrize("number", ["3", " 3 ", "+3", "03", "３", "٣"])
def test_a_number_is_a_number_in_any_digits(number: str, world: World) -> None:
    pool = world.homes["self"].pool
    assert FORMS["buy"].send(world, **{f"seats-{pool.pk}": number}).status_code == 302
    pool.refresh_from_db()
    assert pool.seats == 13


def test_of_repeated_fields_the_last_counts_everywhere(world: World) -> None:
    """What is quoted and what is bought are read from the same place."""
    pool = world.homes["self"].pool
    field = f"seats-{pool.pk}"
    assert FORMS["buy"].send(world, **{field: ["3", "4"]}).status_code == 409
    assert FORMS["buy"].send(world, **{field: ["4", "3"]}).status_code == 302
    pool.refresh_from_db()
    assert pool.seats == 13


@pytest.mark.parametrize("name", FORMS)
def test_an_empty_form_does_nothing(name: str, world: World) -> None:
    before, form = stored(), FORMS[name]
    answer = form.client(world).post(form.url(world.homes[form.kind]))
    assert answer.status_code < 500
    assert stored() == before


@pytest.mark.parametrize("name", FORMS)
def test_too_many_fields_are_refused(name: str, world: World) -> None:
    before = stored()
    answer = FORMS[name].send(world, **{f"lose-{number}": "1" for number in range(1001)})
    assert answer.status_code == 400
    assert complaint(answer)
    assert stored() == before


@pytest.mark.parametrize("number", ["9" * 5000, "9" * 19, "-1", "²", "1.0", "x", "\x00"])
def test_ids_that_are_no_ids_choose_nobody(number: str, world: World) -> None:
    """Whom a reduction should cost their seat, and the seats of a draft."""
    pool = world.homes["self"].pool
    fewer = {f"seats-{pool.pk}": "1", f"was-{pool.pk}": "10", f"lose-{pool.pk}": number}
    client = world.client("owner")
    assert client.post("/a/self/subscription/manage/", fewer).status_code == 409
    assert client.get("/a/self/subscription/manage/", fewer).status_code in (200, 400)
    draft = {**FORMS["add member"].fields(world.homes["self"]), "go": "seats", "seats": number}
    assert client.post("/a/self/team/add/", draft).status_code == 302
    assert client.get("/a/self/team/add/").status_code == 200


NOWHERE = ["0", "987654", "9" * 19, "9" * 30, "9" * 5000, "-1", "٣", "1%00", "%ED%A0%80"]


@pytest.mark.parametrize("number", NOWHERE, ids=lambda number: number[:31])
def test_addresses_with_odd_numbers_lead_nowhere(number: str, world: World) -> None:
    client = world.client("owner")
    for page in ("team/{}/", "team/{}/remove/", "team/{}/transfer/"):
        assert client.get(f"/a/self/{page.format(number)}").status_code == 404
        assert client.post(f"/a/self/{page.format(number)}").status_code == 404
    for verb in ("approve", "decline", "withdraw"):
        page = f"/a/self/subscription/requests/{number}/{verb}/"
        assert client.post(page).status_code == 404


ODD_QUERIES = [
    "q=%00", "pool=%00", "role=%00", "status=%00", "sort=%00", "page=%00", "page=" + "9" * 5000,
    "page=-1", "page=1e9", "page=NaN", "sort=password", "q=" + "%25" * 5000, "q=%ED%A0%80",
    "pool=" + "9" * 5000, "seats-1=%00", "email=%00", "then=%00", "then=//evil.example", "o=%00",
    "status__exact=%00", "kind__exact=%00", "_to_field=%00", "needed=%00", "p=" + "9" * 5000,
    "pool__subscription__account__kind__exact=%00", "at__gte=%00", "id=%00", "id=" + "9" * 30,
]  # fmt: skip
PAGES = {
    "owner": (
        "/", "/a/self/", "/a/self/team/", "/a/self/team/add/", "/a/self/seats/add/",
        "/a/self/subscription/", "/a/self/subscription/manage/", "/a/self/subscription/requests/",
    ),
    "agent": ("/a/self/seats/request/",),
    "anonymous": ("/auth/login/", "/auth/password/reset/"),
    "rep": ("/admin/subscriptions/seatrequest/", "/admin/subscriptions/serviceorder/"),
    "root": (
        "/admin/accounts/account/", "/admin/accounts/auditentry/", "/admin/accounts/membership/",
        "/admin/subscriptions/seatchange/", "/admin/subscriptions/order/",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("who", "page"), [(who, p) for who in PAGES for p in PAGES[who]])
def test_nonsense_in_an_address_breaks_no_page(who: str, page: str, world: World) -> None:
    client = world.client(who)
    broken = [query for query in ODD_QUERIES if client.get(f"{page}?{query}").status_code >= 500]
    assert not broken


def test_a_cookie_is_no_way_in_for_a_nul(world: World) -> None:
    for cookie in ("sessionid", "csrftoken", "django_language", "messages"):
        client = world.client("anonymous")
        answer = client.get("/auth/login/", headers={"cookie": f'{cookie}="abcdefgh\\000ijk"'})
        assert answer.status_code < 500
