"""Which form an order or a request came from stands in accounts' IdempotencyRecord (D6).

The keys of orders and requests made before are dropped. A form that was open meanwhile and
is sent once more does nothing twice: its quote is stale, or its request is open already.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_idempotency"),
        ("subscriptions", "0010_actors"),
    ]

    operations = [
        migrations.RemoveConstraint("order", "subscriptions_order_once"),
        migrations.RemoveConstraint("seatrequest", "subscriptions_seatrequest_sent_once"),
        migrations.RemoveField("order", "idempotency_key"),
        migrations.RemoveField("seatrequest", "idempotency_key"),
    ]
