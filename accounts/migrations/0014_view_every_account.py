from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0013_webhooks")]

    operations = [
        migrations.AlterModelOptions(
            name="account",
            options={
                "ordering": ("name",),
                "permissions": (("view_every_account", "Can view every account"),),
                "verbose_name": "account",
                "verbose_name_plural": "accounts",
            },
        ),
    ]
