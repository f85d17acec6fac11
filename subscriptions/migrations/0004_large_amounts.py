from django.db import migrations, models

from core.append_only import append_only


class Migration(migrations.Migration):

    dependencies = [
        ("subscriptions", "0003_append_only"),
    ]

    operations = [
        migrations.AlterField(
            model_name="order",
            name="charged_cents",
            field=models.PositiveBigIntegerField(verbose_name="charged cents"),
        ),
        migrations.AlterField(
            model_name="seatchange",
            name="cents",
            field=models.PositiveBigIntegerField(default=0, verbose_name="charged cents"),
        ),
        append_only("subscriptions_seatchange"),
    ]
