"""How members get seats: the one table, by account kind and role (R2, R3, D1)."""

from dataclasses import dataclass
from enum import Enum

from accounts.actors import Actor
from accounts.models import AccountKind, Membership
from accounts.permissions import Permission, Role


class Route(Enum):
    """How a member gets more seats."""

    BUY = "buy"
    ASK_BUYERS = "ask_buyers"
    ASK_REPRESENTATIVE = "ask_representative"
    NONE = "none"

    @property
    def can_buy(self) -> bool:
        return self is Route.BUY

    @property
    def can_request(self) -> bool:
        return self in (Route.ASK_BUYERS, Route.ASK_REPRESENTATIVE)

    @property
    def asks_representative(self) -> bool:
        return self is Route.ASK_REPRESENTATIVE


_ONLINE = {
    Role.OWNER: Route.BUY,
    Role.BILLING_ADMIN: Route.BUY,
    Role.ADMIN: Route.ASK_BUYERS,
    Role.AGENT: Route.ASK_BUYERS,
    Role.END_USER: Route.NONE,
}

ROUTES: dict[AccountKind, dict[Role, Route]] = {
    AccountKind.SELF_SERVICE: _ONLINE,
    AccountKind.ONLINE_ASSISTED: _ONLINE,
    AccountKind.SALES_MANAGED: {
        Role.OWNER: Route.ASK_REPRESENTATIVE,
        Role.BILLING_ADMIN: Route.ASK_REPRESENTATIVE,
        Role.ADMIN: Route.ASK_REPRESENTATIVE,
        Role.AGENT: Route.ASK_REPRESENTATIVE,
        Role.END_USER: Route.NONE,
    },
}


class Removal(Enum):
    """Which seats of a pool a buyer can remove."""

    ANY = "any"
    UNASSIGNED_AT_RENEWAL = "unassigned_at_renewal"
    NONE = "none"


@dataclass(frozen=True)
class PoolRule:
    """What can happen to a pool's number of seats, by buying or by request."""

    can_add: bool
    removal: Removal


# R7, R8; the second column is for pools with a legacy plan (R23).
POOL_RULES: dict[AccountKind, tuple[PoolRule, PoolRule]] = {
    AccountKind.SELF_SERVICE: (
        PoolRule(can_add=True, removal=Removal.ANY),
        PoolRule(can_add=True, removal=Removal.UNASSIGNED_AT_RENEWAL),
    ),
    AccountKind.ONLINE_ASSISTED: (
        PoolRule(can_add=True, removal=Removal.NONE),
        PoolRule(can_add=True, removal=Removal.NONE),
    ),
    AccountKind.SALES_MANAGED: (
        PoolRule(can_add=True, removal=Removal.NONE),
        PoolRule(can_add=False, removal=Removal.NONE),
    ),
}


def route_to_seats(kind: str, role: str) -> Route:
    return ROUTES[AccountKind(kind)][Role(role)]


def route_of(member: Membership) -> Route:
    """A member's way to more seats; none where the subscription has ended (D15)."""
    if member.account.is_read_only:
        return Route.NONE
    return route_to_seats(member.account.kind, member.role)


def route_by(actor: Actor, kind: str) -> Route:
    """The way to more seats of a member or a token.

    A token that may not buy, of someone who may, asks the buyers.
    """
    route = route_to_seats(kind, actor.role)
    buys = actor.may(Permission.CHANGE_SUBSCRIPTION)
    return Route.ASK_BUYERS if route.can_buy and not buys else route


def pool_rule(kind: str, *, is_legacy: bool) -> PoolRule:
    return POOL_RULES[AccountKind(kind)][is_legacy]
