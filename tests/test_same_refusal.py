"""D10: a refusal has one code, one status and one sentence, at page, admin and API.

Sentences are read where they are shown. Each stands once in `errors.py`, beside its code, so
a page that shows the sentence with the status has refused with that code.
"""

import pytest
from django.utils.text import capfirst
from django.utils.translation import override

from tests.doors import Doors, Try
from tests.programs import undone
from tests.provoked import (
    TOMORROW,
    YESTERDAY,
    add,
    add_line,
    add_with_seat,
    ask,
    button,
    buy,
    decide,
    decide_as_sales,
    decision,
    guess_often,
    invite,
    invite_with_seat,
    manage,
    member_form,
    open_account,
    order,
    patch,
    product_key,
    request,
    request_fewer,
    rotate,
    rotate_secret,
    send_again,
    send_test,
    start,
    token_form,
    transfer,
    unsold,
    webhook,
)
from tests.scenes import (
    as_end_user,
    ended,
    expired,
    full,
    in_sales,
    invited_often,
    legacy,
    online,
    switched_off,
    theirs,
    twice,
    with_twenty_webhooks,
    withdrawn,
)
from tests.test_errors import REFUSALS
from tests.world import World

pytestmark = pytest.mark.any_database

# How each refusal is provoked, and where.
TABLE: dict[str, dict[str, Try]] = {
    "accounts.ONLY_OWNER_GIVES": button("suspend", "billing"),
    "accounts.OWN_MEMBERSHIP": {"page": lambda d: d.person("admin", "suspend", "admin")},
    "accounts.OWNER_UNCHANGED": button("suspend", "owner"),
    "accounts.NOT_ACTIVE": button("suspend", "suspended"),
    "accounts.NOT_SUSPENDED": button("reactivate", "agent"),
    "accounts.REMOVED": {"page": lambda d: d.person("admin", "suspend", "removed")},
    "accounts.NOT_AN_ADMIN": {"page": transfer("agent")},
    "accounts.ALREADY_MEMBER": {
        "page": add(email="agent@self.example"), "api": invite(email="agent@self.example"),
    },
    "accounts.SUSPENDED": {
        "page": as_end_user(add(email="suspended@self.example")),
        "api": as_end_user(invite(email="suspended@self.example")),
    },
    "accounts.NOT_INVITED": {
        **button("resend", "agent"),
        "admin": lambda d: d.admin("root", "accounts_membership_resend", d.member("agent").pk),
    },
    "accounts.TOO_MANY_TO_ONE": {
        door: invited_often(3, "invited")(act)
        for door, act in {
            **button("resend", "invited"),
            "admin": lambda d: d.admin(
                "root", "accounts_membership_resend", d.member("invited").pk
            ),
        }.items()
    },
    "accounts.TOO_MANY_FROM_ACCOUNT": {
        door: invited_often(200, "agent")(act)
        for door, act in {"page": add(), "api": invite(), }.items()
    },
    "accounts.ABOVE_YOUR_ROLE": {"page": rotate("billing")},
    "accounts.NO_SCOPE": {"page": token_form(scopes=[])},
    "accounts.BAD_END": {"page": token_form(expires_on="2030-01-01")},
    "accounts.INCORRECT_PASSWORD": {"page": transfer("admin", "wrong")},
    "accounts.TOO_MANY_GUESSES": {"page": guess_often},
    "accounts.USED_FORM": {"page": twice(add(), add(email="other@new.example"))},
    "accounts.WEB_ADDRESS_AS_NAME": {"admin": open_account(name="https://nora.example")},
    "accounts.NO_SLUG": {"admin": open_account(name="…", slug="")},
    "core.KEY_ENDED": {"page": rotate("owner", revoked=True)},
    "core.KEY_ROTATED": {"page": rotate("owner", expected="another")},
    "core.INVALID_EMAIL": {"page": add(email="nora"), "api": invite(email="nora"),
                           "admin": open_account(owner_email="nora")},
    "core.UNREADABLE_NAME": {"page": add(name="No\u200bra"), "api": invite(name="No\u200bra"),
                             "admin": open_account(owner_name="No\u200bra")},
    "core.WEB_ADDRESS_AS_NAME": {
        "page": add(name="evil.example"), "api": invite(name="evil.example"),
        "admin": open_account(owner_name="evil.example"),
    },
    "team.AGENT_NEEDS_SEAT": {
        "page": add(role="agent"), "api": invite(role="agent"),
    },
    "team.END_USER_HAS_SEAT": {
        "api": lambda d: patch(role="end_user", seats=[d.pool_id])(d),
    },
    "team.MEMBER_CHANGED": {"page": member_form(expected_state="other")},
    "team.EXPIRED_INVITATION": {
        "page": expired(member_form(whom="invited", name="x")),
        "api": expired(lambda d: patch("invited", role="agent", seats=[d.pool_id])(d)),
    },
    "subscriptions.NO_SEAT": {"page": full(add_with_seat), "api": full(invite_with_seat)},
    "subscriptions.UNKNOWN_POOL": {"page": buy("1", **{"seats-987654": "1"})},
    "subscriptions.TOO_MANY": {"page": buy("99995"), "api": order(add=99995)},
    "subscriptions.NOTHING_ADDED": {"page": lambda d: d.page("owner", "add_seats")},
    "subscriptions.NO_CHANGE": {"page": manage(10), "api": order(total=10)},
    "subscriptions.QUOTE_CHANGED": {
        "page": buy("1", quote_fingerprint="other"),
        "api": order(add=1, fingerprint="other"),
        "admin": in_sales(decide_as_sales("approve", quote_fingerprint="other")),
    },
    "subscriptions.OPEN_REQUEST": {"page": ask(), "api": request()},
    "subscriptions.PAST_DAY": {
        "page": withdrawn(ask(needed_by=YESTERDAY)),
        "api": withdrawn(request(needed_by=YESTERDAY)),
    },
    "subscriptions.ALREADY_DECIDED": {
        "page": withdrawn(decide("approve_request")),
        "api": withdrawn(decision("approve")),
        "admin": withdrawn(decide_as_sales("approve")),
    },
    "subscriptions.NOT_YOURS_TO_DECIDE": {
        "page": theirs(decide("approve_request")), "admin": decide_as_sales("approve"),
    },
    "subscriptions.NOTE_MISSING": {
        "page": decide("decline_request"), "admin": in_sales(decide_as_sales("decline")),
    },
    "subscriptions.REQUEST_CHANGED": {
        "page": decide("decline_request", note="No.", expected="1"),
        "admin": in_sales(decide_as_sales("decline", note="No.", expected="1")),
        "api": decision("decline", note="No.", seats=1),
    },
    # The page of a refusal makes a link of the address: tests/subscriptions/views/test_ended.py.
    "accounts.READ_ONLY": {"api": ended(order(add=1))},
    "accounts.OWNER_NOT_GIVEN": {"api": patch(role="owner")},
    "subscriptions.NOT_REMOVABLE": {"page": online(manage(9)), "api": online(order(total=9))},
    "subscriptions.NOT_ADDABLE": {"admin": in_sales(legacy(decide_as_sales("approve")))},
    "subscriptions.UNASSIGNED_ONLY": {"page": legacy(manage(1)), "api": legacy(order(total=1))},
    # A page asks the question itself, with two buttons.
    "subscriptions.UNCONFIRMED": {"api": order(total=1, timing="now")},
    # The page sends who can buy to the cart, and shows others' requests without a button.
    "subscriptions.CAN_BUY": {"api": withdrawn(request("owner"))},
    "subscriptions.ONLY_REQUESTER_WITHDRAWS": {"api": decision("withdraw", "owner")},
    "subscriptions.SAME_REQUEST": {"page": request_fewer()},
    "subscriptions.NOT_FEWER": {"page": request_fewer(seats=50)},
    "subscriptions.PAST_WISH": {"page": request_fewer(wanted_on=YESTERDAY)},
    "subscriptions.FUTURE_DAY": {"admin": start(TOMORROW)},
    "subscriptions.NO_PRICE": {"admin": unsold},
    "subscriptions.HAS_PLAN": {"admin": add_line()},
    "subscriptions.KEY_NAME_TAKEN": {"admin": product_key()},
    "subscriptions.ENDS_TOO_EARLY": {"admin": product_key(name="Other", expires_on=YESTERDAY)},
    "events.BAD_URL": webhook(url="http://hooks.example/"),
    "events.NOT_OF_THE_INTERNET": webhook(url="https://192.168.0.1/"),
    "events.NO_EVENT_TYPE": webhook(event_types=[]),
    "events.TOO_MANY_ENDPOINTS": {
        door: with_twenty_webhooks(act) for door, act in webhook().items()
    },
    "events.SWITCHED_OFF": {
        door: switched_off(act) for door, act in {**send_test(), "log": send_again}.items()
    },
    "events.SECRET_ROTATED": {"page": rotate_secret(expected="another")},
}  # fmt: skip


