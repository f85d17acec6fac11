from django.db import migrations

from subscriptions.actions.sales_group import ensure_sales_group


def forwards(apps, schema_editor):
    ensure_sales_group(apps)


class Migration(migrations.Migration):

    dependencies = [("subscriptions", "0030_change_requests")]

    # The group keeps what it may do when the migration is undone.
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
