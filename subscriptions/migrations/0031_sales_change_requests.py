"""Who decides on seat requests decides on change requests; who looks at them looks at both."""

from typing import Any

from django.db import migrations

from subscriptions.actions.sales_group import ensure_read_only_group, ensure_sales_group


def forwards(apps: Any, schema_editor: Any) -> None:
    ensure_sales_group(apps)
    ensure_read_only_group(apps)


class Migration(migrations.Migration):
    dependencies = [("subscriptions", "0030_change_requests")]

    # The groups keep what they may do when the migration is undone.
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
