"""What a program can do with a token, one act each, on a scene with someone for all of it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.db import transaction

from accounts import actions as people
from accounts.actors import Actor
from accounts.models import Account, Membership
from accounts.permissions import Permission, Role
from subscriptions import actions as seats
from subscriptions.models import SeatPool, SeatRequest
from subscriptions.rules.quotes import Timing
from subscriptions.selectors.quotes import quote_addition, quote_targets
from subscriptions.selectors.seats import snapshot
from team import actions as team
from tests import cast, moves
from tests.cast import NOW


@dataclass(frozen=True)
class Scene:
    account: Account
    # Two seats, both taken; a reduction of the other pool is scheduled.
    full: SeatPool
    other: SeatPool
    agent: Membership
    colleague: Membership
    suspended: Membership
    invited: Membership
    request: SeatRequest


def set_up(account: Account, full: SeatPool, other: SeatPool) -> Scene:
    owner = cast.owner(account)
    suspended = cast.member(account, "suspended", Role.ADMIN)
    people.suspend(membership=suspended, by=owner, at=NOW)
    agent, colleague = (cast.member(account, name, Role.AGENT, full) for name in ("ann", "bob"))
    moves.set_numbers({full: 2}, by=owner, timing=Timing.NOW)
    moves.set_numbers({other: 3}, by=owner)
    return Scene(
        account, full, other, agent, colleague,
        suspended=Membership.objects.get(pk=suspended.pk),
        invited=cast.member(account, "invited", Role.ADMIN, at=NOW, active=False),
        request=moves.ask(full, 2, by=cast.member(account, "admin", Role.ADMIN)),
    )  # fmt: skip


@contextmanager
def undone() -> Iterator[None]:
    """What is done inside is taken back."""
    block = transaction.atomic()
    # As a test's own transaction: what has to be the outermost one may stand in it.
    block._from_testcase = True  # type: ignore[attr-defined]
    with block:
        yield
        transaction.set_rollback(True)


def buy(s: Scene, by: Actor | Membership, key: str = "") -> Any:
    quote = moves.price(s.account.subscription, {s.other: 1})
    return moves.buy_as_shown(quote, {s.other: 1}, by=by, idempotency_key=key or uuid4().hex)


def ask(s: Scene, by: Actor | Membership) -> Any:
    return seats.request_seats(
        subscription=s.account.subscription, additions={s.other.pk: 1}, reason="More.",
        needed_by=None, idempotency_key=uuid4().hex, by=by, at=NOW,
    )  # fmt: skip


def _fewer(s: Scene, by: Actor | Membership, timing: Timing) -> Any:
    subscription, targets = s.account.subscription, {s.full.pk: 1}
    quote = quote_targets(subscription, targets, NOW.date(), timing, ())
    return seats.set_seats(
        subscription=subscription, targets=targets, timing=timing, chosen=(),
        quote_fingerprint=quote.fingerprint, idempotency_key=uuid4().hex, by=by, at=NOW,
        confirmed=True,
    )  # fmt: skip


def fewer_now(s: Scene, by: Actor | Membership) -> Any:
    return _fewer(s, by, Timing.NOW)


def fewer_at_renewal(s: Scene, by: Actor | Membership) -> Any:
    return _fewer(s, by, Timing.AT_RENEWAL)


def cancel(s: Scene, by: Actor | Membership) -> Any:
    shown = snapshot(SeatPool.objects.with_lines().get(pk=s.other.pk))
    return seats.cancel_scheduled_reduction(pool=shown, by=by, at=NOW)


def approve(s: Scene, by: Actor | Membership) -> Any:
    quote = quote_addition(s.account.subscription, {s.full.pk: 2}, NOW.date())
    return seats.approve_request(
        seat_request=s.request, note="", quote_fingerprint=quote.fingerprint, by=by, at=NOW,
        confirmed=True,
    )  # fmt: skip


def decline(s: Scene, by: Actor | Membership) -> Any:
    return seats.decline_request(seat_request=s.request, note="No.", by=by, at=NOW)


def invite(s: Scene, by: Actor | Membership) -> Any:
    return people.invite(
        account=s.account, email="new@acme.example", name="New", role=Role.ADMIN, by=by, at=NOW
    )


def add_member(s: Scene, by: Actor | Membership) -> Any:
    return team.add_member(
        email="new@acme.example", name="New", role=Role.AGENT, pool_ids=[s.other.pk], by=by, at=NOW
    )


def change_member(s: Scene, by: Actor | Membership) -> Any:
    return team.change_member(
        membership=s.agent, name="Ann", role=Role.ADMIN, pool_ids=[s.other.pk], by=by, at=NOW
    )


def to(who: str, action: Callable[..., Any], **what: Any) -> Callable[[Scene, Any], Any]:
    def act(s: Scene, by: Actor | Membership) -> Any:
        return action(membership=getattr(s, who), by=by, at=NOW, **what)

    act.__name__ = action.__name__
    return act


def change_roles(s: Scene, by: Actor | Membership) -> Any:
    return people.change_roles(memberships=[s.agent, s.colleague], role=Role.ADMIN, by=by, at=NOW)


ACTS: Mapping[Permission, tuple[Callable[[Scene, Any], Any], ...]] = {
    Permission.CHANGE_SUBSCRIPTION: (buy, fewer_now, fewer_at_renewal, cancel),
    Permission.DECIDE_REQUESTS: (approve, decline),
    Permission.MANAGE_TEAM: (
        invite, add_member, change_member, change_roles,
        to("invited", people.resend_invitation), to("invited", seats.invite_again),
        to("invited", people.withdraw_invitation), to("invited", team.withdraw_member),
        to("agent", people.change_role, role=Role.ADMIN), to("agent", people.rename, name="Ann"),
        to("agent", people.suspend), to("agent", people.remove), to("agent", team.remove_member),
        to("suspended", people.reactivate), to("suspended", team.reactivate_member),
        to("agent", team.release_seats), to("agent", team.downgrade_to_end_user),
    ),
}  # fmt: skip
ALL = tuple(act for acts in ACTS.values() for act in acts)
