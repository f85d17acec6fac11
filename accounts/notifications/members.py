"""Emails about membership in an account and about sign-in; sent after the transaction.

Each says what was done, by whom, what it means and whom to ask.
"""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.text import get_text_list
from django.utils.translation import gettext_lazy as _

from accounts.actors import named_to_readers
from accounts.models import ApiToken, Membership, User
from accounts.permissions import Permission
from accounts.selectors.contacts import Contact, contact_of, owner_of, representative_or_support
from core.mail import send_mail
from core.summaries import summarized

# In the language of whoever reads it.
_listed = lazy(get_text_list, str)


@summarized(_("Invitation"))
def send_invitation(
    membership: Membership, token: str, by: User | None, api_token: ApiToken | None = None
) -> None:
    """Mail the link that accepts the invitation; it works once and expires.

    `by` invited, with an API token where it was a program.
    """
    send_mail(
        "emails/invitation",
        membership.user,
        {
            "membership": membership,
            "account": membership.account,
            "by": by and contact_of(named_to_readers(by, api_token), by.email),
            "link": settings.BASE_URL + reverse("invitation", args=[token]),
            "days": settings.INVITATION_DAYS,
        },
    )


@summarized(_("Password changed"))
def send_password_changed(user: User, by: User | None = None) -> None:
    """Tell a person that their password was changed: by themselves, or by staff."""
    send_mail(
        "emails/password_changed",
        user,
        {
            "by": by,
            "link": settings.BASE_URL + reverse("account_reset_password"),
            "support": settings.SUPPORT_EMAIL,
        },
    )


@summarized(_("Email address changed"))
def send_email_changed(user: User, before: str, after: str, by: User) -> None:
    """Tell a person, at the old address and at the new one, that staff changed it."""
    for email in (before, after):
        user.email = email
        send_mail(
            "emails/email_changed",
            user,
            {
                "before": before,
                "after": after,
                "by": by,
                "link": settings.BASE_URL + reverse("account_login"),
                "support": settings.SUPPORT_EMAIL,
            },
        )


@summarized(_("Invitation withdrawn"))
def invitation_withdrawn(
    member: Membership, by: Membership | None, token: ApiToken | None = None
) -> None:
    """Tell someone who never accepted that their link no longer works."""
    tell_member("emails/invitation_withdrawn", member, by, token)


@summarized(_("Member suspended"))
def suspended(member: Membership, by: Membership | None, token: ApiToken | None = None) -> None:
    tell_member("emails/suspended", member, by, token)


@summarized(_("Member reactivated"))
def reactivated(member: Membership, by: Membership | None, token: ApiToken | None = None) -> None:
    """Tell a member that they are in again, and as what: the role may be another one."""
    member.refresh_from_db(fields=["role"])
    tell_member("emails/reactivated", member, by, token)


@summarized(_("Member removed"))
def removed(member: Membership, by: Membership | None, token: ApiToken | None = None) -> None:
    tell_member("emails/removed", member, by, token)


@summarized(_("Ownership transferred"))
def ownership_transferred(former: Membership, owner: Membership) -> None:
    """Tell both the new owner and the former one (D7)."""
    helper = representative_or_support(owner.account)
    tell_member("emails/owner_now", owner, former)
    tell_member("emails/owner_no_more", former, owner, helper=helper)


@summarized(_("API tokens that go on"))
def tokens_go_on(
    tokens: list[ApiToken], by: Membership | None, token: ApiToken | None = None
) -> None:
    """Tell the owner which tokens go on although who made them no longer manages tokens."""
    account = tokens[0].account
    owner = owner_of(account)
    makers = {each.made_by_id: each.made_by.name for each in tokens}
    send_mail(
        "emails/api_tokens_go_on",
        owner.user,
        {
            "member": owner,
            "account": account,
            "actor": _actor(by, token) if by != owner or token else None,
            "tokens": tokens,
            "makers": _listed(list(makers.values()), _("and")),
            "link": settings.BASE_URL + reverse("api_tokens", args=[account.slug]),
        },
    )


def tell_member(
    template: str,
    member: Membership,
    by: Membership | None,
    token: ApiToken | None = None,
    **more: Any,
) -> None:
    """Mail a member about themselves in their account.

    In the template, `actor` is the member who did it, if one did, or who made the token of
    the program that did; `ask` is someone of the account who can help.
    """
    account = member.account
    asked = by if by and _can_help(by, member, token) else owner_of(account)
    context = {
        "member": member,
        "account": account,
        "actor": _actor(by, token),
        "ask": contact_of(asked.name, asked.user.email),
        "link": settings.BASE_URL + account.start_url,
    }
    send_mail(template, member.user, {**context, **more})


def _actor(by: Membership | None, token: ApiToken | None) -> Contact | None:
    return contact_of(named_to_readers(by.name, token), by.user.email) if by else None


def _can_help(by: Membership, member: Membership, token: ApiToken | None) -> bool:
    """Who made a token may have left since, or be the one whom the program put out."""
    return token is None or (by != member and by.may(Permission.MANAGE_TEAM))
