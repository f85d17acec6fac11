"""Where a member gets more seats of a pool: the one answer for every page that leads there."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from accounts.models import Account, Membership
from accounts.selectors.contacts import Contact, representative_or_support
from subscriptions.models import SeatRequest
from subscriptions.rules.requests import may_decide
from subscriptions.rules.routes import Route, pool_rule, route_of
from subscriptions.rules.seats import PoolSnapshot


@dataclass(frozen=True)
class WayToSeats:
    """One member's way to more seats of one pool (R21).

    They can be bought or requested, or are requested already; where all three are
    false there is no page to lead to, and a sentence says whom to ask.
    """

    pool: PoolSnapshot
    slug: str
    route: Route
    can_add: bool
    # The open request for this pool, whoever made it.
    seat_request: SeatRequest | None
    can_decide: bool

    @property
    def can_buy(self) -> bool:
        return self.can_add and self.route.can_buy

    @property
    def can_request(self) -> bool:
        return self.can_add and self.route.can_request and self.seat_request is None

    @property
    def is_requested(self) -> bool:
        """The open request is all there is to see; a buyer can still buy."""
        return self.seat_request is not None and not self.can_buy and self.route is not Route.NONE

    @property
    def can_join(self) -> bool:
        """More can be asked for in the open request (D20)."""
        return self.seat_request is not None and self.can_add and self.route.can_request

    @property
    def is_open(self) -> bool:
        return self.can_buy or self.can_request or self.is_requested

    @property
    def url(self) -> str:
        """The page for seats of this pool; empty where there is none."""
        return self.url_for()

    @property
    def request_url(self) -> str:
        """The request that is open for this pool; empty where there is none."""
        return self._open_request("")

    def url_for(self, then: str = "") -> str:
        """The same, with what comes after it (R18)."""
        if self.is_requested:
            return self._open_request(then)
        if not self.is_open:
            return ""
        page = reverse("add_seats" if self.can_buy else "request_seats", args=[self.slug])
        query = {"pool": self.pool.id, **({"then": then} if then else {})}
        return f"{page}?{urlencode(query)}"

    @property
    def join_url(self) -> str:
        """The form for more in the open request; empty where there is none (D20)."""
        if self.seat_request is None:
            return ""
        return reverse("join_request", args=[self.slug, self.seat_request.pk])

    def _open_request(self, then: str) -> str:
        if self.seat_request is None:
            return ""
        query = f"?{urlencode({'then': then})}" if then else ""
        return f"{reverse('requests', args=[self.slug])}{query}#request-{self.seat_request.pk}"


@dataclass(frozen=True)
class Ways:
    """A member's ways to more seats of every pool, and whom to ask where there is none."""

    pools: tuple[WayToSeats, ...]
    route: Route
    contact: Contact

    @property
    def low(self) -> list[WayToSeats]:
        """The pools that run out, those with no seat left first (D12)."""
        low = [way for way in self.pools if way.pool.is_low]
        return sorted(low, key=lambda way: way.pool.available)

    @property
    def growing(self) -> list[PoolSnapshot]:
        """The pools whose seats can be bought or requested now."""
        return [way.pool for way in self.pools if way.can_buy or way.can_request]

    @property
    def full(self) -> list[WayToSeats]:
        return [way for way in self.pools if way.pool.is_full]

    @property
    def is_everything_low_full(self) -> bool:
        """Of what runs out nothing is left; there is no "in good time" any more (D12)."""
        return all(way.pool.is_full for way in self.low)

    @property
    def has_free_seat(self) -> bool:
        return any(not way.pool.is_full for way in self.pools)

    @property
    def requested(self) -> list[WayToSeats]:
        """The pools with an open request."""
        return [way for way in self.pools if way.seat_request]

    @property
    def best(self) -> WayToSeats | None:
        """Where to look for seats of no certain pool, the main one first (R16)."""
        first = sorted(self.pools, key=lambda way: not way.pool.is_main)
        there = [way for way in first if way.can_buy or way.can_request]
        return next(iter([*there, *(way for way in first if way.is_requested)]), None)

    @property
    def request_url(self) -> str:
        """Where seats are requested, or the request that is open; empty for buyers and nobody."""
        best = self.best
        if best is None or best.can_buy:
            return ""
        return best.url if best.is_requested else reverse("request_seats", args=[best.slug])

    @property
    def is_all_requested(self) -> bool:
        """There is nothing left to buy or request, but an open request to read."""
        return self.best is not None and self.best.is_requested

    def of(self, pool_id: int) -> WayToSeats:
        return next(way for way in self.pools if way.pool.id == pool_id)

    def among(self, pool_ids: Collection[int]) -> "Ways":
        """The same for some of the pools only."""
        some = tuple(way for way in self.pools if way.pool.id in pool_ids)
        return Ways(some, self.route, self.contact)


def ways_to_seats(member: Membership, pools: Sequence[PoolSnapshot]) -> Ways:
    """How `member` comes by more seats of each of the account's pools."""
    account = member.account
    route, opened = route_of(member), open_requests(account)
    ways = [_way(member, pool, route, opened.get(pool.id)) for pool in pools]
    return Ways(tuple(ways), route, representative_or_support(account))


def _way(
    member: Membership, pool: PoolSnapshot, route: Route, seat_request: SeatRequest | None
) -> WayToSeats:
    return WayToSeats(
        pool=pool,
        slug=member.account.slug,
        route=route,
        can_add=pool_rule(member.account.kind, is_legacy=pool.is_legacy).can_add,
        seat_request=seat_request,
        can_decide=seat_request is not None and may_decide(seat_request, member),
    )


def open_requests(account: Account) -> dict[int, SeatRequest]:
    """Pool id → the request that is open for it (D20)."""
    rows = SeatRequest.objects.of_account(account).open().with_details()
    return {row.pool_id: row for row in rows}
