"""Whom to contact for something a member is not allowed to do (R6)."""

from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts import errors
from accounts.models import Account, Membership
from accounts.permissions import ASK_REPRESENTATIVE, Permission, Role, givers_of


@dataclass(frozen=True)
class Contact:
    """A person, or a department; `whom` is the name as the object of a sentence."""

    name: str
    email: str
    whom: str


def contact_of(name: str, email: str) -> Contact:
    """A person: their name is the same wherever it stands."""
    return Contact(name, email, whom=name)


def representative_or_support(account: Account) -> Contact:
    """The account representative by name and email; support if there is none, or they left."""
    if account.representative and account.representative.is_active:
        return contact_of(str(account.representative), account.representative.email)
    return Contact(_("Support"), settings.SUPPORT_EMAIL, whom=pgettext("whom to ask", "Support"))


def ask_representative(account: Account) -> str:
    """Tell a member of a sales-managed account who makes changes to it (R6, D8)."""
    contact = representative_or_support(account)
    facts = {"account": account.name, "name": contact.whom, "email": contact.email}
    return str(ASK_REPRESENTATIVE) % facts


def read_only(account: Account) -> ValidationError:
    """The refusal in an account that is read-only, with whom to ask (D8, D15)."""
    contact = representative_or_support(account)
    return errors.READ_ONLY.error(
        account=account.name,
        day=date_format(account.read_only_since) if account.read_only_since else "",
        name=contact.whom,
        email=contact.email,
    )


def who_may(account: Account, permission: Permission) -> list[Membership]:
    """The members who hold a permission, the owner first."""
    members = account.memberships.who_may(permission).select_related("user")
    return sorted(members, key=lambda member: (not member.is_owner, member.name))


def owner_of(account: Account) -> Membership:
    """The account's owner: there is exactly one (D7)."""
    return account.memberships.select_related("user").get(role=Role.OWNER)


def who_gives(account: Account, role: str) -> ValidationError:
    """The refusal for a member who may not give a role or change those who have it (D13)."""
    givers = givers_of(role)
    if givers == [Role.OWNER]:
        owner = owner_of(account)
        return errors.ONLY_OWNER_GIVES.error(name=owner.name, email=owner.user.email)
    roles = get_text_list([str(giver.label) for giver in givers], _("and"))
    return errors.ONLY_ROLES_GIVE.error(roles=roles)
