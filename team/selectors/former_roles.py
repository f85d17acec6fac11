"""Who became an end user: what they were, and what would make them a team member again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from accounts.actors import named
from accounts.models import AuditEntry, AuditKind, Membership
from accounts.permissions import TEAM_ROLES, Role
from subscriptions.models import SeatChangeKind
from subscriptions.rules.seats import PoolSnapshot


@dataclass(frozen=True)
class FormerRole:
    """What an end user was in the team, until when, and who changed it."""

    role: Role
    until: datetime
    by: str


def roles_given(entries: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
    """Those that give a role, newest first."""
    kinds = (AuditKind.INVITED, AuditKind.ROLE_CHANGED)
    return entries.filter(kind__in=kinds).select_related("by", "token").order_by("-at", "-pk")


def former_role(entries: Iterable[AuditEntry]) -> FormerRole | None:
    """What the newest of an end user's `roles_given` took from them; none if it took nothing."""
    last = next(iter(entries), None)
    if not last or last.kind != AuditKind.ROLE_CHANGED or last.before["role"] not in TEAM_ROLES:
        return None
    by = named(last.by, last.token) if last.by else ""
    return FormerRole(Role(last.before["role"]), last.at, by)


def former_role_of(member: Membership) -> FormerRole | None:
    """What an end user was before; none for everyone else."""
    return former_role(roles_given(member.audit_entries.all())[:1]) if member.is_end_user else None


def values_to_return(
    member: Membership, roles: Sequence[Role], pools: Sequence[PoolSnapshot]
) -> dict[str, Any]:
    """Name, role and seats for the form that makes an end user a team member again (D4).

    The role they had, if it can be given, and of the seats they lost with it those that are
    free; where they had none, the seat there is no choice about.
    """
    was = former_role_of(member)
    role = was.role if was and was.role in roles else Role.AGENT
    free = [pool.id for pool in pools if pool.available]
    lost = _seats_lost(member, was.until) if was else set()
    seats = [pool_id for pool_id in free if pool_id in lost]
    if not seats and role == Role.AGENT and len(pools) == 1:
        seats = free
    return {"name": member.name, "role": role, "seats": seats}


def _seats_lost(member: Membership, at: datetime) -> set[int]:
    released = member.seat_changes.filter(kind=SeatChangeKind.RELEASED, at=at)
    return set(released.values_list("pool_id", flat=True))
