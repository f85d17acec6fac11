"""The served API, asked by schemathesis what nobody thought of, from its own description (D19).

Every operation there is, with every check; the same cases each time. Not its stateful phase:
with one seed, it went 10 ways or 11, along 9 of the 94 links that it sees.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tools.demo_server import served_demo

pytestmark = [pytest.mark.any_database, pytest.mark.long]

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SEED, EXAMPLES = 1, 10
MAKE = """
import json
from accounts.api.ids import ACCOUNT, MEMBER
from accounts.models import Account
from core.api.ids import public_id
from events.actions import add_endpoint, send_test
from events.ids import DELIVERY, ENDPOINT, EVENT
from events.models import Delivery, WebhookEndpoint
from subscriptions.api.ids import ORDER, POOL, PRODUCT, REQUEST
from subscriptions.models import Product, SeatPool, SeatRequest
from django.utils import timezone
from tests.keys import FOR_GOOD, product_key, token
acme = Account.objects.get(slug="acme")
owner = acme.memberships.get(role="owner")
by = {"by": owner, "at": timezone.now()}
for name in "abc":
    hook = add_endpoint(url=f"https://{name}.invalid/", event_types=None, idempotency_key="", **by)
    send_test(endpoint=hook, idempotency_key="", **by)
there = {
    ACCOUNT: Account.objects.filter(pk=acme.pk),
    MEMBER: acme.memberships.exclude(role="owner"),
    POOL: SeatPool.objects.filter(subscription=acme.subscription),
    ORDER: acme.orders,
    REQUEST: SeatRequest.objects.of_account(acme),
    EVENT: acme.events,
    PRODUCT: Product.objects,
    ENDPOINT: WebhookEndpoint.objects.of_account(acme),
    DELIVERY: Delivery.objects.of_account(acme),
}
def ids(prefix, rows):
    return [public_id(prefix, pk) for pk in rows.order_by("pk").values_list("pk", flat=True)[:20]]
print(json.dumps({
    "tokens": [str(token(owner, days=FOR_GOOD)[1]) for _ in range(20)],
    "product_keys": [str(product_key(Product.objects.get(name="Support"))[1])],
    "ids": {prefix: ids(prefix, rows) for prefix, rows in there.items()},
}))
"""


def test_the_api_does_as_it_says_whatever_it_is_asked(tmp_path: Path) -> None:
    with served_demo(debug=False) as demo:
        given = demo.manage("shell", "--verbosity", "0", "-c", MAKE)
        done = subprocess.run(
            [
                Path(sys.executable).with_name("schemathesis"),
                f"--config-file={HERE / 'schemathesis.toml'}",
                "run", f"{demo.address}/api/openapi.json",
                "--header=X-Forwarded-Proto: https", "--phases=examples,coverage,fuzzing",
                f"--seed={SEED}", f"--max-examples={EXAMPLES}", "--continue-on-failure",
                "--no-color",
            ],
            cwd=tmp_path, capture_output=True, text=True, timeout=300,
            env={**os.environ, "SCHEMATHESIS_HOOKS": "tests.fuzz.hooks", "PYTHONPATH": str(ROOT),
                 "GIVEN": given},
        )  # fmt: skip
    described = yaml.safe_load((ROOT / "docs" / "openapi.yaml").read_text(encoding="utf-8"))
    operations = sum(len(methods) for methods in described["paths"].values())
    assert done.returncode == 0, done.stdout[-20_000:]
    assert f"Tested: {operations}" in done.stdout
