"""People act through a channel there is, a credit has a cause, and no row can be replaced."""

from django.db import migrations, models
from django.db.models import Q

from core.append_only import append_only, changeable

OF_PEOPLE = ("page", "admin", "api", "import", "directory")


def names_actor(name: str, who: str = "by") -> models.CheckConstraint:
    nobody = (f"{who}__isnull", True)
    return models.CheckConstraint(
        condition=Q(("channel", "system"), nobody, ~Q(("command", "")))
        | Q(("channel__in", OF_PEOPLE), ~Q(nobody), ("command", "")),
        name=name,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_known_channels"),
        ("subscriptions", "0012_charges"),
    ]

    operations = [
        # Backwards these come last, and close the tables again.
        changeable("subscriptions_seatchange"),
        changeable("subscriptions_charge"),
        changeable("subscriptions_lineprice"),
        migrations.RemoveConstraint("charge", "subscriptions_charge_cause"),
        migrations.AddConstraint(
            "charge",
            models.CheckConstraint(
                condition=Q(
                    ("kind", "purchase"), ("order__isnull", False), ("seat_change__isnull", False)
                )
                | Q(
                    ("kind", "first_period"),
                    ("order__isnull", True),
                    ("seat_change__isnull", False),
                )
                | Q(
                    ("kind__in", ("line_added", "renewal", "cut_over")),
                    ("order__isnull", True),
                    ("seat_change__isnull", True),
                )
                | Q(
                    ("kind", "credit"),
                    Q(("seat_change__isnull", False), ("order__isnull", False), _connector="OR"),
                ),
                name="subscriptions_charge_cause",
            ),
        ),
        migrations.RemoveConstraint("charge", "subscriptions_charge_names_actor"),
        migrations.AddConstraint("charge", names_actor("subscriptions_charge_names_actor")),
        migrations.RemoveConstraint("lineprice", "subscriptions_lineprice_names_actor"),
        migrations.AddConstraint("lineprice", names_actor("subscriptions_lineprice_names_actor")),
        migrations.RemoveConstraint("order", "subscriptions_order_names_actor"),
        migrations.AddConstraint(
            "order", names_actor("subscriptions_order_names_actor", "placed_by")
        ),
        migrations.RemoveConstraint("seatchange", "subscriptions_seatchange_names_actor"),
        migrations.AddConstraint("seatchange", names_actor("subscriptions_seatchange_names_actor")),
        append_only("subscriptions_seatchange"),
        append_only("subscriptions_lineprice"),
        append_only(
            "subscriptions_charge",
            once=(
                "kind = 'purchase' AND NEW.kind = 'purchase'"
                " AND line_id = NEW.line_id AND order_id = NEW.order_id",
                "kind = 'renewal' AND NEW.kind = 'renewal'"
                " AND line_id = NEW.line_id AND period_from = NEW.period_from",
            ),
        ),
    ]
