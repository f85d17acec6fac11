"""Seats given per second, when several connections want seats of one pool.

Everything is measured in one run on one machine: what counts are the ratios.
`make bench` prints the table; --connections and --seats change what is played.
"""

import argparse
import multiprocessing
import os
import time
from collections.abc import Callable, Sequence
from typing import Any

import django

from tests.postgres import ENVIRONMENT, start, stop

if __name__ == "__main__":
    # As a company runs it: nothing is logged for a developer, and the disk is waited for.
    os.environ.update(ENVIRONMENT | {"DEBUG": "0", "DATABASE_URL": start(durable=True)})
    os.environ["DJANGO_SETTINGS_MODULE"] = "seatadmin.settings"
    django.setup()

from django.core.management import call_command
from django.db import connection, connections, transaction

from accounts.models import Membership, Status, User
from accounts.permissions import Role
from bench.measured import Measured, table
from bench.plain import PLAINLY
from bench.statements import give_seat, give_seat_naively
from subscriptions.actions import assign_seat
from subscriptions.models import AssignmentSource, SeatPool, Subscription
from tests import cast

Way = Callable[[SeatPool, Membership], None]
MANY = 100_000


def by_bare_sql(pool: SeatPool, member: Membership) -> None:
    with psycopg_connection().transaction(), psycopg_connection().cursor() as cursor:
        give_seat(cursor, pool.pk, member.pk, member.account_id)


def by_naive_sql(pool: SeatPool, member: Membership) -> None:
    with psycopg_connection().transaction(), psycopg_connection().cursor() as cursor:
        give_seat_naively(cursor, pool.pk, member.pk, MANY)


def by_django_cursor(pool: SeatPool, member: Membership) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        give_seat(cursor, pool.pk, member.pk, member.account_id)


def by_action(pool: SeatPool, member: Membership) -> None:
    assign_seat(
        pool=pool, membership=member, source=AssignmentSource.GIVEN, by=cast.SETUP, at=cast.NOW
    )


def psycopg_connection() -> Any:
    """The very connection that Django uses, without Django around it."""
    connection.ensure_connection()
    return connection.connection


WAYS: dict[str, Way] = {
    "bare SQL, the same statements": by_bare_sql,
    "+ Django's connection and cursor": by_django_cursor,
    "+ models and rules: the action `assign_seat`": by_action,
    **PLAINLY,
    "naive: count, then insert": by_naive_sql,
}


def play(way: Way, pool: SeatPool, members: Sequence[Membership], connected: int) -> Measured:
    """Let `connected` processes give the members their seats, all of one pool."""
    connections.close_all()
    context = multiprocessing.get_context("fork")
    ready, queue = context.Barrier(connected + 1), context.Queue()

    def work(part: Sequence[Membership]) -> None:
        psycopg_connection()
        ready.wait()
        taken = []
        for member in part:
            began = time.perf_counter()
            way(pool, member)
            taken.append((time.perf_counter() - began) * 1000)
        queue.put(taken)

    processes = [
        context.Process(target=work, args=(members[i::connected],)) for i in range(connected)
    ]
    for process in processes:
        process.start()
    ready.wait()
    began = time.perf_counter()
    latencies = [latency for _process in processes for latency in queue.get()]
    seconds = time.perf_counter() - began
    for process in processes:
        process.join()
    return Measured(latencies, seconds)


def people(count: int) -> tuple[Subscription, list[Membership]]:
    account = cast.account("bench")
    users = User.objects.bulk_create(
        User(email=f"m{n}@bench.example", name=f"Member {n}") for n in range(count)
    )
    members = Membership.objects.bulk_create(
        Membership(
            account=account, user=user, name=user.name, role=Role.ADMIN, status=Status.ACTIVE,
            added_at=cast.OPENED,
        )
        for user in users
    )  # fmt: skip
    return account.subscription, members


def measure(
    connected: int, seats: int, rounds: int, subscription: Subscription, members: list[Membership]
) -> dict[str, list[Measured]]:
    """Each way in turn, again and again, so that a busy moment falls on all of them."""
    found: dict[str, list[Measured]] = {name: [] for name in WAYS}
    for number in range(rounds):
        for name, way in WAYS.items():
            pool = SeatPool.objects.create(
                subscription=subscription,
                name=f"{connected} {number} {name}",
                seats=MANY,
                seats_at_renewal=MANY,
            )
            found[name].append(play(way, pool, members[:seats], connected))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--seats", type=int, default=800, help="a round and way")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    subscription, members = people(options.seats)
    for connected in sorted({1, options.connections}):
        found = measure(connected, options.seats, options.rounds, subscription, members)
        heading = f"{connected} connection{'s'[: connected - 1]}, one pool"
        print(table(heading, "seats", "bare SQL", found), end="\n\n")


if __name__ == "__main__":
    try:
        main()
    finally:
        connections.close_all()
        stop()
