"""Fields in the terms of the field: source, idempotency key, quote fingerprint, seat request."""

from django.db import migrations, models

from core.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("subscriptions", "0008_plain_words")]

    operations = [
        migrations.RenameField("seatassignment", "through", "source"),
        migrations.RemoveConstraint("order", "subscriptions_order_once"),
        migrations.RenameField("order", "key", "idempotency_key"),
        migrations.RenameField("order", "quote", "quote_fingerprint"),
        migrations.AddConstraint(
            "order",
            models.UniqueConstraint(
                fields=["account", "idempotency_key"], name="subscriptions_order_once"
            ),
        ),
        migrations.RemoveConstraint("seatrequest", "subscriptions_seatrequest_sent_once"),
        migrations.RenameField("seatrequest", "key", "idempotency_key"),
        migrations.AddConstraint(
            "seatrequest",
            models.UniqueConstraint(
                fields=["pool", "idempotency_key"], name="subscriptions_seatrequest_sent_once"
            ),
        ),
        migrations.RenameField("serviceorder", "request", "seat_request"),
        migrations.RenameField("seatchange", "request", "seat_request"),
        # SQLite made the table anew, without its triggers.
        append_only("subscriptions_seatchange"),
    ]
