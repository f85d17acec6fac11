"""Which buttons are drawn for whom; a button one may not use is not there (R6, R7, R8, R13)."""

import re
from typing import Any

import pytest

from tests import moves
from tests.world import World

pytestmark = pytest.mark.any_database

ROLES = ("owner", "billing", "admin", "agent", "enduser")
MANAGE, UPDATE, PROCESS = "Manage", "Update subscription", "Process order"
BUY, REQUEST, MORE = "Buy seats", "Request agent seats", "Add more seats"
ADD, ADMINS = "Add team member", "owner billing admin"
EVERYWHERE = {"self": "owner billing", "online": "owner billing", "sales": "owner billing"}
# Page and button → kind of account → who sees it.
DRAWN = {
    ("subscription/", MANAGE): {"self": "owner billing", "online": "owner billing", "sales": ""},
    ("subscription/manage/", UPDATE): {"self": "owner billing", "online": "", "sales": ""},
    ("subscription/manage/", PROCESS): {"self": "", "online": "owner billing", "sales": ""},
    ("seats/add/", BUY): {"self": "owner billing", "online": "owner billing", "sales": ""},
    ("seats/add/", REQUEST): {"self": "admin", "online": "admin", "sales": ""},
    ("seats/request/", REQUEST): {
        "self": "admin agent",
        "online": "admin agent",
        "sales": "owner billing admin agent",
    },
    ("team/", MORE): {"self": ADMINS, "online": ADMINS, "sales": ""},
    ("team/", REQUEST): {"self": "", "online": "", "sales": ADMINS},
    ("webhooks/", "Add webhook"): EVERYWHERE,
    ("webhooks/add/", "Add webhook"): EVERYWHERE,
    ("team/", ADD): {"self": ADMINS, "online": ADMINS, "sales": ADMINS},
}


def buttons(answer: Any) -> set[str]:
    """What can be pressed or followed in the page itself, without its navigation."""
    html = answer.content.decode()
    html = html[html.find("<main") :]
    found = re.findall(r"(?s)<(?:a|button)\b[^>]*>(.*?)</(?:a|button)>", html)
    return {" ".join(re.sub(r"<[^>]+>", " ", text).split()) for text in found}


@pytest.mark.parametrize("kind", ["self", "online", "sales"])
@pytest.mark.parametrize(("page", "button"), DRAWN, ids=lambda value: value)
def test_a_button_is_drawn_for_those_who_may_use_it(
    page: str, button: str, kind: str, world: World
) -> None:
    # Otherwise there is nothing left to request.
    moves.withdraw_all_requests()
    answers = {who: world.client(who, kind).get(f"/a/{kind}/{page}") for who in ROLES}
    seen = {who for who, answer in answers.items() if button in buttons(answer)}
    assert seen == set(DRAWN[page, button][kind].split())


@pytest.mark.parametrize("kind", ["self", "online", "sales"])
def test_who_sees_no_manage_is_told_whom_to_ask(kind: str, world: World) -> None:
    """R6: the representative by name and mail, or support, or those who may buy."""
    page = world.client("admin", kind).get(f"/a/{kind}/subscription/").content.decode()
    whom = f"owner@{kind}.example" if kind != "sales" else "rep@vendor.example"
    assert whom in page
