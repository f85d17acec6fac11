"""A process that buys, invites, approves and renews until it is killed.

Run as a program it reads lines "<seed> <milliseconds>" and answers each with
what a fork of it had begun and finished when it was killed so many milliseconds
after its first action began. Forked instead of restarted, because Django takes a second to load.
"""

import os
import random
import signal
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day

import django
from django.core.exceptions import ValidationError

if __name__ == "__main__":
    django.setup()

from accounts.models import Membership
from accounts.permissions import Role
from subscriptions.actions import renew
from subscriptions.models import SeatPool, SeatRequest
from team.actions import add_member
from tests import moves


class Worker:
    """Someone at work in an account with two pools; tells what is finished."""

    def __init__(self, seed: int, tell: Callable[[str], object]) -> None:
        self.random, self.tell, self.seed = random.Random(seed), tell, seed
        self.owner = Membership.objects.select_related("account__subscription", "user").get(
            role=Role.OWNER
        )
        self.admin = Membership.objects.select_related("account", "user").get(role=Role.ADMIN)

    def work(self) -> None:
        actions = [self.buy, self.invite, self.approve, self.renew]
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

    def pools(self) -> list[SeatPool]:
        return list(SeatPool.objects.order_by("pk"))

    def now(self) -> datetime:
        """The first day of the paid period, at noon."""
        subscription = self.owner.account.subscription
        subscription.refresh_from_db()
        return datetime.combine(subscription.period_start, time_of_day(12), tzinfo=UTC)


def kill_one(seed: int, milliseconds: int) -> list[str]:
    """Let a fork work for so long, kill it, and return what it had reported by then."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        worker = Worker(seed, lambda said: os.write(writing, f"{said}\n".encode()))
        worker.work()
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        first = told.readline()
        time.sleep(milliseconds / 1000)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            raise RuntimeError("The worker died by itself, see above.")
        return (first + told.read()).splitlines()


def main() -> None:
    for line in sys.stdin:
        seed, milliseconds = line.split()
        sys.stdout.write(";".join(kill_one(int(seed), int(milliseconds))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
