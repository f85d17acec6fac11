"""Breadcrumbs of the pages about seats (R5)."""

from django.utils.translation import gettext as _

Crumbs = list[tuple[str, str | None]]


def crumbs_to_billing(*more: tuple[str, str | None]) -> Crumbs:
    """Breadcrumbs to a page below Billing."""
    return [(_("Account"), None), (_("Billing"), None), *more]
