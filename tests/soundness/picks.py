"""Turn drawn numbers into people and things that exist at the moment."""

from datetime import UTC, datetime, time
from typing import Any

from django.db.models import Exists, OuterRef

from accounts.actors import Actor
from accounts.models import Account, AccountKind, Membership, User
from subscriptions.models import Line, SeatPool, SeatRequest
from tests import cast, keys
from tests.moves import Who


def member(pick: int, account: Account, **like: Any) -> Membership:
    """One who is like that, if there is anyone; else any."""
    everyone = account.memberships.select_related("account", "user").order_by("pk")
    members = everyone.filter(**like)
    members = members if members else everyone
    return members[pick % members.count()]


def someone(pick: int) -> Who:
    """Usually someone with permission: every second pick is an account's owner.

    Every fifth is a program of theirs, with the role they had when it was first picked (D19).
    """
    accounts = Account.objects.order_by("pk")
    account = accounts[pick % accounts.count()]
    who = cast.owner(account) if pick % 2 else member(pick // 2, account)
    return program_of(who) if pick % 5 == 0 else who


def program_of(maker: Membership) -> Actor:
    return Actor.through_token(maker.api_tokens.first() or keys.token(maker)[0])


def pool(pick: int, account: Account, **like: Any) -> SeatPool:
    legacy = Exists(Line.objects.filter(pool=OuterRef("pk"), plan__is_legacy=True))
    pools = SeatPool.objects.annotate(is_legacy=legacy).order_by("pk")
    pools = pools.filter(subscription__account=account, **like)
    return pools[pick % pools.count()]


def removable(pool: SeatPool) -> int:
    """How many seats the buyer of a pool may give up, and at least one (R23)."""
    is_legacy = pool.lines.filter(plan__is_legacy=True).exists()
    return max(1, pool.seats_at_renewal - (pool.assigned if is_legacy else 1))


def pools(picks: set[int], account: Account) -> list[int]:
    return sorted({pool(pick, account).pk for pick in picks})


def request(pick: int) -> SeatRequest | None:
    """An open one for most picks; else any."""
    requests = SeatRequest.objects.with_details().order_by("pk")
    if pick % 5:
        requests = requests.open()
    return requests[pick % requests.count()] if requests else None


def self_service_owner() -> Membership:
    return cast.owner(Account.objects.get(kind=AccountKind.SELF_SERVICE))


def decider(request: SeatRequest, pick: int) -> Membership | User:
    """Every third pick somebody of the vendor or the account; else the one who may."""
    account = request.pool.subscription.account
    if pick % 3 == 0:
        staff = User.objects.filter(is_staff=True).order_by("pk")
        return staff[pick % staff.count()] if pick % 2 else member(pick, account)
    if request.is_for_representative:
        assert account.representative
        return account.representative
    return cast.owner(account)


def end_of(account: Account) -> datetime:
    return datetime.combine(account.subscription.period_end, time(12), UTC)
