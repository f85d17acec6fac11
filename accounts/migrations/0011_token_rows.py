"""What programs do with an API token names the token (D19).

Where this was taken back, which token it was is lost, and its maker did it on a page.
"""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from core.append_only import append_only, changeable

NO_TOKEN = ("token__isnull", True)
OF_PEOPLE = ("page", "admin", "import", "directory")


def token(**names: Any) -> models.ForeignKey:
    return models.ForeignKey(
        "accounts.ApiToken",
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        **names,
    )


def names_actor(name: str, who: str) -> models.CheckConstraint:
    nobody = (f"{who}__isnull", True)
    system = Q(("channel", "system"), nobody, ~Q(("command", "")), NO_TOKEN)
    program = Q(("channel", "api"), ~Q(nobody), ("command", ""), ~Q(NO_TOKEN))
    person = Q(("channel__in", OF_PEOPLE), ~Q(nobody), ("command", ""), NO_TOKEN)
    return models.CheckConstraint(condition=system | program | person, name=name)


def name_makers(apps: Any, editor: Any) -> None:
    apps.get_model("accounts", "AuditEntry").objects.filter(channel="api").update(channel="page")


def forget_programs(apps: Any, editor: Any) -> None:
    """Backwards: a request that a program repeats would be carried out again."""
    apps.get_model("accounts", "IdempotencyRecord").objects.filter(member=None).delete()


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_api_tokens")]

    operations = [
        changeable("accounts_auditentry"),
        migrations.RemoveConstraint("auditentry", "accounts_auditentry_names_actor"),
        migrations.AddField("auditentry", "token", token(verbose_name="API token")),
        migrations.RunPython(name_makers, migrations.RunPython.noop),
        migrations.AddConstraint(
            "auditentry", names_actor("accounts_auditentry_names_actor", "by")
        ),
        append_only("accounts_auditentry"),
        migrations.AddField("idempotencyrecord", "token", token()),
        migrations.AlterField(
            "idempotencyrecord",
            "member",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.membership",
            ),
        ),
        migrations.RunPython(migrations.RunPython.noop, forget_programs),
        migrations.AddConstraint(
            "idempotencyrecord",
            models.UniqueConstraint(
                fields=("token", "key"), name="accounts_idempotencyrecord_token_once"
            ),
        ),
        migrations.AddConstraint(
            "idempotencyrecord",
            models.CheckConstraint(
                condition=Q(("member__isnull", True), ("token__isnull", False))
                | Q(("member__isnull", False), ("token__isnull", True)),
                name="accounts_idempotencyrecord_of_one",
            ),
        ),
    ]
