"""The search of the desk: accounts, people, requests and orders that this person may see."""

import re

from django.db.models import Q, QuerySet

from accounts.models import Account, Membership, User
from core.search import words_of
from subscriptions.models import Order, SeatRequest
from subscriptions.models.requests import SeatRequestQuerySet

_NUMBER = re.compile(r"(?i)\s*(so-)?#?0*(\d{1,18})\s*")


def found_accounts(user: User, text: str) -> QuerySet[Account]:
    """Those with every word of the text in their name or their web address."""
    words, plain = text.split(), words_of(text)
    if not plain:
        return Account.objects.none()
    named = Q(*(Q(name__icontains=word) for word in words))
    addressed = Q(*(Q(slug__contains=word) for word in plain))
    found = Account.objects.visible_to_staff(user).filter(named | addressed)
    return found.select_related("representative")


def found_people(user: User, text: str) -> QuerySet[Membership]:
    """Members with every word of the text in their name or email address, from its beginning."""
    seen = Membership.objects.present().filter(account__in=Account.objects.visible_to_staff(user))
    return seen.found_by(text).select_related("account", "user").order_by("name", "pk")


def found_requests(user: User, text: str) -> SeatRequestQuerySet:
    """The one of a service order, SO-000002; of a bare number, also the one with that id."""
    match = _NUMBER.fullmatch(text)
    if not match:
        return SeatRequest.objects.none()
    number = int(match[2])
    of_order = Q(service_order=number)
    wanted = of_order if match[1] else of_order | Q(pk=number)
    seen = SeatRequest.objects.visible_to_staff(user).filter(wanted)
    return seen.select_related("pool__subscription__account", "service_order").order_by("pk")


def found_orders(user: User, text: str) -> QuerySet[Order]:
    """The order with that number."""
    match = _NUMBER.fullmatch(text)
    if not match or match[1]:
        return Order.objects.none()
    seen = Order.objects.filter(account__in=Account.objects.visible_to_staff(user))
    return seen.filter(pk=int(match[2])).select_related("account", "placed_by")
