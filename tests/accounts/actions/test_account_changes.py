"""What the vendor changes in an account, with a reason, history, an event and a mail (D15)."""

from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError

from accounts.actions import (
    change_kind,
    change_name_and_address,
    change_representative,
    open_account,
)
from accounts.models import Account, AccountKind, AuditKind, Event, Membership, User, WebAddress
from tests import cast
from tests.cast import NOW, SETUP
from tests.conftest import ClientFor


def moved(account: Account, slug: str, by: Any, name: str = "") -> Account:
    name = name or account.name
    return change_name_and_address(
        account=account, name=name, slug=slug, reason="They merged.", by=by, at=NOW
    )


def represented(accounts: list[Account], by: Any, user: User | None) -> list[Account]:
    return change_representative(
        accounts=accounts, representative=user, reason="Rita leaves.", by=by, at=NOW
    )


def to_kind(account: Account, kind: AccountKind, by: Any) -> Account:
    return change_kind(account=account, kind=kind, reason="A larger contract.", by=by, at=NOW)


def test_a_change_of_kind_says_what_it_was_and_why(acme: Account, root: User) -> None:
    to_kind(acme, AccountKind.SALES_MANAGED, root)
    acme.refresh_from_db()
    assert acme.is_sales_managed
    entry = acme.audit_entries.get(kind=AuditKind.KIND_CHANGED)
    assert (entry.before, entry.after) == ({"kind": "self_service"}, {"kind": "sales_managed"})
    assert (entry.by, entry.channel, entry.reason) == (root, "admin", "A larger contract.")
    assert entry.member is None
    event = Event.objects.get(account=acme, type="account.kind_changed")
    assert (event.object, event.object_id) == ("account", acme.pk)


def test_the_same_kind_changes_nothing(acme: Account, root: User) -> None:
    to_kind(acme, AccountKind.SELF_SERVICE, root)
    assert not acme.audit_entries.filter(kind=AuditKind.KIND_CHANGED).exists()


@pytest.mark.parametrize("who", ["rep", "rep2", "initech_owner"])
def test_only_superusers_change_kind_and_representative(
    who: str, initech: Account, request: pytest.FixtureRequest
) -> None:
    by = request.getfixturevalue(who)
    for change in (
        lambda: to_kind(initech, AccountKind.SELF_SERVICE, by),
        lambda: represented([initech], by, None),
    ):
        with pytest.raises(ValidationError) as refused:
            change()
        assert refused.value.code == "not_allowed"


def test_no_change_without_a_reason(acme: Account, root: User) -> None:
    with pytest.raises(ValidationError) as refused:
        change_kind(account=acme, kind=AccountKind.SALES_MANAGED, reason=" ", by=root, at=NOW)
    assert "Say why." in str(refused.value)


def test_the_accounts_of_who_leaves_go_to_another_and_everyone_is_told_once(
    globex: Account, initech: Account, rep2: User, root: User,
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    with django_capture_on_commit_callbacks(execute=True):
        represented([globex, initech], root, rep2)
    assert set(rep2.represented_accounts.all()) == {globex, initech}
    assert sorted(m.to[0] for m in mail.outbox) == [
        "owner@globex.example", "owner@initech.example", "rep2@vendor.example",
    ]  # fmt: skip
    to_rep = next(m for m in mail.outbox if m.to == ["rep2@vendor.example"])
    assert "- Globex (Online-assisted)" in to_rep.body
    assert "- Initech (Sales-managed)" in to_rep.body
    to_owner = next(m for m in mail.outbox if m.to == ["owner@initech.example"])
    assert "Vendor Rep2 now looks after Initech." in to_owner.body
    assert "rep2@vendor.example" in to_owner.body
    entry = initech.audit_entries.get(kind=AuditKind.REPRESENTATIVE_CHANGED)
    assert entry.before["representative"] == "Vendor Rep"
    assert entry.after["representative"] == "Vendor Rep2"


def test_nobody_represents_who_cannot_serve(
    initech: Account, rep2: User, root: User, acme_owner: Membership
) -> None:
    """Read-only Sales, members of the account, and people who are not staff."""
    looker = cast.onlooker("looker")
    for user in (looker, acme_owner.user):
        with pytest.raises(ValidationError) as refused:
            represented([initech], root, user)
        assert refused.value.code == "cannot_represent"


def test_name_and_address_are_changed_by_the_representative(
    initech: Account, rep: User, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        moved(initech, "initrode", rep, name="Initrode")
    initech.refresh_from_db()
    assert (initech.name, initech.slug) == ("Initrode", "initrode")
    kinds = [AuditKind.ACCOUNT_RENAMED, AuditKind.WEB_ADDRESS_CHANGED]
    assert initech.audit_entries.filter(kind__in=kinds, by=rep).count() == 2
    [told] = mail.outbox
    assert told.to == ["owner@initech.example"]
    assert "Your account Initech is now called Initrode." in told.body
    assert "/a/initrode/" in told.body


def test_bookmarks_of_members_lead_on_to_the_new_address(
    client_for: ClientFor, acme: Account, acme_owner: Membership, stranger: Membership, root: User
) -> None:
    moved(acme, "acme-group", root)
    client = client_for(acme_owner)
    answer = client.get("/a/acme/team/?q=anna")
    assert (answer.status_code, answer.url) == (302, "/a/acme-group/team/?q=anna")
    assert client.post("/a/acme/team/add/").status_code == 404
    assert client_for(stranger).get("/a/acme/team/").status_code == 404
    assert client.get("/a/nowhere/team/").status_code == 404


def test_a_former_address_is_never_given_to_another_account(
    acme: Account, stranger: Membership, root: User
) -> None:
    moved(acme, "acme-group", root)
    for take in (
        lambda: moved(stranger.account, "acme", root),
        lambda: open_account(
            name="Acme", slug="acme", kind=AccountKind.SELF_SERVICE, representative=None,
            owner_email="x@acme2.example", owner_name="X", by=SETUP, at=NOW,
        ),
    ):  # fmt: skip
        with pytest.raises(ValidationError) as refused:
            take()
        assert "had it" in str(refused.value)
    assert WebAddress.objects.get(slug="acme").account == acme


def test_an_account_takes_its_former_address_back(
    client_for: ClientFor, acme: Account, acme_owner: Membership, root: User
) -> None:
    moved(acme, "acme-group", root)
    moved(acme, "acme", root)
    assert client_for(acme_owner).get("/a/acme-group/team/").url == "/a/acme/team/"
    assert client_for(acme_owner).get("/a/acme/team/").status_code == 200
