from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import User
from seatadmin.demo.loading import load
from seatadmin.demo.people import PASSWORD, ROOT, people
from subscriptions.models import Product


class Command(BaseCommand):
    help = "Fills an empty database with the demo: catalogue, six accounts, everyone's seats."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("The demo has a known password: it is loaded only with DEBUG=1.")
        if User.objects.filter(email=ROOT[0]).exists():
            self.stdout.write("The demo is loaded already; nothing was changed.")
        elif User.objects.exists() or Product.objects.exists():
            raise CommandError("This database holds other data: the demo needs an empty one.")
        else:
            load(timezone.now().date())
            self.stdout.write("The demo is loaded.")
        self._say_who()

    def _say_who(self) -> None:
        self.stdout.write(f"\nSign in at {settings.BASE_URL}/ ; every password is: {PASSWORD}")
        for group in people():
            emails = [person["email"] for person in group["people"]]
            self.stdout.write(f"  {group['title']}")
            self.stdout.write(f"    {', '.join(emails)}")
        if settings.EMAIL_BACKEND == "seatadmin.mail.FileBackend":
            self.stdout.write(f"Mails are files in {settings.EMAIL_FILE_PATH}\n")
