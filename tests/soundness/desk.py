"""What the vendor's people try at the desk, in accounts of all kinds (D15)."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, ClassVar, get_args

from django.core.exceptions import ValidationError
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from accounts.models import Account, User
from subscriptions.actions import propose, renew
from subscriptions.models import Cycle, Order, Subscription, TermKind
from subscriptions.rules.changes import (
    AddLine,
    AgreePrice,
    CancelSubscription,
    Change,
    ChangeCycle,
    ChangePlan,
    ChangeSeats,
    CorrectLine,
    EndLine,
    Proposal,
    Reopen,
    SetTerms,
    Undo,
)
from subscriptions.rules.quotes import Timing
from tests import moves
from tests.soundness import changes, picks, state
from tests.soundness.model import Action
from tests.soundness.state import State

# Drawn numbers index what exists at the moment, so that every draw is useful.
PICK = st.integers(0, 30)
FEW = st.integers(1, 4)
MORE = st.integers(-3, 3)
TIMINGS = st.sampled_from(Timing)
# Some that divide badly by days.
PRICES = st.sampled_from([0, 1, 1999, 3301, 9000])


def unseen(tally: Counter[str]) -> set[str]:
    """Which changes nobody has done yet, or nobody was refused."""
    both = (f"{kind.__name__}: {end}" for kind in get_args(Change) for end in ("done", "refused"))
    return {seen for seen in both if not tally[seen]}


class Desk(RuleBasedStateMachine):
    """Each change is shown first, and done as it was shown, to the cent and by name."""

    tally: ClassVar[Counter[str]] = Counter()
    at: datetime
    was: State

    def attempt(self, action: Action, **what: Any) -> Any:
        raise NotImplementedError

    def carry_out(self, account: Account, what: Change, by: User) -> Order | None:
        """Try it, and hold what was done against what was shown."""
        subscription = Subscription.objects.select_related("account").get(account=account)
        shown = self._shown(subscription, what, by)
        order: Order | None = self.attempt(
            moves.change, subscription=subscription, what=what, by=by, at=self.at
        )
        self.tally[f"{type(what).__name__}: {'done' if order else 'refused'}"] += 1
        if order:
            assert shown, "done, though nothing could be shown"
            self._hold_against_what_was_shown(shown, what, order)
        return order

    def _shown(self, subscription: Subscription, what: Change, by: User) -> Proposal | None:
        try:
            return propose(subscription=subscription, change=what, by=by, at=self.at)
        except ValidationError:
            return None

    def _hold_against_what_was_shown(self, shown: Proposal, what: Change, order: Order) -> None:
        charged = order.charges.order_by("pk").values_list("kind", "seats", "unit_cents", "cents")
        assert list(charged) == [(c.kind, c.seats, c.unit_cents, c.cents) for c in shown.charges]
        assert order.charged_cents == shown.charged_cents
        exact = changes.cents(self.was, shown.subscription.pk, what, shown.on)
        # Each seat that was given back by itself was rounded.
        most = 1 + sum(charge.seats for charge in shown.charges if charge.is_credit) / 2
        assert abs(order.charged_cents - exact) <= most, (order.charged_cents, exact)
        assert shown.period_cents == state.costs_shown()[shown.subscription.pk]
        assert shown.renews_on == Subscription.objects.get(pk=shown.subscription.pk).period_end
        lost = {
            (c.pool.id, h.membership_id) for c in shown.pools if c.removed_now for h in c.displaced
        }
        assert lost == state.seats_lost(order)

    def see_all(self) -> None:
        """Try what chance has left out, one account and one of the vendor's after the other."""
        cycles, timings = list(Cycle), list(Timing)
        tries: dict[str, Callable[[int], None]] = {
            "ChangeSeats": lambda n: self.change_seats(n, n, n, 1, timings[n % 2], True),
            "AddLine": lambda n: self.add_line(n, n, n, n, 2, 1999, n),
            "EndLine": lambda n: self.end_line(n, n, n, timings[n % 2], True),
            "CorrectLine": lambda n: (
                self.correct_line(n, n, n) if n % 2 else self.add_line(n, n, n, n, 2, 1999, 1)
            ),
            "ChangePlan": lambda n: self.change_plan(n, n, n, n, timings[n % 2]),
            "AgreePrice": lambda n: self.agree_price(n, n, n, 3301, timings[n % 2]),
            "ChangeCycle": lambda n: self.change_cycle(n, n, cycles[n % 2]),
            "SetTerms": lambda n: self.set_terms(n, n, n, n % 3 - 1, 8),
            "CancelSubscription": lambda n: self.cancel_and_reopen(n, n, n, 0, 2),
            "Reopen": lambda n: self.cancel_and_reopen(n, n, n, 1, 2),
            "Undo": lambda n: (
                self.undo(n, n, TermKind.CYCLE, n)
                if n % 2
                else self.end_line(1, n, n, Timing.AT_RENEWAL, False)
            ),
        }
        for n in range(1, 40):
            for kind in {seen.partition(":")[0] for seen in unseen(self.tally)}:
                tries[kind](n)

    # Rules

    @rule(who=PICK, where=PICK, pool=PICK, more=MORE, timing=TIMINGS, credit=st.booleans())
    def change_seats(
        self, who: int, where: int, pool: int, more: int, timing: Timing, credit: bool
    ) -> None:
        account = picks.account(where)
        row, by = picks.pool(pool, account), picks.of_vendor(who, account)
        there = row.seats if timing == Timing.NOW else row.seats_at_renewal
        seats = max(1, there + more)
        self.carry_out(account, ChangeSeats(row.pk, seats, timing, credit, by.is_superuser), by)

    @rule(where=PICK, more=MORE, timing=TIMINGS)
    def override_legacy(self, where: int, more: int, timing: Timing) -> None:
        account = picks.account(where)
        row, by = picks.pool(where + 1, account, is_legacy=True), picks.superuser()
        what = ChangeSeats(row.pk, max(1, row.seats + more), timing, True, overrides_legacy=True)
        self.carry_out(account, what, by)

    @rule(who=PICK, where=PICK, plan=PICK, pool=PICK, seats=FEW, price=PRICES, how=PICK)
    def add_line(
        self, who: int, where: int, plan: int, pool: int, seats: int, price: int, how: int
    ) -> None:
        """A third of them shares a pool, a third has a price agreed; some are a mistake."""
        account = picks.account(where)
        by, shares = picks.of_vendor(who, account), how % 3 == 0
        what = AddLine(
            picks.plan(plan, account).pk,
            pool=picks.pool(pool, account).pk if shares else None,
            seats=None if shares else seats,
            unit_cents=price if how % 3 == 1 else None,
        )
        order = self.carry_out(account, what, by)
        if order and how % 2:
            line = order.charges.get().line
            if how % 4 == 1:
                less = ChangeSeats(line.pool_id, max(1, seats - 1), Timing.NOW, credit=True)
                self.carry_out(account, less, by)
            self.carry_out(account, CorrectLine(line.pk), by)

    @rule(who=PICK, where=PICK, line=PICK)
    def correct_line(self, who: int, where: int, line: int) -> None:
        account = picks.account(where)
        what = CorrectLine(picks.line(line, account).pk)
        self.carry_out(account, what, picks.of_vendor(who, account))

    @rule(who=PICK, where=PICK, line=PICK, timing=TIMINGS, credit=st.booleans())
    def end_line(self, who: int, where: int, line: int, timing: Timing, credit: bool) -> None:
        account = picks.account(where)
        row, by = picks.line(line, account), picks.of_vendor(who, account)
        done = self.carry_out(account, EndLine(row.pk, timing, credit), by)
        if done and timing == Timing.AT_RENEWAL and who % 2:
            self.carry_out(account, Undo(TermKind.LINE, row.pk), by)

    @rule(who=PICK, where=PICK, line=PICK, plan=PICK, timing=TIMINGS)
    def change_plan(self, who: int, where: int, line: int, plan: int, timing: Timing) -> None:
        account = picks.account(where)
        row, by = picks.line(line, account), picks.of_vendor(who, account)
        what = ChangePlan(row.pk, picks.plan(plan, account).pk, timing)
        if self.carry_out(account, what, by) and timing == Timing.AT_RENEWAL and who % 4 == 1:
            self.carry_out(account, Undo(TermKind.PLAN, row.pk), by)

    @rule(who=PICK, where=PICK, line=PICK, price=PRICES, timing=TIMINGS)
    def agree_price(self, who: int, where: int, line: int, price: int, timing: Timing) -> None:
        account = picks.account(where)
        row, by = picks.line(line, account), picks.of_vendor(who, account)
        done = self.carry_out(account, AgreePrice(row.pk, price, timing), by)
        if done and timing == Timing.AT_RENEWAL and who % 4 == 1:
            self.carry_out(account, Undo(TermKind.PRICE, row.pk), by)

    @rule(who=PICK, where=PICK, cycle=st.sampled_from(Cycle))
    def change_cycle(self, who: int, where: int, cycle: Cycle) -> None:
        account = picks.account(where)
        by = picks.of_vendor(who, account)
        if self.carry_out(account, ChangeCycle(cycle), by) and who % 4 == 1:
            self.carry_out(account, Undo(TermKind.CYCLE), by)

    @rule(who=PICK, where=PICK, pool=PICK, minimum=st.integers(-1, 4), days=st.integers(-1, 80))
    def set_terms(self, who: int, where: int, pool: int, minimum: int, days: int) -> None:
        account = picks.account(where)
        until = (self.at + timedelta(days=days)).date() if days % 2 else None
        what = SetTerms({picks.pool(pool, account).pk: minimum}, until)
        self.carry_out(account, what, picks.of_vendor(who, account))

    @rule(who=PICK, where=PICK, what=st.sampled_from(TermKind), line=PICK)
    def undo(self, who: int, where: int, what: TermKind, line: int) -> None:
        """Mostly something that is scheduled."""
        account = picks.account(where)
        scheduled = {
            TermKind.LINE: {"ends_at_renewal": True},
            TermKind.PLAN: {"plan_at_renewal__isnull": False},
            TermKind.PRICE: {"is_next_price_agreed": True},
        }
        row = picks.line(line, account, **scheduled.get(what, {}))
        self.carry_out(account, Undo(what, row.pk), picks.of_vendor(who, account))

    @rule(who=PICK, where=PICK, late=st.integers(0, 40), back=st.integers(0, 3), buyer=FEW)
    def cancel_and_reopen(self, who: int, where: int, late: int, back: int, buyer: int) -> None:
        """Some are withdrawn, some are reopened; meanwhile somebody buys, or changes something."""
        account = picks.account(where)
        by = picks.of_vendor(who, account)
        self.carry_out(account, CancelSubscription(), by)
        if back == 0:
            self.carry_out(account, Undo(TermKind.END), by)
            return
        self.at = max(self.at, picks.end_of(account)) + timedelta(days=late)
        self.attempt(renew, subscription=account.subscription, at=self.at)
        owner = account.memberships.select_related("account", "user").get(role="owner")
        self.attempt(moves.buy, counts={picks.pool(who, account): 1}, by=owner, at=self.at)
        if buyer == 1:
            self.carry_out(account, ChangeSeats(picks.pool(who, account).pk, 9, Timing.NOW), by)
        self.carry_out(account, Reopen(), by)
