"""Asking who may come in, beside a view that looks nothing up, and beside the ORM used plainly.

In this process, through all of the middleware and without a network, so that what is compared
is the work of the views: the same key, the same database of 100,000 members, all in one run.
What counts are the ratios. `make bench` prints the table.
"""

import argparse
import io
import os
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle
from typing import Any, cast

import django

from tests.postgres import ENVIRONMENT, start, stop

if __name__ == "__main__":
    # As a company runs it: nothing is logged for a developer.
    os.environ.update(ENVIRONMENT | {"DEBUG": "0", "DATABASE_URL": start()})
    os.environ["DJANGO_SETTINGS_MODULE"] = "seatadmin.settings"
    django.setup()

from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.urls import include, path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Membership
from bench.measured import Measured, table
from subscriptions.api.authentication import ProductKeyAuthentication
from subscriptions.models import ProductKey, SeatAssignment
from tests import cast as people
from tests.keys import product_key

SLUG = "bench"
KEYS = 40  # Each may ask 6,000 times a minute.


class ConstantView(APIView):
    """What REST framework itself takes, with the same key."""

    authentication_classes = (ProductKeyAuthentication,)
    permission_classes = ()

    def get(self, request: Request) -> Response:
        return Response({"allowed": True, "reason": "has_seat"})


class PlainView(ConstantView):
    """The question asked of the models one after the other, as one would at first."""

    def get(self, request: Request) -> Response:
        product = cast(ProductKey, request.auth).product
        email, slug = request.query_params["email"], request.query_params["account"]
        member = Membership.objects.get(user__email=email, account__slug=slug)
        for seat in SeatAssignment.objects.filter(membership=member):
            for line in seat.pool.lines.all():
                covered = [line.plan.product, *line.plan.product.includes.all()]
                if product in covered:
                    return Response({"allowed": member.is_active, "pool": seat.pool_id})
        return Response({"allowed": False})


urlpatterns = [
    path("bench/constant", ConstantView.as_view()),
    path("bench/plain", PlainView.as_view()),
    path("", include("seatadmin.urls")),
]

WAYS = {
    "a view with the same key that returns a constant": "/bench/constant",
    "`entitlements/check`": "/api/v1/entitlements/check",
    "the ORM, plainly": "/bench/plain",
}

Ask = Callable[[str, str], float]


def program_with(keys: Iterator[object]) -> Ask:
    """A function that sends one question and returns how many milliseconds the answer took."""
    application: Any = get_wsgi_application()

    def ask(address: str, email: str) -> float:
        environ = {
            "REQUEST_METHOD": "GET", "PATH_INFO": address, "SERVER_NAME": "127.0.0.1",
            "QUERY_STRING": f"account={SLUG}&email={email}", "SERVER_PORT": "443",
            "HTTP_AUTHORIZATION": f"Bearer {next(keys)}", "wsgi.url_scheme": "https",
            "wsgi.input": io.BytesIO(), "wsgi.errors": io.StringIO(),
        }  # fmt: skip
        said: list[str] = []
        began = time.perf_counter()
        body = b"".join(application(environ, lambda status, _headers: said.append(status)))
        taken = (time.perf_counter() - began) * 1000
        assert said == ["200 OK"], said
        assert b'"allowed":true' in body, body
        return taken

    return ask


def prepare(members: int) -> tuple[Iterator[object], list[str]]:
    """An account with so many members in one pool; keys for its product, and addresses."""
    catalogue = people.catalogue()
    account = people.account(SLUG)
    pool = people.pool(account.subscription, catalogue.support_suite, seats=1)
    people.crowd(pool, members)
    product = catalogue.support_suite.product
    keys = [product_key(product)[1] for _ in range(KEYS)]
    emails = account.memberships.filter(name__startswith="Crowd").order_by("?")
    return cycle(keys), list(emails.values_list("user__email", flat=True)[:300])


def measure(ask: Ask, emails: Sequence[str], rounds: int) -> dict[str, list[Measured]]:
    """Each way in turn, again and again, so that a busy moment falls on all of them."""
    found: dict[str, list[Measured]] = {name: [] for name in WAYS}
    for _round in range(rounds + 1):
        for name, address in WAYS.items():
            taken = [ask(address, email) for email in emails]
            found[name].append(Measured(taken, sum(taken) / 1000))
    # The first round only warms up.
    return {name: taken[1:] for name, taken in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    keys, emails = prepare(options.members)
    settings.ROOT_URLCONF = "bench.entitlements"
    found = measure(program_with(keys), emails, options.rounds)
    print(table(f"{options.members:,} members", "answers", "the constant", found), end="\n\n")


if __name__ == "__main__":
    try:
        main()
    finally:
        connections.close_all()
        stop()
