"""What a person did, they did through a channel there is; an entry cannot be replaced either."""

from django.db import migrations, models
from django.db.models import Q

from core.append_only import append_only, changeable

OF_PEOPLE = ("page", "admin", "api", "import", "directory")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_idempotency")]

    operations = [
        # Backwards this one comes last, and closes the table again.
        changeable("accounts_auditentry"),
        migrations.RemoveConstraint("auditentry", "accounts_auditentry_names_actor"),
        migrations.AddConstraint(
            "auditentry",
            models.CheckConstraint(
                condition=Q(("channel", "system"), ("by__isnull", True), ~Q(("command", "")))
                | Q(("channel__in", OF_PEOPLE), ~Q(("by__isnull", True)), ("command", "")),
                name="accounts_auditentry_names_actor",
            ),
        ),
        append_only("accounts_auditentry"),
    ]
