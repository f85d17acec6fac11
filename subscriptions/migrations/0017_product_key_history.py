"""Who made, rotated or revoked a product key (D9, D19); of those made so far, who made them."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from core.append_only import append_only


NOBODY, NO_TOKEN = ("by__isnull", True), ("token__isnull", True)
SYSTEM = Q(("channel", "system"), NOBODY, ~Q(("command", "")), NO_TOKEN)
PROGRAM = Q(("channel", "api"), ~Q(NOBODY), ("command", ""), ~Q(NO_TOKEN))
PERSON = Q(
    ("channel__in", ("page", "admin", "import", "directory")), ~Q(NOBODY), ("command", ""), NO_TOKEN
)


def name_makers(apps: Any, editor: Any) -> None:
    """Who rotated or revoked one before, only the admin's own log says."""
    keys, entries = (apps.get_model("subscriptions", n) for n in ("ProductKey", "ProductKeyEntry"))
    entries.objects.bulk_create(
        entries(product_key=key, kind="made", by_id=key.made_by_id, channel="admin", at=key.made_at)
        for key in keys.objects.order_by("pk")
    )


class Migration(migrations.Migration):
    dependencies = [
        ("subscriptions", "0016_events_of_old_rows"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ProductKeyEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("made", "created"), ("rotated", "rotated"), ("revoked", "revoked"),
                        ],
                        max_length=10,
                        verbose_name="change",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("page", "Page"), ("admin", "Sales desk"), ("api", "API"),
                            ("import", "Import"), ("directory", "Directory"),
                            ("system", "System"),
                        ],
                        max_length=10,
                        verbose_name="through",
                    ),
                ),
                (
                    "command",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="What the system was doing; empty for what a person does.",
                        max_length=40,
                        verbose_name="command",
                    ),
                ),
                (
                    "token",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT,
                        related_name="+", to="accounts.apitoken", verbose_name="API token",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to=settings.AUTH_USER_MODEL, verbose_name="by",
                    ),
                ),
                (
                    "product_key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="entries",
                        to="subscriptions.productkey", verbose_name="product key",
                    ),
                ),
            ],
            options={
                "verbose_name": "change of a product key",
                "verbose_name_plural": "changes of product keys",
                "ordering": ("-pk",),
                "constraints": [
                    models.CheckConstraint(
                        condition=SYSTEM | PROGRAM | PERSON,
                        name="subscriptions_productkeyentry_names_actor",
                    )
                ],
            },
        ),
        migrations.RunPython(name_makers, migrations.RunPython.noop),
        append_only("subscriptions_productkeyentry"),
    ]  # fmt: skip
