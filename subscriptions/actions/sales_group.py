"""The two groups of the vendor's sales people, and what their members may do (R22)."""

from collections.abc import Sequence
from typing import Any

from django.apps import apps

SALES = "Sales"
READ_ONLY = "Sales (read only)"

_VIEW = (
    ("accounts", "account", "view_account", "Can view account"),
    ("subscriptions", "seatrequest", "view_seatrequest", "Can view seat request"),
    ("subscriptions", "changerequest", "view_changerequest", "Can view change request"),
    ("subscriptions", "serviceorder", "view_serviceorder", "Can view service order"),
    ("subscriptions", "order", "view_order", "Can view order"),
    ("subscriptions", "product", "view_product", "Can view product"),
    ("subscriptions", "plan", "view_plan", "Can view plan"),
)
# Which rows they see is filtered by the accounts they represent.
_OF_SALES = (
    *_VIEW,
    # "Change" means to act in an account one represents; nobody edits fields.
    ("accounts", "account", "change_account", "Can change account"),
    ("subscriptions", "seatrequest", "change_seatrequest", "Can change seat request"),
    ("subscriptions", "changerequest", "change_changerequest", "Can change change request"),
)
# Those see all accounts, and change none, whomever they represent.
_OF_READ_ONLY = (*_VIEW, ("accounts", "account", "view_every_account", "Can view every account"))


def ensure_sales_group(registry: Any = apps) -> Any:
    """The group "Sales" with its permissions; made if missing, unchanged if not.

    `registry` is the migration's, or the running project's. Permissions are
    made too: in a fresh database Django makes its own only after the migrations.
    """
    return _ensure(SALES, _OF_SALES, registry)


def ensure_read_only_group(registry: Any = apps) -> Any:
    """The group "Sales (read only)", as `ensure_sales_group` does the other one."""
    return _ensure(READ_ONLY, _OF_READ_ONLY, registry)


def _ensure(name: str, permissions: Sequence[tuple[str, str, str, str]], registry: Any) -> Any:
    permission = registry.get_model("auth", "Permission")
    content_type = registry.get_model("contenttypes", "ContentType")
    group, _created = registry.get_model("auth", "Group").objects.get_or_create(name=name)
    for app, model, codename, label in permissions:
        about, _created = content_type.objects.get_or_create(app_label=app, model=model)
        granted, _created = permission.objects.get_or_create(
            content_type=about, codename=codename, defaults={"name": label}
        )
        group.permissions.add(granted)
    return group
