"""API tokens: who makes them, what they may be given, how they are rotated and end (D13, D19)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from accounts.actions import (
    change_role,
    change_roles,
    issue_token,
    remove,
    revoke_token,
    rotate_token,
    suspend,
)
from accounts.models import Account, ApiToken, AuditEntry, AuditKind, Membership
from accounts.permissions import Role, Scope
from core.credentials import Overlap, SecretKey
from tests import cast, moves
from tests.cast import NOW
from tests.refusals import refused

HOUR = timedelta(hours=1)


def fresh(token: ApiToken) -> ApiToken:
    return ApiToken.objects.get(pk=token.pk)


def history(account: Account) -> list[AuditEntry]:
    kinds = (AuditKind.TOKEN_MADE, AuditKind.TOKEN_ROTATED, AuditKind.TOKEN_REVOKED)
    return list(account.audit_entries.filter(kind__in=kinds).order_by("pk"))


def test_a_token_opens_with_its_key_until_the_end_of_its_day(acme_billing: Membership) -> None:
    token, key = moves.issue(acme_billing, expires_on=date(2026, 11, 30))
    assert (token.account, token.made_by, token.maker_role) == (
        acme_billing.account, acme_billing, Role.BILLING_ADMIN,
    )  # fmt: skip
    assert token.opens_with(key, datetime(2026, 11, 30, 23, 59, tzinfo=UTC))
    assert not token.opens_with(key, datetime(2026, 12, 1, tzinfo=UTC))
    assert not token.opens_with(SecretKey.new("sat", key.prefix), NOW)


def test_only_a_digest_of_the_key_is_stored_and_no_history_tells_it(
    acme_owner: Membership,
) -> None:
    token, key = moves.issue(acme_owner, Scope.READ_TEAM, Scope.BUY_SEATS)
    second = moves.rotate(token, acme_owner)
    revoke_token(token=token, by=acme_owner, at=NOW)
    stored = str(ApiToken.objects.values()) + str(AuditEntry.objects.values())
    assert key.secret not in stored
    assert second.secret not in stored
    assert key.secret not in repr(key)


def test_every_step_leaves_history_that_names_the_token(
    acme_owner: Membership, acme_billing: Membership
) -> None:
    """D18: of the maker, by whoever did it."""
    token, key = moves.issue(acme_billing, Scope.BUY_SEATS, Scope.READ_TEAM)
    moves.rotate(token, acme_owner, Overlap.DAY)
    revoke_token(token=token, by=acme_owner, at=NOW)
    made, rotated, revoked = history(acme_owner.account)
    said = {
        "name": "Payroll", "prefix": f"sat_{key.prefix}_…",
        "scopes": ["read_team", "buy_seats"], "expires_at": "2027-02-21T23:59:59+00:00",
    }  # fmt: skip
    assert (made.before, made.after) == ({}, said)
    assert (rotated.before, rotated.after) == (said, {**said, "overlap_hours": 24})
    assert (revoked.before, revoked.after) == (said, {})
    assert [e.by for e in (made, rotated, revoked)] == [
        acme_billing.user, acme_owner.user, acme_owner.user,
    ]  # fmt: skip
    assert {e.member for e in (made, rotated, revoked)} == {acme_billing}


@pytest.mark.parametrize("role", [Role.ADMIN, Role.AGENT, Role.END_USER])
def test_other_roles_make_rotate_and_revoke_nothing(
    acme: Account, acme_owner: Membership, role: Role, acme_agent: Membership
) -> None:
    token, _key = moves.issue(acme_owner)
    by = acme_agent if role == Role.AGENT else cast.member(acme, "someone", role)
    for act in (
        lambda: moves.issue(by),
        lambda: moves.rotate(token, by),
        lambda: revoke_token(token=token, by=by, at=NOW),
    ):
        with refused("not_allowed"):
            act()
    assert not fresh(token).is_revoked


def test_who_is_suspended_or_was_downgraded_meanwhile_makes_none(
    acme_owner: Membership, acme_billing: Membership
) -> None:
    """The role counts that they have when the row is locked."""
    change_role(membership=acme_billing, role=Role.ADMIN, by=acme_owner, at=NOW)
    with refused("not_allowed"):
        moves.issue(acme_billing)
    change_role(membership=acme_billing, role=Role.BILLING_ADMIN, by=acme_owner, at=NOW)
    suspend(membership=acme_billing, by=acme_owner, at=NOW)
    with refused("not_allowed"):
        moves.issue(acme_billing)


def test_staff_make_no_token_of_an_account(acme: Account, root: Any) -> None:
    with refused("not_allowed"):
        moves.issue(root)


def test_another_accounts_token_is_nobodys_here(
    acme_owner: Membership, stranger: Membership
) -> None:
    """D8."""
    token, _key = moves.issue(acme_owner)
    with refused("not_allowed"):
        moves.rotate(token, stranger)
    with refused("not_allowed"):
        revoke_token(token=token, by=stranger, at=NOW)


def test_no_token_of_a_sales_managed_account_buys_or_decides(initech_owner: Membership) -> None:
    """R6, D1: the representative does."""
    representatives = {Scope.BUY_SEATS, Scope.DECIDE_REQUESTS}
    for scope in representatives:
        with refused("not_allowed"):
            moves.issue(initech_owner, scope)
    token, _key = moves.issue(initech_owner, *(set(Scope) - representatives))
    assert len(token.scopes) == len(Scope) - 2


def test_a_token_without_a_scope_is_none(acme_owner: Membership) -> None:
    with refused("no_scope"):
        issue_token(
            name="x", scopes=(), expires_on=date(2026, 12, 1), idempotency_key="", by=acme_owner,
            at=NOW,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("days", "works"), [(-1, False), (0, False), (1, True), (365, True), (366, False)]
)
def test_it_ends_tomorrow_at_the_earliest_and_in_a_year_at_the_latest(
    acme_owner: Membership, days: int, works: bool
) -> None:
    day = NOW.date() + timedelta(days=days)
    if works:
        moves.issue(acme_owner, expires_on=day)
    else:
        with refused("bad_end"):
            moves.issue(acme_owner, expires_on=day)


def test_the_same_form_makes_one_token_and_shows_one_key(acme_owner: Membership) -> None:
    """D6."""
    form: dict[str, Any] = {
        "name": "Payroll", "scopes": [Scope.READ_TEAM], "expires_on": date(2026, 12, 1),
        "idempotency_key": "making", "by": acme_owner, "at": NOW,
    }  # fmt: skip
    token, key = issue_token(**form)
    again, none = issue_token(**form)
    assert (again, none) == (token, None)
    assert token.opens_with(key or SecretKey.new("sat"), NOW)
    with refused("used_form"):
        issue_token(**{**form, "scopes": [Scope.MANAGE_TEAM]})
    assert ApiToken.objects.count() == len(history(acme_owner.account)) == 1


@pytest.mark.parametrize("overlap", Overlap)
def test_the_key_before_goes_on_for_as_long_as_was_chosen(
    acme_owner: Membership, overlap: Overlap
) -> None:
    token, before = moves.issue(acme_owner)
    key = moves.rotate(token, acme_owner, overlap)
    row, end = fresh(token), NOW + overlap.duration
    assert key.prefix == before.prefix
    assert row.opens_with(key, NOW)
    assert row.opens_with(before, NOW) is bool(overlap)
    assert not overlap or row.opens_with(before, end - timedelta(seconds=1))
    assert not row.opens_with(before, end)
    assert row.opens_with(key, end)


def test_a_second_rotation_ends_the_key_before_the_first(acme_owner: Membership) -> None:
    token, first = moves.issue(acme_owner)
    second = moves.rotate(token, acme_owner, Overlap.THREE_DAYS)
    third = moves.rotate(token, acme_owner, Overlap.HOUR, NOW + HOUR)
    row = fresh(token)
    opens = [row.opens_with(key, NOW + HOUR) for key in (first, second, third)]
    assert opens == [False, True, True]


def test_the_same_form_rotates_once(acme_owner: Membership) -> None:
    """D6: a second rotation would end the key that the first one lets go on."""
    token, before = moves.issue(acme_owner)
    form: dict[str, Any] = {
        "token": token, "overlap": Overlap.DAY, "idempotency_key": "turning", "by": acme_owner,
        "at": NOW,
    }  # fmt: skip
    _row, key = rotate_token(**form)
    assert key
    assert rotate_token(**form) == (token, None)
    assert fresh(token).opens_with(before, NOW)
    assert fresh(token).opens_with(key, NOW)


def test_who_looked_at_an_older_key_rotates_nothing(
    acme_owner: Membership, acme_billing: Membership
) -> None:
    token, _key = moves.issue(acme_billing)
    seen = token.key_since
    moves.rotate(token, acme_owner, at=NOW + HOUR)
    with refused("stale"):
        rotate_token(
            token=token, overlap=Overlap.NONE, idempotency_key="", by=acme_billing,
            at=NOW + 2 * HOUR, expected=seen,
        )  # fmt: skip


def test_nobody_gets_a_key_that_does_more_than_their_role(
    acme_owner: Membership, acme_billing: Membership
) -> None:
    """D13: the owner's token manages billing admins; whoever may see it may end it."""
    token, _key = moves.issue(acme_owner)
    with refused("not_allowed"):
        moves.rotate(token, acme_billing)
    moves.rotate(moves.issue(acme_billing)[0], acme_owner)
    revoke_token(token=token, by=acme_billing, at=NOW)
    assert fresh(token).is_revoked


