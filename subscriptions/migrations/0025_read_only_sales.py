"""The group "Sales" may change the accounts its members represent; a second one only looks."""

from typing import Any

from django.db import migrations

from subscriptions.actions.sales_group import ensure_read_only_group, ensure_sales_group


def forwards(apps: Any, schema_editor: Any) -> None:
    ensure_sales_group(apps)
    ensure_read_only_group(apps)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0014_view_every_account"),
        ("subscriptions", "0020_changes_by_the_vendor"),
    ]

    # The groups keep their members when the migration is undone.
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
