from django.db import migrations

from subscriptions.actions.sales_group import ensure_sales_group


def forwards(apps, schema_editor):
    ensure_sales_group(apps)


class Migration(migrations.Migration):

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("subscriptions", "0001_initial"),
    ]

    # The group keeps its members when the migration is undone.
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