def test_a_revoked_token_opens_with_neither_key_and_stays_revoked(acme_owner: Membership) -> None:
    token, before = moves.issue(acme_owner)
    key = moves.rotate(token, acme_owner, Overlap.DAY)
    for at in (NOW, NOW + HOUR):
        revoke_token(token=token, by=acme_owner, at=at)
    row = fresh(token)
    assert row.revoked_at == NOW
    assert not any(row.opens_with(each, NOW) for each in (key, before))
    assert len(history(acme_owner.account)) == 3
    with refused("key_ended"):
        moves.rotate(token, acme_owner)


def test_an_expired_token_is_not_rotated(acme_owner: Membership) -> None:
    token, _key = moves.issue(acme_owner, expires_on=date(2026, 11, 30))
    with refused("key_ended"):
        moves.rotate(token, acme_owner, at=NOW + timedelta(days=8))


LEAVING = {
    "suspended": lambda member, by: suspend(membership=member, by=by, at=NOW),
    "removed": lambda member, by: remove(membership=member, by=by, at=NOW),
    "downgraded": lambda member, by: change_role(membership=member, role=Role.ADMIN, by=by, at=NOW),
}


@pytest.mark.parametrize("how", LEAVING)
def test_tokens_go_on_when_their_maker_leaves_and_the_owner_is_told_which(
    acme_owner: Membership,
    acme_billing: Membership,
    how: str,
    django_capture_on_commit_callbacks: Any,
    mailoutbox: list[Any],
) -> None:
    token, key = moves.issue(acme_billing, Scope.READ_TEAM, Scope.BUY_SEATS)
    ended, _key = moves.issue(acme_billing, name="Ended")
    revoke_token(token=ended, by=acme_owner, at=NOW)
    moves.issue(acme_owner, name="Not theirs")
    with django_capture_on_commit_callbacks(execute=True):
        LEAVING[how](acme_billing, acme_owner)
    assert fresh(token).opens_with(key, NOW)
    assert fresh(token).has_scope(Scope.BUY_SEATS)
    [mail] = [mail for mail in mailoutbox if mail.to == ["owner@acme.example"]]
    assert mail.subject == "Acme: API tokens created by Acme Billing still work"
    for half in (mail.body, mail.alternatives[0][0]):
        assert f"Payroll (sat_{key.prefix}_…), valid until" in half
        assert "It may: read the team, buy seats." in half
        assert "/a/acme/api-tokens/" in half
        assert "Ended" not in half
        assert "Not theirs" not in half


