"""Accounts and people in the admin, for superusers."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.urls import reverse

from accounts.actions import change_role, open_account
from accounts.models import Account, AccountKind, AuditEntry, Membership, User
from accounts.permissions import Role
from tests import cast, moves
from tests.cast import NOW, OPENED
from tests.conftest import ClientFor
from tests.subscriptions.views.pages import text

NEW_ACCOUNT = {
    "name": "Wayne Enterprises",
    "slug": "wayne",
    "kind": "sales_managed",
    "owner_name": "Wanda Wayne",
    "owner_email": "Wanda@Wayne.example",
}


def test_a_superuser_opens_an_account_and_its_owner_is_invited(
    client_for: ClientFor,
    root: User,
    rep: User,
    django_capture_on_commit_callbacks: Any,
) -> None:
    """D7: exactly one owner, from the start."""
    client = client_for(root)
    with django_capture_on_commit_callbacks(execute=True):
        done = client.post(
            reverse("admin:accounts_account_add"), {**NEW_ACCOUNT, "representative": rep.pk}
        )
    account = Account.objects.get(slug="wayne")
    # An account without a subscription is the beginning only.
    subscription = reverse("admin:subscriptions_subscription_add")
    assert (done.status_code, done.url) == (302, f"{subscription}?account={account.pk}")
    next_step = client.get(done.url)
    assert (
        "Wayne Enterprises has been created and its owner invited. Next, set up the subscription."
        in text(next_step)
    )
    assert f'<option value="{account.pk}" selected>' in next_step.text
    owner = account.memberships.get()
    assert (account.kind, account.representative) == (AccountKind.SALES_MANAGED, rep)
    assert (owner.role, owner.status, owner.user.email) == (
        "owner",
        "invited",
        "wanda@wayne.example",
    )
    assert [message.to for message in mail.outbox] == [["wanda@wayne.example"]]
    assert AuditEntry.objects.get(member=owner).by == root
    assert LogEntry.objects.get(object_id=str(account.pk)).user == root


@pytest.mark.parametrize(
    "wrong",
    [{"slug": "acme"}, {"slug": "no spaces"}, {"owner_email": "nobody"}, {"owner_name": ""},
     {"kind": "free"}, {"representative": "999999"}],
)  # fmt: skip
def test_an_account_that_cannot_be_is_refused(
    wrong: dict[str, str], client_for: ClientFor, root: User, acme: Account
) -> None:
    refused = client_for(root).post(reverse("admin:accounts_account_add"), {**NEW_ACCOUNT, **wrong})
    assert refused.status_code == 422
    assert Account.objects.get() == acme


@pytest.mark.parametrize(
    ("name", "slug", "made"),
    [("Wayne Enterprises", "", "wayne-enterprises"), ("Müller & Söhne", "", "muller-sohne"),
     ("x" * 90, "", "x" * 50), ("Wayne", "batcave", "batcave")],
)  # fmt: skip
def test_a_web_address_left_empty_is_made_from_the_name(
    name: str, slug: str, made: str, client_for: ClientFor, root: User
) -> None:
    client, url = client_for(root), reverse("admin:accounts_account_add")
    assert client.post(url, {**NEW_ACCOUNT, "name": name, "slug": slug}).status_code == 302
    account = Account.objects.get()
    assert account.slug == made
    page = client.get(reverse("admin:accounts_account_change", args=[account.pk]))
    assert f"Web address: /a/{made}/" in text(page)


def test_a_web_address_is_filled_in_while_the_name_is_typed(
    client_for: ClientFor, root: User
) -> None:
    page = client_for(root).get(reverse("admin:accounts_account_add")).text
    assert "admin/js/prepopulate.js" in page
    assert "&quot;dependency_list&quot;: [&quot;name&quot;]" in page


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("Acme", "Another account already uses this web address."),
     ("株式会社", "Enter a web address. It cannot be made from this name.")],
)  # fmt: skip
def test_a_web_address_that_cannot_be_made_is_asked_for(
    name: str, sentence: str, client_for: ClientFor, root: User, acme: Account
) -> None:
    url = reverse("admin:accounts_account_add")
    refused = client_for(root).post(url, {**NEW_ACCOUNT, "name": name, "slug": ""})
    assert refused.status_code == 422
    assert sentence in text(refused)


def test_only_staff_represent_accounts(
    client_for: ClientFor, root: User, rep: User, acme_owner: Membership
) -> None:
    page = client_for(root).get(reverse("admin:accounts_account_add")).content.decode()
    assert f'<option value="{rep.pk}">' in page
    assert f'<option value="{acme_owner.user_id}">' not in page


def test_accounts_and_people_are_never_deleted(
    client_for: ClientFor, root: User, acme_owner: Membership
) -> None:
    client = client_for(root)
    for address in (
        reverse("admin:accounts_account_delete", args=[acme_owner.account_id]),
        reverse("admin:accounts_user_delete", args=[acme_owner.user_id]),
        reverse("admin:accounts_membership_delete", args=[acme_owner.pk]),
    ):
        assert client.post(address, {"post": "yes"}).status_code == 403
    assert Membership.objects.filter(pk=acme_owner.pk).exists()


@pytest.mark.parametrize("model", ["membership", "auditentry"])
def test_members_and_their_history_are_read_only_for_superusers(
    model: str, client_for: ClientFor, root: User, acme_owner: Membership
) -> None:
    """D9."""
    client, base = client_for(root), f"/admin/accounts/{model}/"
    pk = acme_owner.pk if model == "membership" else acme_owner.audit_entries.first().pk  # type: ignore[union-attr]
    assert client.get(base).status_code == 200
    assert client.get(f"{base}{pk}/change/").status_code == 200
    assert client.get(f"{base}add/").status_code == 403
    assert client.post(f"{base}{pk}/change/", {"role": "agent"}).status_code == 403
    assert client.post(f"{base}{pk}/delete/", {"post": "yes"}).status_code == 403


def test_an_owner_whose_invitation_ran_out_gets_another(
    client_for: ClientFor, root: User, db: None, django_capture_on_commit_callbacks: Any
) -> None:
    owner = open_account(
        name="Wayne", slug="wayne", kind=AccountKind.SELF_SERVICE, representative=None,
        owner_email="owner@wayne.example", owner_name="Wayne Owner", by=cast.SETUP, at=OPENED,
    )  # fmt: skip
    client = client_for(root)
    page = reverse("admin:accounts_membership_change", args=[owner.pk])
    assert "Resend invitation" in client.get(page).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("admin:accounts_membership_resend", args=[owner.pk]))
    owner.refresh_from_db()
    assert owner.invitation_expires_at == NOW + timedelta(days=14)
    assert len(mail.outbox) == 1
    assert "The invitation will be sent." in text(client.get(page))


def test_who_accepted_is_not_invited_again(
    client_for: ClientFor, root: User, acme_owner: Membership
) -> None:
    client = client_for(root)
    page = reverse("admin:accounts_membership_change", args=[acme_owner.pk])
    assert "Resend invitation" not in client.get(page).content.decode()
    client.post(reverse("admin:accounts_membership_resend", args=[acme_owner.pk]))
    assert "This invitation has already been accepted." in text(client.get(page))


def test_a_superuser_makes_a_sales_rep(client_for: ClientFor, root: User) -> None:
    client = client_for(root)
    made = client.post(
        reverse("admin:accounts_user_add"),
        {
            "email": "New.Rep@Vendor.example", "name": "New Rep", "usable_password": "true",
            "password1": "correct horse battery", "password2": "correct horse battery",
        },
    )  # fmt: skip
    rep = User.objects.get(email="new.rep@vendor.example")
    assert made.status_code == 302
    assert rep.check_password("correct horse battery")
    page = reverse("admin:accounts_user_change", args=[rep.pk])
    group = rep.groups.model.objects.get(name="Sales")
    fields = {"email": rep.email, "name": rep.name, "is_active": "on", "is_staff": "on"}
    assert client.post(page, {**fields, "groups": [group.pk]}).status_code == 302
    rep.refresh_from_db()
    assert rep.is_staff
    assert "You do not represent an account." in text(client_for(rep).get("/admin/"))


def test_owners_are_told_of_the_tokens_of_a_person_who_is_switched_off(
    acme_billing: Membership, acme_owner: Membership, root: User, client_for: ClientFor,
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    token, key = moves.issue(acme_billing)
    client, user = client_for(root), acme_billing.user
    page = reverse("admin:accounts_user_change", args=[user.pk])
    for _twice in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            assert client.post(page, {"email": user.email, "name": user.name}).status_code == 302
    user.refresh_from_db()
    assert not user.is_active
    assert token.opens_with(key, NOW)
    [told] = mail.outbox
    assert told.to == ["owner@acme.example"]
    assert "Payroll" in told.body


def test_a_persons_address_is_kept_in_one_place(client_for: ClientFor, root: User) -> None:
    client = client_for(root)
    assert "Email addresses" not in text(client.get("/admin/"))
    assert client.get("/admin/account/emailaddress/").status_code == 404


def test_an_address_names_one_person_whatever_its_case(
    client_for: ClientFor, root: User, rep: User
) -> None:
    refused = client_for(root).post(
        reverse("admin:accounts_user_add"),
        {"email": "REP@vendor.example", "name": "Twin", "usable_password": "false"},
    )
    assert refused.status_code == 200
    assert "already" in text(refused)


@pytest.mark.parametrize("who", ["rep", "acme_owner"])
def test_nobody_else_reaches_people_in_the_admin(
    who: str, request: pytest.FixtureRequest, client_for: ClientFor, acme: Account
) -> None:
    client = client_for(request.getfixturevalue(who))
    for name in ("user", "membership", "auditentry"):
        for answer in (
            client.get(reverse(f"admin:accounts_{name}_changelist")),
            client.get(reverse(f"admin:accounts_{name}_change", args=[1])),
        ):
            assert answer.status_code in (302, 403)
            assert "Acme" not in text(answer)
    client.post(reverse("admin:accounts_account_add"), NEW_ACCOUNT)
    assert Account.objects.count() == 1


@pytest.mark.parametrize(
    ("language", "was", "now"),
    [("en", "Role: Agent", "Role: Admin"), ("de", "Rolle: Agent", "Rolle: Administrator")],
)
def test_history_says_in_words_what_was_and_what_is(
    language: str, was: str, now: str, client_for: ClientFor, root: User, acme_owner: Membership,
    acme_agent: Membership,
) -> None:  # fmt: skip
    """D9, D11: in the list, on the page and in its title."""
    change_role(membership=acme_agent, role=Role.ADMIN, by=acme_owner, at=NOW)
    root.language = language
    root.save()
    client, entry = client_for(root), AuditEntry.objects.get(kind="role_changed")
    for name, args in (("changelist", []), ("change", [entry.pk])):
        page = text(client.get(reverse(f"admin:accounts_auditentry_{name}", args=args)))
        assert was in page
        assert now in page
        assert "{" not in page
    assert "2026-11-23" not in page
    assert ("23 Nov 2026" if language == "en" else "23.11.2026, 12:00") in page


def test_whoever_is_invited_was_nothing_before(
    client_for: ClientFor, root: User, acme_agent: Membership
) -> None:
    shown = text(client_for(root).get(reverse("admin:accounts_auditentry_changelist")))
    assert "Invited Status: Invited · Role: Agent" in shown
    assert "Removed →" not in shown


def test_a_list_is_headed_by_what_it_lists(client_for: ClientFor, root: User) -> None:
    """In German, Django's heading would begin in lower case."""
    root.language = "de"
    root.save()
    shown = client_for(root).get(reverse("admin:core_outboxentry_changelist"))
    assert shown.context["title"] == "Ausgehende Nachrichten"


def test_a_page_of_the_admin_one_may_not_open_says_who_helps(
    client_for: ClientFor, rep: User
) -> None:
    """D8."""
    refused = client_for(rep).get(reverse("admin:accounts_user_changelist"))
    assert refused.status_code == 403
    assert 'href="mailto:support@vendor.example"' in refused.text
