"""The end of an account: handed out, erased, and its history kept with names replaced (D15)."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.actions import close_account, export_account, invite, rename, suspend
from accounts.models import Account, AuditEntry, AuditKind, Membership, User
from accounts.permissions import Role
from events.actions import add_endpoint
from subscriptions.actions import renew
from subscriptions.actions.account_data import check_closable
from subscriptions.models import (
    ChangeRequest,
    Order,
    RequestPart,
    SeatPool,
    SeatRequest,
    Subscription,
)
from subscriptions.rules.changes import CancelSubscription
from subscriptions.selectors.integrity import disagreements
from tests import cast, changes, moves
from tests.cast import NOW, SETUP, STARTED
from tests.conftest import ClientFor
from tests.kept import kept
from tests.keys import Program


def close(account: Account, by: Any, typed: str = "", reason: str = "They asked us to.") -> Account:
    return close_account(account=account, typed=typed or account.name, reason=reason, by=by, at=NOW)


def end(account: Account) -> None:
    """Its subscription has ended, as after a cancellation."""
    Subscription.objects.filter(account=account).update(ended_on=STARTED)


@kept
def lived_in(
    acme: Account, acme_owner: Membership, acme_admin: Membership, acme_agent: Membership,
    suite_pool: SeatPool,
) -> Account:  # fmt: skip
    """acme with everything that people leave: names, reasons, a token, a webhook, an order."""
    moves.buy({suite_pool: 1}, by=acme_owner)
    moves.ask(suite_pool, 2, acme_admin)
    changes.ask(changes.CANCELLATION, acme_admin, reason="Anna leaves.")
    rename(membership=acme_admin, name="Anna Admin", by=acme_owner, at=NOW)
    suspend(membership=acme_agent, by=acme_owner, at=NOW)
    invite(account=acme, email="new@acme.example", name="New", role=Role.ADMIN, by=SETUP, at=NOW)
    moves.issue(acme_owner, name="Anna's laptop")
    add_endpoint(
        url="https://hooks.example/anna", event_types=None, idempotency_key="", by=acme_owner,
        at=NOW,
    )  # fmt: skip
    end(acme)
    return acme


def everything_stored() -> str:
    """Every column of the tables that may name people, as one text."""
    tables = (User, Membership, AuditEntry, SeatRequest, RequestPart, ChangeRequest, Order)
    return json.dumps([list(model.objects.values()) for model in tables], default=str)


def test_a_subscription_that_goes_on_keeps_it_open(acme: Account, root: User) -> None:
    with pytest.raises(ValidationError) as refused:
        close(acme, root)
    assert refused.value.code == "still_subscribed"
    end(acme)
    check_closable(acme, NOW)


@pytest.mark.parametrize(
    ("who", "more", "code"),
    [("rep", {}, "not_allowed"), ("acme_owner", {}, "not_allowed")],
)
def test_only_superusers_close(
    who: str, more: dict[str, str], code: str, lived_in: Account, request: pytest.FixtureRequest
) -> None:
    by = request.getfixturevalue(who)
    with pytest.raises(ValidationError) as refused:
        close(lived_in, by, **more)
    assert refused.value.code == code


@pytest.mark.parametrize("more", [{"typed": "acme"}, {"reason": "  "}])
def test_the_name_is_typed_once_more_and_there_is_a_reason(
    more: dict[str, str], lived_in: Account, root: User
) -> None:
    with pytest.raises(ValidationError):
        close(lived_in, root, **more)
    lived_in.refresh_from_db()
    assert not lived_in.is_closed


def test_nobody_is_named_any_more_and_history_stays(
    lived_in: Account, root: User, django_capture_on_commit_callbacks: Any
) -> None:
    count = lived_in.audit_entries.count()
    with django_capture_on_commit_callbacks(execute=True):
        close(lived_in, root)
    stored = everything_stored()
    for word in ("Anna", "@acme.example", "Two people start", "Acme Owner", "New"):
        assert word not in stored, word
    assert "Former member 1" in stored
    assert lived_in.audit_entries.count() == count + 1
    closed = lived_in.audit_entries.get(kind=AuditKind.ACCOUNT_CLOSED)
    assert (closed.by, closed.reason) == (root, "They asked us to.")
    assert disagreements(NOW) == []


def test_a_subscription_that_was_cancelled_and_has_ended_leaves_no_reasons(
    acme: Account, suite_pool: SeatPool, root: User
) -> None:
    """The order that cancelled it keeps that it had one."""
    cancelled = moves.change(acme.subscription, CancelSubscription(), root, reason="Anna leaves.")
    ended = datetime(2026, 12, 1, 6, tzinfo=UTC)
    renew(subscription=acme.subscription, at=ended)
    close_account(
        account=Account.objects.get(pk=acme.pk), typed=acme.name, reason="Asked for.",
        by=root, at=ended,
    )  # fmt: skip
    assert "Anna" not in everything_stored()
    cancelled.refresh_from_db()
    assert cancelled.reason == "–"
    assert disagreements(ended) == []


def test_history_is_protected_again_afterwards(lived_in: Account, root: User) -> None:
    close(lived_in, root)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        AuditEntry.objects.update(reason="x")
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        AuditEntry.objects.all().delete()


def test_its_pages_and_keys_open_nothing(
    lived_in: Account, acme_owner: Membership, root: User, client_for: ClientFor
) -> None:
    _token, key = moves.issue(acme_owner)
    client = client_for(acme_owner)
    assert client.get("/a/acme/team/").status_code == 200
    close(lived_in, root)
    assert client.get("/a/acme/team/").status_code in (302, 404)
    assert client_for(acme_owner).get("/a/acme/team/").status_code in (302, 404)
    assert Program(key).get("account").status_code == 401
    assert not lived_in.webhook_endpoints.exclude(status="deleted").exists()
    with pytest.raises(ValidationError) as refused:
        close(Account.objects.get(pk=lived_in.pk), root)
    assert refused.value.code == "account_closed"


def test_who_is_in_another_account_stays_who_they_are_there(
    lived_in: Account, acme_admin: Membership, stranger: Membership, root: User,
    client_for: ClientFor,
) -> None:  # fmt: skip
    cast.member(stranger.account, "x", Role.ADMIN)
    other = invite(
        account=stranger.account, email=acme_admin.user.email, name="Anna", role=Role.ADMIN,
        by=SETUP, at=NOW,
    )  # fmt: skip
    close(lived_in, root)
    user = User.objects.get(pk=acme_admin.user_id)
    assert (user.email, user.is_active) == ("admin@acme.example", True)
    other.refresh_from_db()
    assert other.name == "Anna"
    acme_admin.refresh_from_db()
    assert acme_admin.name.startswith("Former member")
    assert client_for(user).get("/a/acme/team/").status_code == 404


def test_owner_and_billing_admins_are_told_at_the_addresses_they_had(
    lived_in: Account, acme_billing: Membership, root: User,
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    with django_capture_on_commit_callbacks(execute=True):
        close(lived_in, root)
    told = [m.to[0] for m in mail.outbox if "has been closed" in m.subject]
    assert sorted(told) == ["billing@acme.example", "owner@acme.example"]


def test_an_account_that_has_bought_nothing_is_closed(acme: Account, root: User) -> None:
    acme.subscription.delete()
    close(Account.objects.get(pk=acme.pk), root)
    assert Account.objects.get(pk=acme.pk).is_closed


def test_everything_about_it_is_one_document_without_secrets(
    lived_in: Account, acme_owner: Membership
) -> None:
    text = "".join(export_account(lived_in))
    told = json.loads(text)
    assert told["account"][0]["slug"] == "acme"
    assert {row["email"] for row in told["people"]} >= {"owner@acme.example", "new@acme.example"}
    for section in (
        "members",
        "audit_entries",
        "seat_changes",
        "charges",
        "orders",
        "seat_requests",
    ):
        assert told[section], section
    for secret in ("digest", "encrypted_secret", "password"):
        assert secret not in text
    assert told["request_parts"][0]["reason"] == "Two people start next week."
    assert told["change_requests"][0]["reason"] == "Anna leaves."
