"""Recount every seat from the stored rows, and report every disagreement.

Each statement sees one moment, so the checks can run while people work.
"""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Sum, Value, Window
from django.db.models.functions import Coalesce, Lag

from accounts.models import Membership, Status
from accounts.models.members import MembershipQuerySet
from accounts.permissions import TEAM_ROLES, Role
from subscriptions.models import Line, SeatAssignment, SeatChange, SeatPool, SeatRequest
from subscriptions.rules.integrity import Disagreement, Fault
from subscriptions.selectors.charge_checks import charge_checks
from subscriptions.selectors.event_checks import event_checks


def disagreements(at: datetime) -> list[Disagreement]:
    """Every inconsistency, account by account; empty if there is none."""
    checks = (
        _counts(),
        _ledger_ends(),
        _pools_without_line(),
        _ledger_chains(),
        _agents_without_seat(at),
        _seats_without_team(),
        _fulfilled_requests(),
        _request_parts(),
        *charge_checks(),
        *event_checks(),
    )
    found = [disagreement for check in checks for disagreement in check]
    return sorted(found, key=lambda found: (found.account, found.where))


def _counts() -> Iterator[Disagreement]:
    """D5: assigned is the number of assignments, and not above purchased."""
    pools = SeatPool.objects.annotate(held=Count("assignments"))
    wrong = pools.exclude(assigned=F("held")) | pools.filter(assigned__gt=F("seats"))
    for pool in wrong.select_related("subscription__account"):
        yield _of_pool(
            Fault.COUNT,
            pool,
            f"assigned says {pool.assigned} of {pool.seats}, but {pool.held} seats are held",
        )


def _pools_without_line() -> Iterator[Disagreement]:
    """Seats are of a line that goes on as long as they do, and a pool ends with its last line."""
    lines = Line.objects.standing().filter(pool=OuterRef("pk"))
    going_on = lines.filter(ends_at_renewal=False)
    wrong = SeatPool.objects.filter(
        Q(ended_on=None, seats__gt=0) & ~Exists(lines)
        | Q(ended_on=None, seats_at_renewal__gt=0) & ~Exists(going_on)
        | Q(ended_on__isnull=False) & Exists(lines)
    )
    for pool in wrong.select_related("subscription__account"):
        says = f"has {pool.seats} seats, {pool.seats_at_renewal} at renewal, and no line for them"
        yield _of_pool(Fault.POOL_WITHOUT_LINE, pool, says)


def _ledger_ends() -> Iterator[Disagreement]:
    """The last row of the ledger says what the pool says."""
    last = SeatChange.objects.filter(pool=OuterRef("pk")).order_by("-pk")
    pools = SeatPool.objects.annotate(
        last_seats=Coalesce(Subquery(last.values("seats_after")[:1]), 0),
        last_at_renewal=Coalesce(Subquery(last.values("at_renewal_after")[:1]), 0),
        last_assigned=Coalesce(Subquery(last.values("assigned_after")[:1]), 0),
    ).exclude(
        seats=F("last_seats"),
        seats_at_renewal=F("last_at_renewal"),
        assigned=F("last_assigned"),
    )
    for pool in pools.select_related("subscription__account"):
        yield _of_pool(
            Fault.LEDGER_END,
            pool,
            f"purchased, assigned and at renewal are {pool.seats}, {pool.assigned}, "
            f"{pool.seats_at_renewal}, but the ledger ends at {pool.last_seats}, "
            f"{pool.last_assigned}, {pool.last_at_renewal}",
        )


def _ledger_chains() -> Iterator[Disagreement]:
    """Every row of the ledger starts where the one before it ended."""

    def before(field: str) -> Window:
        return Window(Lag(field, default=Value(0)), partition_by="pool_id", order_by="pk")

    broken = SeatChange.objects.annotate(
        was_seats=before("seats_after"),
        was_at_renewal=before("at_renewal_after"),
        was_assigned=before("assigned_after"),
    ).exclude(
        seats_before=F("was_seats"),
        at_renewal_before=F("was_at_renewal"),
        assigned_before=F("was_assigned"),
    )
    for change in broken.select_related("pool__subscription__account").order_by("pk"):
        yield _of_pool(
            Fault.LEDGER_CHAIN,
            change.pool,
            f"row {change.pk} of the ledger does not start where the row before it ended",
        )


def agents_without_seat(at: datetime) -> MembershipQuerySet:
    """The agents who hold no seat and must (D2).

    Whoever is suspended may have lost theirs; an invitation that has expired gives them
    back (D14).
    """
    agents = Membership.objects.present().filter(role=Role.AGENT, seat_assignments=None)
    expired = Membership.objects.expired_invitations(at).values("pk")
    return agents.exclude(status=Status.SUSPENDED).exclude(pk__in=expired)


def _agents_without_seat(at: datetime) -> Iterator[Disagreement]:
    for member in agents_without_seat(at).select_related("account", "user"):
        yield Disagreement(
            Fault.AGENT_WITHOUT_SEAT,
            member.pk,
            member.account.slug,
            member.user.email,
            "is an agent and holds no seat",
        )


def _seats_without_team() -> Iterator[Disagreement]:
    """D2: who holds a seat is a team member of the account that bought it."""
    stray = SeatAssignment.objects.filter(
        Q(membership__status=Status.REMOVED)
        | ~Q(membership__role__in=TEAM_ROLES)
        | ~Q(membership__account=F("pool__subscription__account"))
    )
    for seat in stray.select_related("membership__user", "pool__subscription__account"):
        yield Disagreement(
            Fault.SEAT_WITHOUT_TEAM,
            seat.membership_id,
            seat.pool.subscription.account.slug,
            seat.membership.user.email,
            f"holds a seat of {seat.pool.name} and is not a team member",
        )


def _fulfilled_requests() -> Iterator[Disagreement]:
    """N4: a request whose seats arrived is closed."""
    arrived = SeatRequest.objects.open().filter(fulfilled_at_seats__lte=F("pool__seats"))
    for seat_request in arrived.select_related("pool__subscription__account"):
        yield Disagreement(
            Fault.FULFILLED_REQUEST,
            seat_request.pool_id,
            seat_request.pool.subscription.account.slug,
            seat_request.pool.name,
            f"request {seat_request.pk} is open although its seats arrived",
        )


def _request_parts() -> Iterator[Disagreement]:
    """D20: a request is for as many seats as the parts that stand in it."""
    standing = Sum("parts__seats", filter=Q(parts__withdrawn_at=None), default=0)
    wrong = SeatRequest.objects.annotate(asked=standing).exclude(seats=F("asked"))
    for seat_request in wrong.select_related("pool__subscription__account"):
        yield Disagreement(
            Fault.REQUEST_PARTS,
            seat_request.pk,
            seat_request.pool.subscription.account.slug,
            seat_request.pool.name,
            f"request {seat_request.pk} is for {seat_request.seats} seats, "
            f"but its parts are for {seat_request.asked}",
        )


def _of_pool(fault: Fault, pool: SeatPool, says: str) -> Disagreement:
    return Disagreement(fault, pool.pk, pool.subscription.account.slug, pool.name, says)
