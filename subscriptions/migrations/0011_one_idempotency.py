"""Which form an order or a request came from stands in accounts' IdempotencyRecord (D6).

The keys of orders and requests made before are dropped. A form that was open meanwhile and
is sent once more does nothing twice: its quote is stale, or its request is open already.
"""

from typing import Any

from django.db import migrations, models


def make_up_keys(apps: Any, editor: Any) -> None:
    """Backwards: each order and request gets a key that no form has."""
    for name in ("Order", "SeatRequest"):
        for row in apps.get_model("subscriptions", name).objects.only("pk"):
            row.idempotency_key = f"migrated-back-{row.pk}"
            row.save(update_fields=["idempotency_key"])


def emptied() -> models.CharField:
    """What a column has to be so that it can be added again, backwards."""
    return models.CharField(max_length=64, default="")


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_idempotency"),
        ("subscriptions", "0010_actors"),
    ]

    operations = [
        migrations.RemoveConstraint("order", "subscriptions_order_once"),
        migrations.RemoveConstraint("seatrequest", "subscriptions_seatrequest_sent_once"),
        migrations.RunPython(migrations.RunPython.noop, make_up_keys),
        migrations.AlterField("order", "idempotency_key", emptied()),
        migrations.AlterField("seatrequest", "idempotency_key", emptied()),
        migrations.RemoveField("order", "idempotency_key"),
        migrations.RemoveField("seatrequest", "idempotency_key"),
    ]
