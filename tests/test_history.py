"""D9: history is appended, and the database itself refuses anything else."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import IntegrityError, connection, models, transaction

from accounts.models import AuditEntry, Membership, User
from subscriptions.actions import renew
from subscriptions.models import (
    Charge,
    ChargeKind,
    LinePrice,
    SeatChange,
    SeatPool,
    TermChange,
)
from subscriptions.rules.changes import AgreePrice
from tests import moves
from tests.history import empty_tables

HISTORIES: list[type[models.Model]] = [AuditEntry, SeatChange, Charge, LinePrice, TermChange]


def rows(history: type[models.Model]) -> models.QuerySet[models.Model]:
    return history._default_manager.all()


@pytest.fixture(params=HISTORIES, ids=lambda model: model.__name__)
def history(
    request: pytest.FixtureRequest, acme_agent: Membership, suite_pool: SeatPool, root: User
) -> type[models.Model]:
    """A table of history with entries about acme in it."""
    price = AgreePrice(suite_pool.lines.all()[0].pk, 9900)
    moves.change(acme_agent.account.subscription, price, root)
    model: type[models.Model] = request.param
    assert rows(model).exists()
    return model


WAYS: dict[str, Callable[[type[models.Model]], object]] = {
    "update": lambda history: rows(history).update(command="x"),
    "delete": lambda history: rows(history).delete(),
    "delete without looking": lambda history: rows(history)._raw_delete("default"),
    "bulk update": lambda history: history._default_manager.bulk_update(rows(history), ["at"]),
    "save again": lambda history: rows(history).latest("pk").save(),
    "delete one": lambda history: rows(history).latest("pk").delete(),
}


@pytest.mark.parametrize("way", WAYS)
def test_history_cannot_be_changed_through_the_orm(history: type[models.Model], way: str) -> None:
    before = list(rows(history).values())
    # What other rows refer to is refused before the database is asked.
    refusal = "never changed or deleted|protected foreign keys"
    with pytest.raises(IntegrityError, match=refusal), transaction.atomic():
        WAYS[way](history)
    assert list(rows(history).values()) == before


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE {table} SET channel = 'other'",
        "UPDATE {table} SET at = at WHERE id IN (SELECT max(id) FROM {table})",
        "DELETE FROM {table}",
        "DELETE FROM {table} WHERE id IN (SELECT max(id) FROM {table})",
    ],
)
def test_history_cannot_be_changed_in_plain_sql(history: type[models.Model], sql: str) -> None:
    before = list(rows(history).values())
    with (
        pytest.raises(IntegrityError, match="never changed or deleted"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql.format(table=history._meta.db_table))
    assert list(rows(history).values()) == before


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite has REPLACE")
def test_history_cannot_be_replaced(history: type[models.Model]) -> None:
    """A row with the id of one that is there would take its place, as if by a deletion."""
    row = rows(history).values().latest("pk")
    columns, table = ", ".join(row), history._meta.db_table
    with (
        pytest.raises(IntegrityError, match="never changed or deleted"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"REPLACE INTO {table} ({columns}) SELECT {columns} FROM {table}")
    assert rows(history).values().latest("pk") == row


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite has REPLACE")
@pytest.mark.parametrize("kind", [ChargeKind.PURCHASE, ChargeKind.RENEWAL])
def test_a_charge_cannot_be_replaced_by_another_of_its_order_or_period(
    acme_owner: Membership, sell_pool: SeatPool, kind: ChargeKind
) -> None:
    """What a unique constraint allows once, a row with a new id would replace too."""
    moves.buy({sell_pool: 1}, by=acme_owner)
    renew(subscription=sell_pool.subscription, at=datetime(2026, 12, 2, tzinfo=UTC))
    before = list(Charge.objects.values())
    columns = ", ".join(column for column in before[0] if column != "id")
    with (
        pytest.raises(IntegrityError, match="never changed or deleted"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            f"REPLACE INTO subscriptions_charge ({columns})"
            f" SELECT {columns} FROM subscriptions_charge WHERE kind = %s",
            [kind],
        )
    assert list(Charge.objects.values()) == before


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has no TRUNCATE")
@pytest.mark.parametrize("table", ["{table}", "accounts_account"])
def test_history_cannot_be_truncated(history: type[models.Model], table: str) -> None:
    """Neither by name nor in the wake of a table it points to."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with (
        pytest.raises(IntegrityError, match="never changed or deleted"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"TRUNCATE {table} CASCADE".format(table=history._meta.db_table))
    assert rows(history).exists()


@pytest.mark.django_db(transaction=True)
def test_what_empties_the_tables_between_tests_leaves_the_guard_in_place(
    acme_agent: Membership,
) -> None:
    empty_tables()
    filled = {model._meta.db_table for model in apps.get_models() if rows(model).exists()}
    assert filled == {"django_content_type", "auth_permission", "auth_group"}
    assert Group.objects.get(name="Sales").permissions.exists()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_trigger WHERE tgname LIKE '%_append_only' AND tgenabled = 'O'"
            if connection.vendor == "postgresql"
            else "SELECT count(*) FROM sqlite_master WHERE name LIKE '%_append_only_%'"
        )
        assert cursor.fetchone()[0] == (6 if connection.vendor == "postgresql" else 18)


@pytest.mark.django_db(transaction=True)
def test_the_guard_can_be_taken_down_and_put_up_again(suite_pool: SeatPool) -> None:
    call_command("migrate", "subscriptions", "0002", verbosity=0)
    assert rows(SeatChange).update(cents=1)
    call_command("migrate", "subscriptions", verbosity=0)
    with pytest.raises(IntegrityError):
        rows(SeatChange).update(cents=2)
