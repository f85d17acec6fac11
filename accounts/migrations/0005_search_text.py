from django.db import migrations, models

from core.search import searchable

BATCH = 1000


def fill(apps, schema_editor):
    Membership = apps.get_model("accounts", "Membership")
    batch = []
    for member in Membership.objects.select_related("user").iterator(BATCH):
        member.search_text = searchable(member.name, member.user.email)
        batch.append(member)
        if len(batch) == BATCH:
            Membership.objects.bulk_update(batch, ["search_text"])
            batch = []
    Membership.objects.bulk_update(batch, ["search_text"])


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0004_last_visit"),
    ]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="search_text",
            field=models.TextField(default="", editable=False),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
