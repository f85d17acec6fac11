"""The people of an account and the seats they hold, in a fixed number of queries."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import (
    BooleanField,
    Case,
    Exists,
    Expression,
    ExpressionWrapper,
    F,
    OrderBy,
    OuterRef,
    Prefetch,
    Q,
    Value,
    When,
)
from django.db.models.functions import Lower

from accounts.models import Account, AuditEntry, Membership, Status
from accounts.models.members import MembershipQuerySet
from accounts.permissions import TEAM_ROLES, Permission, Role
from subscriptions.models import SeatAssignment, Subscription
from subscriptions.rules.routes import Route
from subscriptions.rules.seats import PoolSnapshot
from subscriptions.selectors.seats import displaced_at_renewal, pools_of
from team.selectors.former_roles import roles_given

NO_SEAT = "none"
SUSPENDED_WITH_SEAT = "suspended_with_seat"
INVITATION_EXPIRED = "invitation_expired"

_ROLE_RANK = Case(*(When(role=role, then=Value(rank)) for rank, role in enumerate(TEAM_ROLES)))
SORTS: dict[str, Expression | F] = {
    "name": Lower("name"),
    "role": _ROLE_RANK,
    "status": F("status"),
    "visited": F("last_visited_at"),
    "added": F("added_at"),
}


@dataclass(frozen=True)
class Search:
    """What the team page is asked to show; empty values mean any."""

    text: str = ""
    role: str = ""
    pool: str = ""
    status: str = ""
    sort: str = "name"

    @property
    def is_narrowed(self) -> bool:
        return bool(self.text or self.role or self.pool or self.status)

    @property
    def for_end_users(self) -> bool:
        return self.role == Role.END_USER

    @property
    def for_all_end_users(self) -> bool:
        return self.for_end_users and not (self.text or self.pool or self.status)


def people_of(account: Account, search: Search, at: datetime) -> MembershipQuerySet:
    """The team members a search finds, with their seats (R11).

    End users are among them only where it asks for them, each with the changes of role that
    `former_role` reads. `is_expired` says whose invitation is too old at `at`.
    """
    members = account.memberships
    found = members.present().filter(role=search.role) if search.role else members.team()
    holds = Exists(SeatAssignment.objects.filter(membership=OuterRef("pk")))
    if search.text:
        found = found.found_by(search.text)
    if search.pool == NO_SEAT:
        found = found.exclude(holds)
    elif search.pool:
        found = found.filter(seat_assignments__pool=int(search.pool))
    found = _of_status(found, search.status, holds, at).select_related("user")
    expired = Q(status=Status.INVITED, invitation_expires_at__lte=at)
    found = found.annotate(
        is_expired=ExpressionWrapper(expired, output_field=BooleanField())
    ).prefetch_related("seat_assignments__pool")
    if search.for_end_users:
        entries = roles_given(AuditEntry.objects.all())
        found = found.prefetch_related(Prefetch("audit_entries", entries, "roles_given"))
    return found.order_by(_order(search.sort), Lower("name"), "pk")


def _of_status(
    found: MembershipQuerySet, status: str, holds: Exists, at: datetime
) -> MembershipQuerySet:
    if status == SUSPENDED_WITH_SEAT:
        return found.suspended().filter(holds)
    if status == INVITATION_EXPIRED:
        return found.expired_invitations(at)
    if status == Status.INVITED:
        return found.open_invitations(at)
    return found.filter(status=status) if status else found


def _order(sort: str) -> OrderBy:
    expression = SORTS[sort.removeprefix("-")]
    # Who was never here comes last, either way.
    return OrderBy(expression, descending=sort.startswith("-"), nulls_last=True)


def seat_pools(account: Account) -> list[PoolSnapshot]:
    """Every pool of an account; none before anything is bought."""
    subscription = Subscription.objects.filter(account=account).first()
    return pools_of(subscription) if subscription else []


@dataclass(frozen=True)
class HeldSeat:
    """Why a member counts: which pool, since when, through what, by whom (N3)."""

    pool: PoolSnapshot
    since: datetime
    source: str
    by: str
    goes_on: date | None


def held_seats(member: Membership, pools: list[PoolSnapshot]) -> list[HeldSeat]:
    """The seats of a member, each with its reason."""
    by_id = {pool.id: pool for pool in pools}
    going = {h.assignment_id for losing in displaced_at_renewal(pools).values() for h in losing}
    assignments = member.seat_assignments.select_related("assigned_by", "pool__subscription")
    return [
        HeldSeat(
            pool=by_id[assignment.pool_id],
            since=assignment.assigned_at,
            source=assignment.get_source_display(),
            by=str(assignment.assigned_by or ""),
            goes_on=assignment.pool.subscription.period_end if assignment.pk in going else None,
        )
        for assignment in assignments
    ]


def seats_of(member: Membership) -> set[int]:
    """The ids of the pools a member holds a seat in."""
    return set(member.seat_assignments.values_list("pool_id", flat=True))


def state_of(member: Membership) -> str:
    """Role and seats as one string: the state a form was filled against (D6)."""
    pools = ".".join(str(pool_id) for pool_id in sorted(seats_of(member)))
    return f"{member.role}-{pools}"


def what_may(member: Membership, route: Route) -> list[Permission]:
    """What a member can do in this kind of account, except seeing their own access."""
    unsaid = {Permission.VIEW_OWN_ACCESS}
    if not route.can_buy:
        unsaid |= {Permission.CHANGE_SUBSCRIPTION, Permission.OPEN_CART}
    if not route.can_request:
        unsaid.add(Permission.REQUEST_SEATS)
    if route.asks_representative:
        unsaid.add(Permission.DECIDE_REQUESTS)
    return [p for p in Permission if member.may(p) and p not in unsaid]


def helpers(account: Account) -> MembershipQuerySet:
    """Whom a member can ask, owner first."""
    admins = account.memberships.who_may(Permission.MANAGE_TEAM).select_related("user")
    return admins.order_by(_ROLE_RANK, Lower("name"), "pk")[:5]
