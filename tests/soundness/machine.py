"""Accounts of all kinds, and everyone in them doing anything at all, in any order."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from hypothesis import event
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from accounts.actions import (
    accept_invitation,
    reactivate,
    resend_invitation,
    suspend,
    transfer_ownership,
)
from accounts.models import Account, Membership, User
from accounts.permissions import Role
from subscriptions.actions import decline_request, keep_seats, renew, withdraw_request
from subscriptions.models import SeatPool, SeatRequest, Subscription
from subscriptions.quotes import Timing
from subscriptions.seats import snapshot
from team.actions import (
    add_member,
    change_member,
    downgrade_to_end_user,
    release_seats,
    remove_member,
    withdraw_member,
)
from tests import cast, moves
from tests.soundness import state

Deed = Callable[..., Any]

# Numbers pick from what there is, so that every draw means something.
PICK = st.integers(0, 30)
FEW = st.integers(1, 4)
ROLES = st.sampled_from([role for role in Role if role != Role.OWNER])


class Company(RuleBasedStateMachine):
    """Every rule is something a person can try; refusals must leave everything as it was."""

    def __init__(self) -> None:
        super().__init__()
        # What happens in one run is undone before the next.
        self.run = transaction.atomic()
        self.run.__enter__()
        self.at = cast.NOW
        self.before = state.read()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.run.__exit__(None, None, None)

    def attempt(self, deed: Deed, **what: Any) -> None:
        waiting, refusal = len(connection.run_on_commit), ""
        try:
            deed(**what)
        except ValidationError as refused:
            refusal = refused.code or "without a code"
        if refusal:
            assert state.read() == self.before, f"{refusal} left something behind"
            assert len(connection.run_on_commit) == waiting, "mail for what was refused"
        self._send(waiting)
        after = state.read()
        state.check(self.before, after)
        self.before = after
        event(f"{getattr(deed, '__name__', deed)}: {refusal or 'done'}")

    def _send(self, waiting: int) -> None:
        """Do what waits for the commit: nothing in it may fail."""
        callbacks = connection.run_on_commit[waiting:]
        del connection.run_on_commit[waiting:]
        for callback in callbacks:
            callback[1]()

    # Picking

    def member(self, pick: int, account: Account) -> Membership:
        members = account.memberships.select_related("account", "user").order_by("pk")
        return members[pick % members.count()]

    def someone(self, pick: int) -> Membership:
        """Mostly one who may: every second pick is an account's owner."""
        accounts = Account.objects.order_by("pk")
        account = accounts[pick % accounts.count()]
        return cast.owner(account) if pick % 2 else self.member(pick // 2, account)

    def pool(self, pick: int, account: Account) -> SeatPool:
        pools = SeatPool.objects.filter(subscription__account=account).order_by("pk")
        return pools[pick % pools.count()]

    def pools(self, picks: set[int], account: Account) -> list[int]:
        return sorted({self.pool(pick, account).pk for pick in picks})

    def request(self, pick: int) -> SeatRequest | None:
        """An open one for most picks; else any."""
        requests = SeatRequest.objects.with_details().order_by("pk")
        if pick % 5:
            requests = requests.open()
        return requests[pick % requests.count()] if requests else None

    # Seats

    @rule(who=PICK, pool=PICK, seats=FEW)
    def buy(self, who: int, pool: int, seats: int) -> None:
        by = self.someone(who)
        self.attempt(moves.buy, counts={self.pool(pool, by.account): seats}, by=by, at=self.at)

    @rule(
        who=PICK, pool=PICK, needed=st.integers(1, 14), timing=st.sampled_from(Timing), first=PICK
    )
    def set_seats(self, who: int, pool: int, needed: int, timing: Timing, first: int) -> None:
        by = self.someone(who)
        chosen_pool = self.pool(pool, by.account)
        self.attempt(
            moves.set_numbers,
            targets={chosen_pool: needed},
            by=by,
            at=self.at,
            timing=timing,
            chosen=list(chosen_pool.assignments.all()[first % 6 : first % 6 + 1]),
        )

    @rule(who=PICK, pool=PICK)
    def keep_seats(self, who: int, pool: int) -> None:
        by = self.someone(who)
        shown = snapshot(SeatPool.objects.with_lines().get(pk=self.pool(pool, by.account).pk))
        self.attempt(keep_seats, pool=shown, by=by, at=self.at)

    @rule(who=PICK, pool=PICK, seats=FEW)
    def ask(self, who: int, pool: int, seats: int) -> None:
        by = self.someone(who)
        self.attempt(moves.ask, pool=self.pool(pool, by.account), seats=seats, by=by, at=self.at)

    @rule(which=PICK, who=PICK, approved=st.booleans())
    def decide(self, which: int, who: int, approved: bool) -> None:
        request = self.request(which)
        if request is None:
            return
        by = self.decider(request, who)
        if approved:
            self.attempt(moves.approve, request=request, by=by, at=self.at)
        else:
            self.attempt(decline_request, request=request, note="Not now.", by=by, at=self.at)

    def decider(self, request: SeatRequest, pick: int) -> Membership | User:
        """Every third pick somebody of the vendor or the account; else the one who may."""
        account = request.pool.subscription.account
        if pick % 3 == 0:
            staff = User.objects.filter(is_staff=True).order_by("pk")
            return staff[pick % staff.count()] if pick % 2 else self.member(pick, account)
        if request.is_for_representative:
            assert account.representative
            return account.representative
        return cast.owner(account)

    @rule(which=PICK, own=st.booleans(), who=PICK)
    def withdraw(self, which: int, own: bool, who: int) -> None:
        request = self.request(which)
        if request is not None:
            by = request.requested_by if own else self.someone(who)
            self.attempt(withdraw_request, request=request, by=by, at=self.at)

    # People

    @rule(who=PICK, number=st.integers(0, 12), role=ROLES, picks=st.sets(PICK, max_size=2))
    def add(self, who: int, number: int, role: Role, picks: set[int]) -> None:
        by = self.someone(who)
        self.attempt(
            add_member,
            email=f"p{number}@people.example",
            name=f"Person {number}",
            role=role,
            pool_ids=[] if role == Role.END_USER else self.pools(picks, by.account),
            by=by,
            at=self.at,
        )

    @rule(who=PICK)
    def accept(self, who: int) -> None:
        invited = Membership.objects.filter(status="invited").order_by("pk")
        if invited:
            self.attempt(accept_invitation, membership=invited[who % invited.count()], at=self.at)

    @rule(who=PICK, whom=PICK, role=ROLES, picks=st.sets(PICK, max_size=2), name=FEW)
    def change(self, who: int, whom: int, role: Role, picks: set[int], name: int) -> None:
        by = self.someone(who)
        row = self.member(whom, by.account)
        self.attempt(
            change_member,
            membership=row,
            name=row.name if name > 1 else uuid4().hex,
            role=role,
            pool_ids=self.pools(picks, by.account),
            by=by,
            at=self.at,
        )

    @rule(who=PICK, whom=PICK, deed=st.sampled_from([suspend, reactivate]))
    def shut_out_or_let_in(self, who: int, whom: int, deed: Deed) -> None:
        by = self.someone(who)
        self.attempt(deed, membership=self.member(whom, by.account), by=by, at=self.at)

    @rule(who=PICK, whom=PICK, deed=st.sampled_from([release_seats, downgrade_to_end_user]))
    def take_seats(self, who: int, whom: int, deed: Deed) -> None:
        by = self.someone(who)
        self.attempt(deed, membership=self.member(whom, by.account), by=by, at=self.at)

    @rule(who=PICK, whom=PICK)
    def remove(self, who: int, whom: int) -> None:
        by = self.someone(who)
        self.attempt(remove_member, membership=self.member(whom, by.account), by=by, at=self.at)

    @rule(who=PICK, whom=PICK, deed=st.sampled_from([resend_invitation, withdraw_member]))
    def think_again(self, who: int, whom: int, deed: Deed) -> None:
        by = self.someone(who)
        invited = by.account.memberships.filter(status="invited").order_by("-pk")
        row = invited.first() or self.member(whom, by.account)
        self.attempt(deed, membership=row, by=by, at=self.at)

    @rule(who=PICK, whom=PICK)
    def transfer(self, who: int, whom: int) -> None:
        by = self.someone(who)
        self.attempt(transfer_ownership, to=self.member(whom, by.account), by=by, at=self.at)

    # Time

    @rule(days=st.integers(1, 40), renewing=st.booleans())
    def time_passes(self, days: int, renewing: bool) -> None:
        """The renewal may come late."""
        self.at += timedelta(days=days)
        if renewing:
            for subscription in Subscription.objects.due(self.at.date()).order_by("pk"):
                self.attempt(renew, subscription=subscription, at=self.at)