def test_several_who_leave_at_once_are_one_mail(
    acme: Account, acme_owner: Membership, django_capture_on_commit_callbacks: Any,
    mailoutbox: list[Any],
) -> None:  # fmt: skip
    pair = [cast.member(acme, name, Role.BILLING_ADMIN) for name in ("bea", "bob")]
    for member in pair:
        moves.issue(member, name=f"Token of {member.name}")
    acme_owner.user.language = "de"
    acme_owner.user.save()
    with django_capture_on_commit_callbacks(execute=True):
        change_roles(memberships=pair, role=Role.ADMIN, by=acme_owner, at=NOW)
    [mail] = mailoutbox
    # In the language of who reads it, whoever caused it.
    assert mail.subject == "Acme: API-Token, erstellt von Acme Bob und Acme Bea, gelten weiter"


def test_nobody_is_told_of_nothing(
    acme_owner: Membership, acme_billing: Membership, acme_admin: Membership,
    django_capture_on_commit_callbacks: Any, mailoutbox: list[Any],
) -> None:  # fmt: skip
    """No token, or one of somebody who could not manage tokens before either."""
    with django_capture_on_commit_callbacks(execute=True):
        change_role(membership=acme_billing, role=Role.ADMIN, by=acme_owner, at=NOW)
        change_role(membership=acme_admin, role=Role.AGENT, by=acme_owner, at=NOW)
    assert mailoutbox == []
