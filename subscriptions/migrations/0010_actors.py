"""Every row of history says through what it was made (D18); old ones become what they were."""

from typing import Any

from django.db import migrations, models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from core.append_only import append_only, changeable

CHANNELS = [
    ("page", "Page"),
    ("admin", "Sales desk"),
    ("api", "API"),
    ("import", "Import"),
    ("directory", "Directory"),
    ("system", "System"),
]

# What of the system's work left which kind of row. Nobody else opened an account or gave
# its first seats by no name than the demo.
COMMANDS = {
    "renewed": "renew_subscriptions",
    "expired": "expire_invitations",
    "repaired": "check_seats",
    "opened": "load_demo",
    "assigned": "load_demo",
    "kept": "load_demo",
}


def name_actors(apps: Any, editor: Any) -> None:
    """Members acted on their account's pages, staff in the admin; else it was the system."""
    _of_changes(apps.get_model("subscriptions", "SeatChange").objects, _members(apps, "by"))
    orders = apps.get_model("subscriptions", "Order").objects
    orders.filter(~Exists(_members(apps, "placed_by"))).update(channel="admin")
    _of_entries(apps)
    _of_requests(apps)
    if editor.connection.vendor == "postgresql":
        # A row changed twice has its foreign keys checked at the end, and a table with checks
        # to come cannot be altered.
        editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        editor.execute("SET CONSTRAINTS ALL DEFERRED")


def _members(apps: Any, who: str) -> Any:
    members = apps.get_model("accounts", "Membership").objects
    return members.filter(account=OuterRef("account"), user=OuterRef(who))


def _of_changes(changes: Any, members: Any) -> None:
    changes.exclude(by=None).filter(~Exists(members)).update(channel="admin")
    changes.filter(by=None).update(channel="system", command="unknown")
    system = changes.filter(channel="system")
    for kind, command in COMMANDS.items():
        system.filter(kind=kind).update(command=command)
    # A renewal releases seats at the moment it reduces their pool; else a correction did.
    renewed = changes.filter(pool=OuterRef("pool"), at=OuterRef("at"), kind="renewed")
    released = system.filter(kind="released")
    released.filter(Exists(renewed)).update(command="renew_subscriptions")
    released.filter(~Exists(renewed)).update(command="check_seats")


def _of_entries(apps: Any) -> None:
    """What the system was doing when it changed a role, and who was invited by nobody."""
    changes = apps.get_model("subscriptions", "SeatChange").objects
    entries = apps.get_model("accounts", "AuditEntry").objects.filter(command="unknown")
    by_renewal = changes.filter(
        member=OuterRef("member"), at=OuterRef("at"), command="renew_subscriptions"
    )
    downgraded = entries.filter(kind="role_changed")
    downgraded.filter(Exists(by_renewal)).update(command="renew_subscriptions")
    downgraded.filter(~Exists(by_renewal)).update(command="check_seats")
    entries.filter(kind="invited").update(command="load_demo")


def _of_requests(apps: Any) -> None:
    """Asked for on a page; closed by members there, by staff in the admin, or by what came."""
    requests = apps.get_model("subscriptions", "SeatRequest").objects.exclude(status="open")
    members = apps.get_model("accounts", "Membership").objects.filter(
        account=OuterRef("pool__subscription__account"), user=OuterRef("decided_by")
    )
    arrived = apps.get_model("subscriptions", "SeatChange").objects.filter(
        pool=OuterRef("pool"), at=OuterRef("closed_at"), member=None
    )
    fulfilled, decided = requests.filter(status="fulfilled"), requests.exclude(status="fulfilled")
    decided.filter(Exists(members)).update(closed_through="page")
    decided.filter(~Exists(members)).update(closed_through="admin")
    through = Subquery(arrived.order_by("-pk").values("channel")[:1])
    fulfilled.update(closed_through=Coalesce(through, models.Value("system")))


def channel(verbose_name: str, **more: Any) -> models.CharField:
    return models.CharField(choices=CHANNELS, max_length=10, verbose_name=verbose_name, **more)


def command() -> models.CharField:
    return models.CharField(
        blank=True,
        default="",
        help_text="What the system was doing; empty for what a person does.",
        max_length=40,
        verbose_name="command",
    )


def names_actor(name: str, who: str) -> models.CheckConstraint:
    nobody = (f"{who}__isnull", True)
    return models.CheckConstraint(
        condition=Q(("channel", "system"), nobody, ~Q(("command", "")))
        | Q(~Q(("channel__in", ("", "system"))), ~Q(nobody), ("command", "")),
        name=name,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("subscriptions", "0009_field_terms"),
        ("accounts", "0007_actors"),
    ]

    operations = [
        changeable("subscriptions_seatchange"),
        changeable("accounts_auditentry"),
        migrations.AddField(
            "seatchange", "channel", channel("through", default="page"), preserve_default=False
        ),
        migrations.AddField("seatchange", "command", command()),
        migrations.AddField(
            "order", "channel", channel("through", default="page"), preserve_default=False
        ),
        migrations.AddField("order", "command", command()),
        migrations.AddField(
            "seatrequest",
            "requested_through",
            channel("requested through", default="page"),
            preserve_default=False,
        ),
        migrations.AddField(
            "seatrequest",
            "closed_through",
            channel("closed through", blank=True, default=""),
            preserve_default=False,
        ),
        migrations.RunPython(name_actors, migrations.RunPython.noop),
        migrations.AddConstraint(
            "seatchange", names_actor("subscriptions_seatchange_names_actor", "by")
        ),
        migrations.AddConstraint(
            "order", names_actor("subscriptions_order_names_actor", "placed_by")
        ),
        migrations.AddConstraint(
            "seatrequest",
            models.CheckConstraint(
                condition=Q(
                    ~Q(("requested_through", "")),
                    Q(
                        Q(("closed_through", ""), ("status", "open")),
                        Q(~Q(("status", "open")), ~Q(("closed_through", ""))),
                        _connector="OR",
                    ),
                ),
                name="subscriptions_seatrequest_names_channels",
            ),
        ),
        append_only("subscriptions_seatchange"),
        append_only("accounts_auditentry"),
    ]
