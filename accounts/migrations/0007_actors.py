"""Every entry says through what it was made (D18); those from before become what they were."""

from typing import Any

from django.db import migrations, models
from django.db.models import Exists, OuterRef, Q

from core.append_only import append_only, changeable

CHANNELS = [
    ("page", "Page"),
    ("admin", "Sales desk"),
    ("api", "API"),
    ("import", "Import"),
    ("directory", "Directory"),
    ("system", "System"),
]


def name_channels(apps: Any, editor: Any) -> None:
    """Members acted on their account's pages, staff in the admin; else it was the system.

    What the system was doing, `subscriptions` finds out: most of it began there.
    """
    entries = apps.get_model("accounts", "AuditEntry").objects
    members = apps.get_model("accounts", "Membership").objects.filter(
        account=OuterRef("account"), user=OuterRef("by")
    )
    entries.filter(by=None).update(channel="system", command="unknown")
    entries.exclude(by=None).filter(~Exists(members)).update(channel="admin")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_plain_words")]

    operations = [
        changeable("accounts_auditentry"),
        migrations.AddField(
            model_name="auditentry",
            name="channel",
            field=models.CharField(
                choices=CHANNELS, default="page", max_length=10, verbose_name="through"
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="auditentry",
            name="command",
            field=models.CharField(
                blank=True,
                default="",
                help_text="What the system was doing; empty for what a person does.",
                max_length=40,
                verbose_name="command",
            ),
        ),
        migrations.RunPython(name_channels, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="auditentry",
            constraint=models.CheckConstraint(
                condition=Q(("channel", "system"), ("by__isnull", True), ~Q(("command", "")))
                | Q(~Q(("channel__in", ("", "system"))), ~Q(("by__isnull", True)), ("command", "")),
                name="accounts_auditentry_names_actor",
            ),
        ),
        append_only("accounts_auditentry"),
    ]
