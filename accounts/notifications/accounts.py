"""Emails about what the vendor changes in an account, and why."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Membership, OwnershipProposal, User
from accounts.permissions import Role
from accounts.selectors.contacts import owner_of, representative_or_support
from core.mail import send_mail
from core.summaries import summarized


@summarized(_("Account renamed, or moved to another web address"))
def account_changed(account: Account, before: Sequence[str], reason: str) -> None:
    """Tell the owner; `before` is the name and the slug it had."""
    name, slug = before
    context = {
        "was_named": name if name != account.name else "",
        "was_at": _page(slug) if slug != account.slug else "",
        "is_at": _page(account.slug),
    }
    tell_members("emails/account_changed", account, [owner_of(account)], reason, context)


@summarized(_("Account representative changed"))
def representative_changed(account: Account, before: User | None, reason: str) -> None:
    """Tell the owner who looks after the account from now on, and how to reach them."""
    context = {"was": before, "now": account.representative}
    tell_members("emails/representative_changed", account, [owner_of(account)], reason, context)


@summarized(_("Accounts to look after"))
def representative_of(user: User, accounts: Sequence[Account], reason: str) -> None:
    """Tell a representative which accounts have become theirs, in one mail."""
    link = settings.BASE_URL + reverse("admin:accounts_account_changelist")
    context = {"accounts": accounts, "reason": reason, "link": link}
    send_mail("emails/representative_of", user, context)


@summarized(_("Ownership given by staff"))
def ownership_given(proposal: OwnershipProposal) -> None:
    """Tell the new owner, the former one and the other billing admins (D7)."""
    account = proposal.account
    admins = account.memberships.active().filter(role=Role.BILLING_ADMIN).select_related("user")
    others = [member for member in admins if member not in (proposal.owner, proposal.to)]
    told = [proposal.to, proposal.owner, *others]
    context = {"former": proposal.owner, "owner": proposal.to}
    tell_members("emails/ownership_given", account, told, proposal.reason, context)


@summarized(_("Account closed"))
def account_closed(name: str, emails: Sequence[str], languages: Sequence[str]) -> None:
    """Tell those who owned it and managed its costs, at the addresses they had."""
    for email, language in zip(emails, languages, strict=True):
        person = User(email=email, language=language)
        context = {"name": name, "support": settings.SUPPORT_EMAIL}
        send_mail("emails/account_closed", person, context)


def _page(slug: str) -> str:
    return f"{settings.BASE_URL}/a/{slug}/"


def tell_members(
    template: str,
    account: Account,
    members: Iterable[Membership],
    reason: str,
    context: dict[str, Any],
) -> None:
    """Mail several members about a change of their account, and why; `helper` can explain it."""
    shared = {
        "account": account,
        "reason": reason,
        "helper": representative_or_support(account),
        "link": settings.BASE_URL + account.start_url,
        **context,
    }
    for member in members:
        send_mail(template, member.user, {**shared, "member": member})
