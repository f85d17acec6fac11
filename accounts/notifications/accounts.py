"""Emails about what the vendor changes in an account, and why."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, AccountKind, Membership, OwnershipProposal, User
from accounts.permissions import Permission
from accounts.selectors.contacts import owner_of, representative_or_support, who_may
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
    _tell("emails/account_changed", account, [owner_of(account)], reason, context)


@summarized(_("Kind of account changed"))
def kind_changed(account: Account, before: str, after: str, reason: str) -> None:
    """Tell the owner and the billing admins what changes for who may buy."""
    context = {
        "was": AccountKind(before).label,
        "now": AccountKind(after).label,
        "is_now_sales_managed": after == AccountKind.SALES_MANAGED,
        "was_sales_managed": before == AccountKind.SALES_MANAGED,
        "is_self_service": after == AccountKind.SELF_SERVICE,
    }
    buyers = who_may(account, Permission.CHANGE_SUBSCRIPTION)
    _tell("emails/kind_changed", account, buyers, reason, context)


@summarized(_("Account representative changed"))
def representative_changed(account: Account, before: User | None, reason: str) -> None:
    """Tell the owner who looks after the account from now on, and how to reach them."""
    context = {"was": before, "now": account.representative}
    _tell("emails/representative_changed", account, [owner_of(account)], reason, context)


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
    others = [
        member
        for member in who_may(account, Permission.CHANGE_SUBSCRIPTION)
        if member not in (proposal.owner, proposal.to)
    ]
    told = [proposal.to, proposal.owner, *others]
    context = {"former": proposal.owner, "owner": proposal.to}
    _tell("emails/ownership_given", account, told, proposal.reason, context)


@summarized(_("Account closed"))
def account_closed(name: str, emails: Sequence[str], languages: Sequence[str]) -> None:
    """Tell those who owned it and managed its costs, at the addresses they had."""
    for email, language in zip(emails, languages, strict=True):
        person = User(email=email, language=language)
        context = {"name": name, "support": settings.SUPPORT_EMAIL}
        send_mail("emails/account_closed", person, context)


def _page(slug: str) -> str:
    return f"{settings.BASE_URL}/a/{slug}/"


def _tell(
    template: str,
    account: Account,
    members: Iterable[Membership],
    reason: str,
    context: dict[str, Any],
) -> None:
    shared = {
        "account": account,
        "reason": reason,
        "helper": representative_or_support(account),
        "link": settings.BASE_URL + account.start_url,
        **context,
    }
    for member in members:
        send_mail(template, member.user, {**shared, "member": member})
