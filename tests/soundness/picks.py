"""Turn drawn numbers into people and things that exist at the moment."""

from datetime import UTC, datetime, time
from typing import Any

from django.db.models import Exists, OuterRef

from accounts.actors import Actor
from accounts.models import Account, AccountKind, Membership, User
from subscriptions.models import Line, Plan, SeatPool, SeatRequest
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
    """One that is like that, if there is any; most picks one that has not ended."""
    lines = Line.objects.standing().filter(pool=OuterRef("pk"))
    pools = SeatPool.objects.annotate(is_legacy=Exists(lines.filter(plan__is_legacy=True)))
    pools = pools.filter(subscription__account=account).order_by("pk")
    standing = pools.filter(Exists(lines), **like)
    pools = standing if pick % 8 and standing else pools
    return pools[pick % pools.count()]


def line(pick: int, account: Account, **like: Any) -> Line:
    """One that is like that, if there is any; most picks one that stands."""
    lines = Line.objects.filter(pool__subscription__account=account).order_by("pk")
    standing = lines.standing()
    for rows in (standing.filter(**like), standing, lines):
        if pick % 8 and rows:
            return rows[pick % rows.count()]
    return lines[pick % lines.count()]


def plan(pick: int, account: Account) -> Plan:
    """One that the account has not, for most picks."""
    plans = Plan.objects.filter(is_legacy=False).order_by("pk")
    lines = Line.objects.standing().filter(pool__subscription__account=account)
    others = plans.exclude(pk__in=lines.values("plan"))
    plans = others if pick % 5 and others else plans
    return plans[pick % plans.count()]


def account(pick: int) -> Account:
    accounts = Account.objects.select_related("subscription").order_by("pk")
    return accounts[pick % accounts.count()]


def of_vendor(pick: int, account: Account) -> User:
    """Mostly who serves the account; each fifth pick anybody of the vendor."""
    if pick % 5:
        assert account.representative
        return account.representative
    staff = User.objects.filter(is_staff=True).order_by("pk")
    return staff[pick // 5 % staff.count()]


def superuser() -> User:
    return User.objects.get(is_superuser=True)


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
