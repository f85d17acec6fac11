"""Whom the emails go to and speak of, and where their links lead."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from accounts.actors import named_to_readers
from accounts.models import Account, ApiToken, Membership, User
from accounts.permissions import Permission


def buyers_of(account: Account) -> list[Membership]:
    buyers = account.memberships.who_may(Permission.CHANGE_SUBSCRIPTION)
    return list(buyers.select_related("user", "account"))


def representative_of(account: Account) -> User:
    """The account's representative; support where there is none or they have left (R6)."""
    if account.representative and account.representative.is_active:
        return account.representative
    return User(email=settings.SUPPORT_EMAIL)


def called(account: Account, user: User | None, token: ApiToken | None = None) -> str:
    """In an account, people are called what the account calls them; empty for nobody."""
    if user is None:
        return ""
    member = account.memberships.filter(user=user).first()
    return named_to_readers(member.name if member else user, token)


def page_url(name: str, account: Account) -> str:
    return url(name, account.slug)


def url(name: str, *args: Any) -> str:
    return settings.BASE_URL + reverse(name, args=args)
