"""D18: every row of history names who acted and through what."""

import ast
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.contrib.admin import site
from django.core.management import call_command
from django.db import IntegrityError, connection, models, transaction
from django.utils.translation import override

from accounts.actions import accept_invitation, rename, resend_invitation, suspend
from accounts.actors import Actor, actor_of
from accounts.models import Account, AuditEntry, Membership, User
from accounts.permissions import Permission, Role
from subscriptions.models import Order, SeatAssignment, SeatChange, SeatPool, Subscription
from subscriptions.rules.changes import AgreePrice
from subscriptions.rules.commands import SystemCommand, command_label
from team.selectors.history import history_of
from tests import cast, keys, moves
from tests.actors import ROWS, through
from tests.conftest import ClientFor

LISTED = [model for model in ROWS if site.is_registered(model)]
PRODUCT = ("accounts", "core", "events", "seatadmin", "subscriptions", "team")
DUE = cast.NOW + timedelta(days=10)


def newest(model: type[models.Model]) -> tuple[str, str]:
    return through(model._default_manager.latest("pk"))


# Actors


def test_a_member_acts_on_a_page_and_a_user_in_the_admin(acme_owner: Membership, rep: User) -> None:
    assert actor_of(acme_owner) == Actor.on_page(acme_owner)
    assert actor_of(rep) == Actor.in_admin(rep)
    program = Actor.through_token(keys.token(acme_owner)[0])
    assert actor_of(program) is program
    assert (program.user, program.account) == (acme_owner.user, acme_owner.account)


def test_only_a_member_has_an_account_and_a_role(acme_owner: Membership, rep: User) -> None:
    assert Actor.on_page(acme_owner).may(Permission.CHANGE_SUBSCRIPTION)
    for other in (Actor.in_admin(rep), Actor.system("renew_subscriptions")):
        assert not any(other.may(permission) for permission in Permission)
        with pytest.raises(ValueError, match="only a member"):
            _ = other.account


def test_the_system_is_nobody() -> None:
    system = Actor.system("renew_subscriptions")
    assert (system.user, system.user_id, system.member) == (None, None, None)
    with pytest.raises(ValueError, match="nobody"):
        _ = system.person


# No row without


