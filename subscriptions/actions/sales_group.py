"""The group of the vendor's sales representatives, and what its members may do (R22)."""

from typing import Any

from django.apps import apps

SALES = "Sales"
# Which rows they see is filtered by the accounts they represent.
_PERMISSIONS = (
    ("view_seatrequest", "seatrequest", "Can view seat request"),
    # "Change" means deciding a request; nobody edits its fields.
    ("change_seatrequest", "seatrequest", "Can change seat request"),
    ("view_serviceorder", "serviceorder", "Can view service order"),
)


def ensure_sales_group(registry: Any = apps) -> Any:
    """The group "Sales" with its permissions; made if missing, unchanged if not.

    `registry` is the migration's, or the running project's. Permissions are
    made too: in a fresh database Django makes its own only after the migrations.
    """
    permission = registry.get_model("auth", "Permission")
    content_type = registry.get_model("contenttypes", "ContentType")
    group, _created = registry.get_model("auth", "Group").objects.get_or_create(name=SALES)
    for codename, model, name in _PERMISSIONS:
        about, _created = content_type.objects.get_or_create(app_label="subscriptions", model=model)
        granted, _created = permission.objects.get_or_create(
            content_type=about, codename=codename, defaults={"name": name}
        )
        group.permissions.add(granted)
    return group
