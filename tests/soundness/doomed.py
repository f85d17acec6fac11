"""A process that buys, invites, approves, renews and changes until it is killed: see forks.py."""

import random
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day

import django
from django.core.exceptions import ValidationError

if __name__ == "__main__":
    django.setup()

from accounts.models import Membership
from accounts.permissions import Role
from subscriptions.actions import renew
from subscriptions.models import Line, Plan, SeatPool, SeatRequest
from subscriptions.rules.changes import AddLine, EndLine
from subscriptions.rules.quotes import Timing
from team.actions import add_member
from tests import moves
from tests.soundness.forks import Tell, serve


class Worker:
    """Someone at work in an account with two pools; tells what is finished."""

    def __init__(self, seed: int, tell: Tell) -> None:
        self.random, self.tell, self.seed = random.Random(seed), tell, seed
        self.owner = Membership.objects.select_related(
            "account__subscription", "account__representative", "user"
        ).get(role=Role.OWNER)
        self.admin = Membership.objects.select_related("account", "user").get(role=Role.ADMIN)

    def work(self) -> None:
        actions = [self.buy, self.invite, self.approve, self.renew, self.change]
        for number in range(10_000):
            action, name = self.random.choice(actions), f"{self.seed}-{number}"
            self.tell(f"begun {action.__name__}")
            try:
                action(name)
            except ValidationError as refusal:
                # Running out of people or seats is not a crash.
                self.tell(f"refused {refusal.code}")

    def buy(self, name: str) -> None:
        """Two pools, one order."""
        moves.buy(
            dict.fromkeys(self.pools(), 2), by=self.owner, at=self.now(), idempotency_key=name
        )
        self.tell(f"order {name}")

    def invite(self, name: str) -> None:
        """A person and two seats."""
        email = f"{name}@people.example"
        add_member(
            email=email, name=name, role=Role.AGENT,
            pool_ids=[pool.pk for pool in self.pools()], by=self.owner, at=self.now(),
            idempotency_key=name,
        )  # fmt: skip
        self.tell(f"member {email}")

    def approve(self, name: str) -> None:
        """A decision, its order and its seats."""
        request = SeatRequest.objects.open().with_details().first()
        if request is None:
            request = moves.ask(
                self.pools()[0], 1, by=self.admin, at=self.now(), idempotency_key=name
            )
        moves.approve(request, by=self.owner, at=self.now())
        self.tell(f"request {request.pk}")

    def renew(self, name: str) -> None:
        """A new period, and two pools reduced for it."""
        subscription = self.owner.account.subscription
        subscription.refresh_from_db()
        targets = {pool: max(4, pool.seats - 2) for pool in self.pools()}
        # Whoever was killed before this one may have scheduled it already.
        if any(pool.seats_at_renewal != needed for pool, needed in targets.items()):
            moves.set_numbers(targets, by=self.owner, at=self.now())
        renew(subscription=subscription, at=self.now() + timedelta(days=31))
        subscription.refresh_from_db()
        self.tell(f"renewal {subscription.period_start}")

    def change(self, name: str) -> None:
        """A product more, or that one less: a line, its pool, its price, a charge or a credit."""
        account = self.owner.account
        assert account.representative
        talk = Plan.objects.get(product__name="Talk")
        line = Line.objects.standing().filter(plan=talk).first()
        moves.change(
            account.subscription,
            EndLine(line.pk, Timing.NOW, credit=True) if line else AddLine(talk.pk, seats=3),
            account.representative, self.now(), idempotency_key=name,
        )  # fmt: skip
        self.tell(f"change {name}")

    def pools(self) -> list[SeatPool]:
        """The two that are there from the beginning."""
        return list(SeatPool.objects.order_by("pk")[:2])

    def now(self) -> datetime:
        """The first day of the paid period, at noon."""
        subscription = self.owner.account.subscription
        subscription.refresh_from_db()
        return datetime.combine(subscription.period_start, time_of_day(12), tzinfo=UTC)


def work(seed: int, tell: Tell) -> None:
    Worker(seed, tell).work()


if __name__ == "__main__":
    serve(work)