def test_every_history_that_cannot_be_changed_says_through_what(db: None) -> None:
    """A new ledger cannot do without: what it lacks cannot be added to old rows."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT event_object_table FROM information_schema.triggers"
            " WHERE trigger_name LIKE '%_append_only'"
            if connection.vendor == "postgresql"
            else "SELECT DISTINCT tbl_name FROM sqlite_master WHERE name LIKE '%_append_only_%'"
        )
        histories = {table for (table,) in cursor.fetchall()}
    assert {"accounts_auditentry", "subscriptions_seatchange"} <= histories
    assert histories <= {model._meta.db_table for model in ROWS}


@pytest.mark.parametrize("model", ROWS, ids=lambda model: model.__name__)
def test_the_database_refuses_a_row_without_an_actor(
    model: type[models.Model], acme_owner: Membership, suite_pool: SeatPool, root: User
) -> None:
    moves.buy({suite_pool: 1}, by=acme_owner)
    price = AgreePrice(suite_pool.lines.all()[0].pk, 9900)
    moves.change(acme_owner.account.subscription, price, root)
    keys.product_key(suite_pool.lines.all()[0].plan.product)
    # Not the last: of a purchase there is one charge for each line, whoever made it.
    row = model._default_manager.earliest("pk")
    who = "placed_by" if hasattr(row, "placed_by") else "by"
    refusal = r"names_actor|NOT NULL|not-null"
    person, token = acme_owner.user, keys.token(acme_owner)[0]
    wrong = [
        ("", person, "", None),
        ("", None, "", None),
        ("telephone", person, "", None),
        ("page", person, "renew_subscriptions", None),
        ("page", None, "", None),
        ("page", person, "", token),
        ("system", person, "renew_subscriptions", None),
        ("system", None, "", None),
        ("system", None, "renew_subscriptions", token),
        ("api", person, "", None),
        ("api", None, "", token),
        ("api", person, "renew_subscriptions", token),
    ]
    for channel, user, command, program in wrong:
        row.pk, row._state.adding = None, True
        row.channel, row.command = channel, command  # type: ignore[attr-defined]
        row.token = program  # type: ignore[attr-defined]
        setattr(row, who, user)
        with pytest.raises(IntegrityError, match=refusal), transaction.atomic():
            row.save()


def test_no_action_of_the_product_is_done_by_nobody() -> None:
    """Each command says its own name."""
    for app in PRODUCT:
        for path in (Path(settings.BASE_DIR) / app).rglob("*.py"):
            if path.parent.name == "migrations":
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.keyword) and node.arg == "by":
                    nobody = isinstance(node.value, ast.Constant) and node.value.value is None
                    assert not nobody, f"{path}:{node.value.lineno}"


# What says what


def test_a_member_on_a_page(
    client_for: ClientFor, acme_owner: Membership, acme_agent: Membership
) -> None:
    client_for(acme_owner).post(f"/a/acme/team/{acme_agent.pk}/suspend/")
    assert newest(AuditEntry) == ("page", "")


def test_whoever_accepts_an_invitation_does_it_on_a_page(acme: Account) -> None:
    member = cast.member(acme, "new", Role.ADMIN, at=cast.NOW, active=False)
    accept_invitation(membership=member, at=cast.NOW)
    entry = AuditEntry.objects.latest("pk")
    assert (entry.by, *through(entry)) == (member.user, "page", "")


def test_staff_in_the_admin(
    client_for: ClientFor, root: User, acme: Account, acme_owner: Membership
) -> None:
    invited = cast.member(acme, "new", Role.ADMIN, at=cast.NOW, active=False)
    client_for(root).post(f"/admin/accounts/membership/{invited.pk}/resend/")
    entry = AuditEntry.objects.latest("pk")
    assert (entry.by, *through(entry)) == (root, "admin", "")


def test_a_request_says_through_what_it_was_asked_and_decided(
    initech_pool: SeatPool, initech_admin: Membership, rep: User
) -> None:
    asked = moves.ask(initech_pool, 2, by=initech_admin)
    assert (asked.requested_through, asked.closed_through) == ("page", "")
    decided = moves.approve(asked, by=rep)
    assert decided.closed_through == "admin"
    assert newest(Order) == ("admin", "")


def test_a_request_fulfilled_another_way_says_which(
    suite_pool: SeatPool, acme_admin: Membership, acme_owner: Membership
) -> None:
    asked = moves.ask(suite_pool, 1, by=acme_admin)
    moves.buy({suite_pool: 1}, by=acme_owner)
    asked.refresh_from_db()
    assert (asked.status, asked.closed_through, asked.decided_by) == ("fulfilled", "page", None)


def test_the_daily_renewal(suite_pool: SeatPool, acme_owner: Membership) -> None:
    _lose_two(suite_pool, acme_owner)
    with time_machine.travel(DUE):
        call_command("renew_subscriptions", verbosity=0)
    _all_by("renew_subscriptions")


def test_a_renewal_on_sight(
    client_for: ClientFor, suite_pool: SeatPool, acme_owner: Membership
) -> None:
    """The page only found that it was late: it is not done by whoever opened it."""
    _lose_two(suite_pool, acme_owner)
    with time_machine.travel(DUE):
        client_for(acme_owner).get("/a/acme/team/")
    _all_by("renew_on_sight")


def test_a_strangers_request_renews_nothing(
    client_for: ClientFor, suite_pool: SeatPool, stranger: Membership
) -> None:
    """D8: not even that is left of a page that is not there for them."""
    with time_machine.travel(DUE):
        client = client_for(stranger)
        for answer in (client.get("/a/acme/"), client.head("/a/acme/team/")):
            assert answer.status_code == 404
    assert Subscription.objects.get(account__slug="acme").period_end < DUE.date()


def _lose_two(pool: SeatPool, owner: Membership) -> None:
    cast.fill(pool, 3)
    moves.set_numbers({pool: 1}, by=owner)


def _all_by(command: str) -> None:
    """The seats, the roles and the pool of a renewal."""
    for rows, kinds in (
        (SeatChange.objects.filter(at__gte=DUE), {"released", "renewed"}),
        (AuditEntry.objects.filter(at__gte=DUE), {"role_changed"}),
    ):
        assert {row.kind for row in rows} == kinds
        assert {(row.by, *through(row)) for row in rows} == {(None, "system", command)}


def test_an_expired_invitation(acme: Account, suite_pool: SeatPool) -> None:
    cast.member(acme, "late", Role.AGENT, suite_pool, at=cast.NOW, active=False)
    with time_machine.travel(cast.NOW + timedelta(days=15)):
        call_command("expire_invitations", verbosity=0)
    assert newest(SeatChange) == ("system", "expire_invitations")


def test_a_correction(suite_pool: SeatPool, acme_agent: Membership) -> None:
    SeatAssignment.objects.all().delete()
    call_command("check_seats", "--repair", verbosity=0)
    assert newest(SeatChange) == ("system", "check_seats")
    entry = AuditEntry.objects.latest("pk")
    assert (entry.member, *through(entry)) == (acme_agent, "system", "check_seats")


# What people read


def test_history_says_through_what_where_it_was_not_a_page(
    acme: Account, acme_owner: Membership, rep: User, suite_pool: SeatPool
) -> None:
    member = cast.member(acme, "ina", Role.AGENT, suite_pool, at=cast.NOW, active=False)
    resend_invitation(membership=member, by=rep, at=cast.NOW + timedelta(hours=1))
    accept_invitation(membership=Membership.objects.get(pk=member.pk), at=cast.NOW)
    program = Actor.through_token(keys.token(acme_owner)[0])
    rename(membership=member, name="Ina", by=program, at=cast.NOW + timedelta(hours=2))
    moves.set_numbers({suite_pool: 1}, by=acme_owner, at=cast.NOW)
    said = {event.what: event.by for event in history_of(member)}
    assert said["Invited"] == str(acme_owner.user)
    assert said["Invitation resent"] == f"{rep} (Sales desk)"
    assert said["Renamed"] == f"{acme_owner.user} (API token “HR sync”)"
    with override("de"):
        renamed = next(event for event in history_of(member) if "API" in event.by)
    assert renamed.by == f"{acme_owner.user} (API-Token „HR sync“)"


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (SystemCommand.RENEW, "the system: renewal"),
        (SystemCommand.RENEW_ON_SIGHT, "the system: renewal"),
        (SystemCommand.EXPIRE, "the system: expired invitations"),
        (SystemCommand.CHECK, "the system: correction"),
        ("load_demo", "the system"),
    ],
)
def test_history_says_what_the_system_was_doing(
    acme_agent: Membership, command: str, says: str
) -> None:
    suspend(membership=acme_agent, by=Actor.system(command), at=cast.NOW)
    assert history_of(acme_agent)[0].by == says


def test_each_command_has_a_label() -> None:
    assert all(command_label(command) for command in SystemCommand)


@pytest.mark.parametrize("model", LISTED, ids=lambda model: model.__name__)
def test_the_admin_lists_and_filters_by_channel(
    client_for: ClientFor,
    root: User,
    acme_owner: Membership,
    suite_pool: SeatPool,
    model: type[models.Model],
) -> None:
    moves.buy({suite_pool: 1}, by=acme_owner)
    name = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    channel, _command = newest(model)
    shown = client_for(root).get(f"{name}?channel__exact={channel}").context["cl"].result_list
    assert {row.channel for row in shown} == {channel}
    assert not client_for(root).get(f"{name}?channel__exact=import").context["cl"].result_list
