from django.db import migrations

from core.append_only import append_only


class Migration(migrations.Migration):

    dependencies = [
        ("subscriptions", "0002_sales_group"),
    ]

    operations = [append_only("subscriptions_seatchange")]
