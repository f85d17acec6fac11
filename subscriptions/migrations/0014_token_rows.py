"""What programs do with an API token names the token (D19).

Where this was taken back, which token it was is lost, and its maker did it on a page.
"""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from core.append_only import append_only, changeable

NO_TOKEN = ("token__isnull", True)
# Each history, and who of it is named beside the token.
HISTORIES = {"charge": "by", "lineprice": "by", "order": "placed_by", "seatchange": "by"}
PROTECTED = ("subscriptions_charge", "subscriptions_lineprice", "subscriptions_seatchange")


def token(verbose_name: str) -> models.ForeignKey:
    return models.ForeignKey(
        "accounts.ApiToken",
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        verbose_name=verbose_name,
    )


def names_actor(name: str, who: str) -> models.CheckConstraint:
    nobody = (f"{who}__isnull", True)
    system = Q(("channel", "system"), nobody, ~Q(("command", "")), NO_TOKEN)
    program = Q(("channel", "api"), ~Q(nobody), ("command", ""), ~Q(NO_TOKEN))
    person = Q(
        ~Q(("channel__in", ("", "system", "api"))), ~Q(nobody), ("command", ""), NO_TOKEN
    )
    return models.CheckConstraint(condition=system | program | person, name=name)


def name_makers(apps: Any, editor: Any) -> None:
    for model in HISTORIES:
        apps.get_model("subscriptions", model).objects.filter(channel="api").update(channel="page")
    requests = apps.get_model("subscriptions", "SeatRequest").objects
    for through in ("requested_through", "closed_through"):
        requests.filter(**{through: "api"}).update(**{through: "page"})


def with_token_if_api(what: str) -> Q:
    through, no_token = Q((f"{what}_through", "api")), Q((f"{what}_token__isnull", True))
    return through & ~no_token | ~through & no_token


def of_history(model: str, who: str) -> list[migrations.operations.base.Operation]:
    name = f"subscriptions_{model}_names_actor"
    return [
        migrations.RemoveConstraint(model, name),
        migrations.AddField(model, "token", token("API token")),
        migrations.AddConstraint(model, names_actor(name, who)),
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_token_rows"),
        ("subscriptions", "0013_product_keys"),
    ]

    operations = [
        *(changeable(table) for table in PROTECTED),
        migrations.RunPython(name_makers, migrations.RunPython.noop),
        *(each for model, who in HISTORIES.items() for each in of_history(model, who)),
        migrations.AddField("seatrequest", "requested_token", token("requested with")),
        migrations.AddField("seatrequest", "closed_token", token("closed with")),
        migrations.AddConstraint(
            "seatrequest",
            models.CheckConstraint(
                condition=with_token_if_api("requested") & with_token_if_api("closed"),
                name="subscriptions_seatrequest_names_tokens",
            ),
        ),
        *(append_only(table) for table in PROTECTED),
    ]
