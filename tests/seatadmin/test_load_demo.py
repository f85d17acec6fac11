"""The demo is exactly what the README and the sign-in page promise.

Loading it takes two seconds, so a test asks for many things at once.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import Account, Membership, User
from seatadmin.demo.accounts import ACCOUNTS
from seatadmin.demo.loading import load
from subscriptions.models import SeatChange, SeatPool
from tests.actors import everything_names_its_actor

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


def run() -> str:
    out = StringIO()
    call_command("load_demo", stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("today", [TODAY, date(2028, 2, 29), date(2027, 3, 31)])
def test_it_is_the_same_on_any_day_and_its_past_a_real_one(
    db: None,
    today: date,
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[list[Any]]],
) -> None:
    """Names, order and days ago; history in order and before today; nobody gets a mail."""
    with django_capture_on_commit_callbacks() as waiting:
        load(today)
    assert waiting == []
    now = datetime.combine(today, NOW.time(), tzinfo=UTC)
    for account in ACCOUNTS:
        members = Membership.objects.filter(account__slug=account.slug).order_by("pk")
        owner, *others = account.people()
        assert [m.user.email for m in members] == [p.email for p in (owner, *others)]
        days_ago = [(today - member.added_at.date()).days for member in members]
        assert days_ago[1:] == [person.days_ago for person in others]
    assert not SeatChange.objects.filter(at__gt=now).exists()
    assert not User.objects.filter(last_login__gt=now).exists()
    assert not Membership.objects.filter(last_visited_at__gt=now).exists()
    never = Membership.objects.filter(last_visited_at=None)
    assert set(never.values_list("status", flat=True)) <= {"invited"}
    assert not Membership.objects.filter(invitation_expires_at__lt=now).exists()
    everything_names_its_actor()
    system = SeatChange.objects.filter(channel="system").values_list("command", flat=True)
    assert set(system) == {"load_demo"}
    for pool in SeatPool.objects.select_related("subscription"):
        rows = list(pool.changes.order_by("pk"))
        assert [row.at for row in rows] == sorted(row.at for row in rows)
        assert pool.assigned == pool.assignments.count() == rows[-1].assigned_after
        assert pool.subscription.period_start <= today
        assert (pool.subscription.period_end - today).days >= 14


def test_whoever_the_sign_in_page_lists_can_sign_in(db: None, settings: Any) -> None:
    settings.DEBUG = True
    assert not Client().get("/auth/login/").context["demo_people"]
    assert "every password is: demo" in run()
    page = Client().get("/auth/login/")
    people = [person for group in page.context["demo_people"] for person in group["people"]]
    # The cast, acme's suspended agent, the consultant, the vendor's.
    assert len(people) == 6 * 4 + 1 + 1 + 4
    for person in people:
        assert person["email"].encode() in page.content
        assert Client().login(email=person["email"], password="demo")
    settings.DEBUG = False
    assert not Client().get("/auth/login/").context["demo_people"]


def test_it_is_refused_without_debug(db: None) -> None:
    with pytest.raises(CommandError, match="only with DEBUG=1"):
        run()
    assert not User.objects.exists()


def test_it_is_refused_where_other_data_is(acme: Account, settings: Any) -> None:
    settings.DEBUG = True
    with pytest.raises(CommandError, match="needs an empty one"):
        run()
