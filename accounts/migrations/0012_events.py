import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0011_token_rows")]

    operations = [
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(
                    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                )),
                ("type", models.CharField(max_length=40, verbose_name="type")),
                ("object", models.CharField(max_length=20)),
                ("object_id", models.PositiveBigIntegerField()),
                ("at", models.DateTimeField(verbose_name="when")),
                ("source", models.CharField(max_length=100)),
                ("position", models.PositiveBigIntegerField(null=True)),
                ("account", models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="events",
                    to="accounts.account",
                    verbose_name="account",
                )),
            ],
            options={
                "verbose_name": "event",
                "verbose_name_plural": "events",
                "ordering": ("pk",),
                "indexes": [
                    models.Index(
                        condition=models.Q(("position__isnull", False)),
                        fields=["account", "position"],
                        name="accounts_event_feed",
                    ),
                    models.Index(
                        condition=models.Q(("position__isnull", True)),
                        fields=["id"],
                        name="accounts_event_unnumbered",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("position__isnull", False)),
                        fields=("position",),
                        name="accounts_event_one_per_position",
                    )
                ],
            },
        ),
    ]  # fmt: skip