# Which of them stands at one door alone, or is said in another way there, and where it is tested.
_GUARDED = "pages ask for the permission first, and name the role; tests of the action"
_CHOICES = "forms offer no such choice; tests of the action"
_PROGRAMS = "only programs: tests/core/api, tests/accounts/api, tests/subscriptions/api"
_LINK = "every link that leads nowhere opens one page: tests/accounts/views"
_COMMAND = "only check_seats: tests/subscriptions/management"
_DESK = "only at the sales desk: tests of the actions, and of the pages in tests/*/admin"
ELSEWHERE = {
    "accounts.ONLY_ROLES_GIVE": _GUARDED,
    "accounts.ONLY_OWNER_TRANSFERS": _GUARDED,
    "subscriptions.ONLY_BUYERS_BUY": _GUARDED,
    "subscriptions.ONLY_BUYERS_CHANGE": _GUARDED,
    "subscriptions.CANNOT_REQUEST": _GUARDED,
    "subscriptions.CANNOT_REQUEST_CHANGE": _GUARDED,
    "accounts.SECOND_OWNER": _CHOICES,
    "subscriptions.NOT_ON_OFFER": _CHOICES,
    "subscriptions.NOTHING_TO_CHANGE": _CHOICES,
    "subscriptions.OPEN_SUBSCRIPTION_FIRST": "only at the desk: tests/subscriptions/admin",
    "subscriptions.OWN_CHANGE_REQUEST": "only at the desk; tests of the action",
    "accounts.SCOPE_NOT_YOURS": _CHOICES,
    "accounts.SCOPE_OF_REPRESENTATIVE": _CHOICES,
    "subscriptions.NO_MEMBER": "its role is refused before, END_USER_HAS_SEAT; tests of the action",
    "subscriptions.NO_SEAT_HELD": "released twice is released; tests of the action",
    "subscriptions.HAS_SEAT": "the same form again changes nothing; tests of the action",
    "subscriptions.BAD_NUMBER": "forms say it of their own field; tests of the action",
    "subscriptions.NOTHING_REQUESTED": "forms say it as NOTHING_ADDED; tests of the action",
    "subscriptions.POOL_NAME_TAKEN": "names are made from the plans; tests of the action",
    "subscriptions.PRICES_CHANGED": "changed between two looks; tests of the catalogue",
    "subscriptions.PLAN_NAME_TAKEN": "of a product, not of an account; tests of the catalogue",
    "events.DELETED": "looked up before it was deleted, locked after; tests of the action",
    "core.SAVED_MEANWHILE": "two forms at one moment: tests/concurrency",
    "accounts.LINK_USED": _LINK,
    "accounts.LINK_EXPIRED": _LINK,
    "accounts.HAS_PASSWORD": _LINK,
    "subscriptions.HISTORY": _COMMAND,
    "subscriptions.OVERSOLD": _COMMAND,
    **dict.fromkeys(
        (
            "core.KEY_MISSING", "core.KEY_UNKNOWN", "core.KEY_OF_OTHER_KIND", "core.KEY_EXPIRED",
            "core.KEY_REVOKED", "core.TOO_MANY_REQUESTS", "core.NOT_THERE", "core.UNKNOWN_FIELD",
            "core.FILTER_TWICE", "core.UNREADABLE_BODY", "core.UNREADABLE_REQUEST",
            "core.IDEMPOTENCY_KEY_MISSING", "core.CHANGED_SINCE",
            "core.UNREADABLE_IDEMPOTENCY_KEY", "core.NO_SUCH_ID", "core.BAD_CURSOR",
            "accounts.SCOPE_MISSING", "accounts.USED_KEY", "accounts.IN_FLIGHT",
            "subscriptions.NO_SUBSCRIPTION", "subscriptions.ONE_PERSON",
            "subscriptions.ACCOUNT_MISSING", "subscriptions.ACCOUNT_OF_TOKEN",
            "subscriptions.PRODUCT_OF_KEY", "subscriptions.UNKNOWN_PRODUCT",
            "subscriptions.UNKNOWN_ACCOUNT",
            "subscriptions.ADD_OR_TOTAL", "subscriptions.POOL_TWICE",
        ),
        _PROGRAMS,
    ),
    **dict.fromkeys(
        (
            "accounts.ACCOUNT_CLOSED",
            "accounts.ADDRESS_TAKEN",
            "accounts.ALREADY_ASKED",
            "accounts.CANNOT_REPRESENT",
            "accounts.NAME_DIFFERS",
            "accounts.NOT_REPRESENTED",
            "accounts.ONLY_SUPERUSERS",
            "accounts.OWNER_CHANGED",
            "accounts.OWN_ACCOUNT",
            "accounts.PROPOSAL_CLOSED",
            "accounts.REASON_MISSING",
            "accounts.SAME_PERSON",
            "subscriptions.BAD_PRICE",
            "subscriptions.BELOW_MINIMUM",
            "subscriptions.CONTRACT_DAY_PAST",
            "subscriptions.CONTRACT_RUNS",
            "subscriptions.DOWNGRADE_AT_RENEWAL",
            "subscriptions.ENDED",
            "subscriptions.ENDING",
            "subscriptions.LEGACY_FIXED",
            "subscriptions.MINIMUM_TOO_HIGH",
            "subscriptions.NOT_ADDED_TODAY",
            "subscriptions.NOT_ENDED",
            "subscriptions.NOT_SCHEDULED",
            "subscriptions.ONLY_STAFF",
            "subscriptions.ONLY_SUPERUSERS_OVERRIDE",
            "subscriptions.OWN_REQUEST",
            "subscriptions.REASON_MISSING",
            "subscriptions.SCHEDULED_ALREADY",
            "subscriptions.STILL_SUBSCRIBED",
            "subscriptions.UNKNOWN_LINE",
            "subscriptions.UNKNOWN_PLAN",
        ),
        _DESK,
    ),
}  # fmt: skip

