from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import User
from seatadmin.demo.loading import load
from seatadmin.demo.people import PASSWORD, ROOT
from subscriptions.models import Product


class Command(BaseCommand):
    help = "Fills an empty database with the demo: catalogue, six accounts, everyone's seats."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("The demo has a known password: it is loaded only with DEBUG=1.")
        if User.objects.filter(email=ROOT[0]).exists():
            self.stdout.write("The demo is loaded already; nothing was changed.")
            return
        if User.objects.exists() or Product.objects.exists():
            raise CommandError("This database holds other data: the demo needs an empty one.")
        load(timezone.now().date())
        self.stdout.write(f"The demo is loaded. Every password is: {PASSWORD}")
