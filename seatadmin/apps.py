from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.core import checks

from seatadmin.checks import (
    check_cache,
    check_deliveries,
    check_outbox,
    check_proxies,
    check_sqlite,
)


class SeatadminConfig(AppConfig):
    name = "seatadmin"

    def ready(self) -> None:
        checks.register(check_sqlite, checks.Tags.compatibility)
        checks.register(check_outbox, checks.Tags.compatibility)
        checks.register(check_deliveries, checks.Tags.security, deploy=True)
        checks.register(check_proxies, checks.Tags.security, deploy=True)
        checks.register(check_cache, checks.Tags.security, deploy=True)


class DeskConfig(admin_apps.AdminConfig):
    """Django admin, with the sales desk as its site."""

    # Not what "seatadmin" in the settings means.
    default = False
    default_site = "seatadmin.desk.site.SalesDesk"