# Said to each other's deciders: the pages name the representative, the sales desk the account.
OTHER_FACTS = {"subscriptions.NOT_YOURS_TO_DECIDE"}


@pytest.fixture(params=["en", "de"])
def doors(world: World, request: pytest.FixtureRequest) -> Doors:
    return Doors(world, world.homes["self"], request.param)


@pytest.mark.parametrize("name", TABLE)
def test_a_refusal_says_the_same_at_every_door(name: str, doors: Doors) -> None:
    refusal, sentences = REFUSALS[name], {}
    for door, provoke in TABLE[name].items():
        with undone(), override(doors.language):
            told = provoke(doors)
            sentences[door] = told.sentence_of(refusal)
        assert sentences[door], f"{door}: {told}"
        assert told.status in (refusal.status, 0), f"{door}: {told}"
        if told.code:
            assert refusal.code in (told.code, *told.text.split()), f"{door}: {told}"
    # Django admin writes the first letter of a message large.
    told_as = {capfirst(sentence) for sentence in sentences.values()}
    assert len(told_as) == 1 or name in OTHER_FACTS, told_as


def test_every_refusal_is_provoked_or_says_where_it_is() -> None:
    assert TABLE.keys() | ELSEWHERE.keys() == REFUSALS.keys()
    assert TABLE.keys() & ELSEWHERE.keys() == set()
