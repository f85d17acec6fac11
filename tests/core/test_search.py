"""People are found whatever the case, the accents and the order of what is typed."""

from importlib import import_module

import pytest
from django.apps import apps
from django.urls import reverse

from accounts.actions import accept_invitation, invite, rename
from accounts.models import Account, Membership, User
from accounts.permissions import Role
from tests import cast
from tests.cast import NOW
from tests.conftest import ClientFor


def found(account: Account, text: str) -> list[str]:
    return sorted(account.memberships.found_by(text).values_list("name", flat=True))


def called(account: Account, name: str, email: str = "x@y.example") -> Membership:
    return invite(
        account=account, email=email, name=name, role=Role.ADMIN, by=cast.owner(account), at=NOW
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Inès Moreau", "moreau ines"),
        ("Inès Moreau", "INÈS"),
        ("Ayşe Demir", "ayse demir"),
        ("Ayşe Demir", "Demir, AYŞE"),
        ("İpek Işık", "ipek isik"),
        ("Søren Sørensen", "sorensen"),
        ("Søren Sørensen", "soerensen"),
        ("Jörg Schäfer", "schafer jorg"),
        ("Jörg Schäfer", "joerg schaefer"),
        ("Łukasz Weiß", "lukasz weiss"),
        ("Anne-Marie O’Neill", "oneill anne marie"),
        ("Anne-Marie O’Neill", "o'neill"),
        ("Anne-Marie O’Neill", "neill"),
        ("王小明", "王"),
        ("Ada", "x@y.exa"),
        ("Ada", "Y.EXAMPLE ada"),
    ],
)
def test_someone_is_found_by(acme: Account, name: str, text: str) -> None:
    called(acme, name)

    assert found(acme, text) == [name]


@pytest.mark.parametrize("text", ["oreau", "moreau x", "_", "@", "%", "moreau ines amelie"])
def test_someone_is_not_found_by(acme: Account, text: str) -> None:
    """Words count from their beginning, and no character has a meaning of its own."""
    called(acme, "Inès Moreau", "im@y.example")

    assert found(acme, text) == []


def test_a_new_name_is_found_and_the_old_one_is_not(
    acme_owner: Membership, acme_admin: Membership
) -> None:
    rename(membership=acme_admin, name="Zoë Quist", by=acme_owner, at=NOW)

    assert found(acme_admin.account, "quist zoe") == ["Zoë Quist"]

    rename(membership=acme_admin, name="Anna Berg", by=acme_owner, at=NOW)

    assert found(acme_admin.account, "quist") == []


def test_the_name_typed_at_accepting_is_found(acme: Account) -> None:
    invited = called(acme, "I. M.", "im@y.example")

    accept_invitation(membership=invited, at=NOW, name="Inès Moreau", password="long-enough-1")

    assert found(acme, "moreau") == ["Inès Moreau"]


def test_an_address_corrected_in_the_admin_is_found(
    acme_agent: Membership, root: User, client_for: ClientFor
) -> None:
    user = acme_agent.user
    fields = {"email": "zora@acme.example", "name": user.name, "is_active": "on"}
    url = reverse("admin:accounts_user_change", args=[user.pk])

    assert client_for(root).post(url, fields).status_code == 302

    assert found(acme_agent.account, "zora") == [acme_agent.name]


def test_members_from_before_are_filled_in(acme: Account, acme_agent: Membership) -> None:
    """The migration."""
    Membership.objects.update(search_text="")

    migration = import_module("accounts.migrations.0005_search_text")
    migration.fill(apps, None)

    assert found(acme, "agent") == [acme_agent.name]
