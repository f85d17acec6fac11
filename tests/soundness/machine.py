"""Accounts of all kinds, and everyone in them doing anything at all, in any order.

What was done is held against the model, what was refused against what was there before.
"""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from hypothesis import currently_in_test_context, event
from hypothesis import strategies as st
from hypothesis.stateful import rule

from accounts.actions import (
    accept_invitation,
    suspend,
    transfer_ownership,
)
from accounts.models import Membership
from accounts.permissions import Role
from subscriptions.actions import (
    cancel_scheduled_reduction,
    decline_request,
    expire_invitation,
    invite_again,
    renew,
    withdraw_request,
)
from subscriptions.models import SeatPool, SeatRequest, Subscription
from subscriptions.rules.quotes import Timing
from subscriptions.selectors.integrity import disagreements
from subscriptions.selectors.seats import snapshot
from team.actions import (
    add_member,
    change_member,
    downgrade_to_end_user,
    reactivate_member,
    release_seats,
    remove_member,
    withdraw_member,
)
from tests import cast, moves
from tests.soundness import model, picks, state
from tests.soundness.desk import FEW, MORE, PICK, Desk
from tests.soundness.model import Action

ROLES = st.sampled_from([role for role in Role if role != Role.OWNER])


class Company(Desk):
    """Every rule is something a person can try; refusals must leave everything as it was."""

    def __init__(self) -> None:
        super().__init__()
        # What happens in one run is undone before the next.
        self.run = transaction.atomic()
        self.run.__enter__()
        self.at = cast.NOW
        self.before = self.was = state.read()
        self.summary = ""

    def teardown(self) -> None:
        try:
            # History is append-only, so a fault in it stays: checking it at the end is enough.
            assert [str(found) for found in disagreements(self.at)] == []
        finally:
            transaction.set_rollback(True)
            self.run.__exit__(None, None, None)

    def attempt(self, action: Action, **what: Any) -> Any:
        waiting, sent, done, refusal = len(connection.run_on_commit), len(mail.outbox), None, ""
        shown, last = state.costs_shown(), state.last_charge()
        try:
            done = action(**what)
        except ValidationError as refused:
            refusal = getattr(refused, "code", "") or "of a field"
        assert len(mail.outbox) == sent, "mail before anything was stored"
        if refusal:
            assert state.read() == self.before, f"{refusal} left something behind"
            assert len(connection.run_on_commit) == waiting, "mail for what was refused"
        else:
            self._send(waiting)
            state.check_charged_as_shown(shown, last)
            self._hold_against_the_model(action, done, what)
        if currently_in_test_context():
            event(f"{action.__name__}: {refusal or self.summary}")
        self.tally["refused" if refusal else "done"] += 1
        # No two things happen at one moment, so that of two members one was added last.
        self.at += timedelta(minutes=1)
        return done

    def _hold_against_the_model(self, action: Action, done: Any, what: dict[str, Any]) -> None:
        self.was, was = self.before, self.before
        said = model.after(action, was, done, **what)
        self.before = state.read()
        wrong = list(state.differences(said, self.before))
        assert not wrong, f"{action.__name__} left {wrong}"
        state.check(was, self.before, self.at)
        state.check_actors(was, model.actor(action, what))
        self.summary = state.summary(was, self.before, what)

    def _send(self, waiting: int) -> None:
        """Do what waits for the commit: nothing in it may fail."""
        callbacks = connection.run_on_commit[waiting:]
        del connection.run_on_commit[waiting:]
        for callback in callbacks:
            callback[1]()

    # Seats

    @rule(who=PICK, pool=PICK, seats=FEW)
    def buy(self, who: int, pool: int, seats: int) -> None:
        by = picks.someone(who)
        self.attempt(moves.buy, counts={picks.pool(pool, by.account): seats}, by=by, at=self.at)

    @rule(who=PICK, pool=PICK, more=MORE, timing=st.sampled_from(Timing), first=PICK)
    def set_seats(self, who: int, pool: int, more: int, timing: Timing, first: int) -> None:
        by = picks.someone(who)
        self.set_to(picks.pool(pool, by.account), more, by, first, timing)

    @rule(pool=PICK, fewer=FEW, first=PICK)
    def remove_at_once(self, pool: int, fewer: int, first: int) -> None:
        by = picks.self_service_owner()
        current = picks.pool(pool, by.account, is_legacy=False)
        self.set_to(current, -fewer, by, first, Timing.NOW)

    def set_to(
        self,
        pool: SeatPool,
        more: int,
        by: moves.Who,
        first: int,
        timing: Timing = Timing.AT_RENEWAL,
    ) -> None:
        """So many more or fewer than at renewal; one of them chosen to go first, or none."""
        pick = first % (pool.assigned + 1)
        self.attempt(
            moves.set_numbers,
            targets={pool: max(1, pool.seats_at_renewal + more)},
            by=by,
            at=self.at,
            timing=timing,
            chosen=list(pool.assignments.order_by("pk")[pick : pick + 1]),
        )

    @rule(who=PICK, pool=PICK, fewer=st.integers(0, 6), first=PICK)
    def cancel_scheduled_reduction(self, who: int, pool: int, fewer: int, first: int) -> None:
        """Mostly right after having given some up."""
        by = picks.someone(who) if who % 3 == 0 else picks.self_service_owner()
        if fewer:
            self.set_to(picks.pool(pool, by.account), -fewer, by, first)
        shown = snapshot(SeatPool.objects.with_lines().get(pk=picks.pool(pool, by.account).pk))
        self.attempt(cancel_scheduled_reduction, pool=shown, by=by, at=self.at)

    @rule(who=PICK, pool=PICK, seats=FEW)
    def ask(self, who: int, pool: int, seats: int) -> None:
        """Mostly one who may not buy."""
        by = picks.someone(who)
        if who % 4:
            by = picks.member(who, by.account, role__in=["admin", "agent"], status="active")
        self.attempt(moves.ask, pool=picks.pool(pool, by.account), seats=seats, by=by, at=self.at)

    @rule(which=PICK, who=PICK, seats=FEW)
    def join(self, which: int, who: int, seats: int) -> None:
        """Mostly one who may not buy; half of them one who asks in it already (D20)."""
        request = picks.request(which)
        if request is None:
            return
        by = picks.someone(who)
        if who % 4:
            account = request.pool.subscription.account
            by = picks.member(who, account, role__in=["admin", "agent"], status="active")
        if who % 2:
            by = request.requested_by
        self.attempt(moves.join, seat_request=request, seats=seats, by=by, at=self.at)

    @rule(which=PICK, who=PICK, approved=st.booleans())
    def decide(self, which: int, who: int, approved: bool) -> None:
        if not SeatRequest.objects.open().exists():
            self.ask(who + 1, which, 1)
        request = picks.request(which)
        if request is None:
            return
        by = picks.decider(request, who)
        if approved:
            self.attempt(moves.approve, seat_request=request, by=by, at=self.at)
        else:
            self.attempt(decline_request, seat_request=request, note="Not now.", by=by, at=self.at)

    @rule(which=PICK, own=st.booleans(), who=PICK)
    def withdraw(self, which: int, own: bool, who: int) -> None:
        request = picks.request(which)
        if request is not None:
            standing = request.standing
            by = standing[who % len(standing)].requested_by if own else picks.someone(who)
            self.attempt(withdraw_request, seat_request=request, by=by, at=self.at)

    # People

    @rule(who=PICK, number=st.integers(0, 12), role=ROLES, pools=st.sets(PICK, max_size=2))
    def add(self, who: int, number: int, role: Role, pools: set[int]) -> None:
        by = picks.someone(who)
        self.attempt(
            add_member,
            email=f"p{number}@people.example",
            name=f"Person {number}",
            role=role,
            pool_ids=[] if role == Role.END_USER else picks.pools(pools, by.account),
            by=by,
            at=self.at,
        )

    @rule(who=PICK)
    def accept(self, who: int) -> None:
        """Mostly one that is not too old."""
        invited = Membership.objects.filter(status="invited")
        rows = invited.open_invitations(self.at) if who % 5 else invited
        if rows:
            row = rows.order_by("pk")[who % rows.count()]
            self.attempt(accept_invitation, membership=row, at=self.at)

    @rule(who=PICK, whom=PICK, role=ROLES, pools=st.sets(PICK, max_size=2), name=FEW)
    def change(self, who: int, whom: int, role: Role, pools: set[int], name: int) -> None:
        by = picks.someone(who)
        row = picks.member(whom, by.account)
        self.attempt(
            change_member,
            membership=row,
            name=row.name if name > 1 else uuid4().hex,
            role=role,
            pool_ids=picks.pools(pools, by.account),
            by=by,
            at=self.at,
        )

    @rule(who=PICK, whom=PICK)
    def shut_out(self, who: int, whom: int) -> None:
        by = picks.someone(who)
        roles = [role for role in Role if role != Role.OWNER]
        row = picks.member(whom, by.account, status="active", role__in=roles)
        self.attempt(suspend, membership=row, by=by, at=self.at)

    @rule(who=PICK, whom=PICK, role=ROLES, pools=st.sets(PICK, max_size=2))
    def let_in_again(self, who: int, whom: int, role: Role, pools: set[int]) -> None:
        """D2: an agent whose seats were released comes back with a seat, or as something else."""
        by = picks.someone(who)
        self.attempt(
            reactivate_member,
            membership=picks.member(whom, by.account, status="suspended"),
            role=role,
            pool_ids=[] if role == Role.END_USER else picks.pools(pools, by.account),
            by=by,
            at=self.at,
        )

    @rule(who=PICK, whom=PICK)
    def shut_out_and_release(self, who: int, whom: int) -> None:
        """D2: suspension is no downgrade, whatever becomes of the seats."""
        by = picks.someone(who)
        row = picks.member(whom, by.account, status="active", role="agent")
        self.attempt(suspend, membership=row, by=by, at=self.at)
        self.attempt(release_seats, membership=row, by=by, at=self.at)

    @rule(who=PICK, whom=PICK, action=st.sampled_from([release_seats, downgrade_to_end_user]))
    def take_seats(self, who: int, whom: int, action: Action) -> None:
        by = picks.someone(who)
        self.attempt(action, membership=picks.member(whom, by.account), by=by, at=self.at)

    @rule(who=PICK, whom=PICK)
    def remove(self, who: int, whom: int) -> None:
        by = picks.someone(who)
        self.attempt(remove_member, membership=picks.member(whom, by.account), by=by, at=self.at)

    @rule(who=PICK, whom=PICK, action=st.sampled_from([invite_again, withdraw_member]))
    def think_again(self, who: int, whom: int, action: Action) -> None:
        by = picks.someone(who)
        if not by.account.memberships.filter(status="invited").exists():
            self.add_one_more(picks.pool(whom, by.account), by)
        row = picks.member(whom, by.account, status="invited")
        self.attempt(action, membership=row, by=by, at=self.at)

    @rule(whom=PICK, waited=st.booleans(), again=st.booleans())
    def let_expire(self, whom: int, waited: bool, again: bool) -> None:
        """D14: some too early; some are sent again, while their seats are free or are not."""
        by = picks.someone(2 * whom + 1)
        if not by.account.memberships.filter(status="invited").exists():
            self.add_one_more(picks.pool(whom, by.account), by)
        row = picks.member(whom, by.account, status="invited")
        if waited:
            self.at += timedelta(days=15)
        self.attempt(expire_invitation, membership=row, at=self.at)
        if again:
            self.attempt(invite_again, membership=row, by=by, at=self.at)

    @rule(who=PICK, whom=PICK)
    def transfer(self, who: int, whom: int) -> None:
        by = picks.someone(who)
        ownership_candidates = ["admin", "billing_admin", "agent"]
        to = picks.member(whom, by.account, role__in=ownership_candidates, status="active")
        self.attempt(transfer_ownership, to=to, by=by, at=self.at)

    # Time

    @rule(days=st.integers(1, 40), renewing=st.booleans())
    def time_passes(self, days: int, renewing: bool) -> None:
        """The renewal may come late."""
        self.at += timedelta(days=days)
        if renewing:
            self.renew()

    @rule(
        pool=PICK,
        bought=FEW,
        before=st.integers(1, 8),
        people=st.integers(0, 3),
        late=st.integers(0, 70),
        since=st.lists(MORE.filter(bool), max_size=2),
        first=PICK,
    )
    def renewal_comes_late(
        self, pool: int, bought: int, before: int, people: int, late: int, since: list[int],
        first: int,
    ) -> None:  # fmt: skip
        """Seats are given up before the period ends and after, and only then it is renewed."""
        by = picks.self_service_owner()
        self.attempt(moves.buy, counts={picks.pool(pool, by.account): bought}, by=by, at=self.at)
        reduced = picks.pool(pool, by.account)
        self.set_to(reduced, -min(before, picks.removable(reduced)), by, first)
        for _ in range(people):
            self.add_one_more(picks.pool(pool, by.account), by)
        self.at = max(self.at, picks.end_of(by.account)) + timedelta(days=late)
        for which, more in enumerate(since, start=pool):
            self.set_to(picks.pool(which, by.account), more, by, first + 1)
        self.attempt(renew, subscription=by.account.subscription, at=self.at)

    def add_one_more(self, pool: SeatPool, by: moves.Who) -> None:
        self.attempt(
            add_member,
            email=f"{uuid4().hex}@people.example",
            name="Somebody else",
            role=Role.AGENT,
            pool_ids=[pool.pk],
            by=by,
            at=self.at,
        )

    def renew(self) -> None:
        for subscription in Subscription.objects.due(self.at.date()).order_by("pk"):
            self.attempt(renew, subscription=subscription, at=self.at)
