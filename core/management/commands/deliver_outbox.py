import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from core import outbox, purges
from core.worker import Worker


class Command(BaseCommand):
    help = (
        "Deliver what goes out: mails, and what becomes mails. Runs until it is told to stop; "
        "any number may run at once."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="Deliver what is due now, and end.")

    def handle(self, *args: Any, once: bool = False, **options: Any) -> None:
        if once:
            outbox.deliver_due()
            purges.purge(at=timezone.now())
            return
        worker = Worker()
        for asked in (signal.SIGTERM, signal.SIGINT):
            # What is being delivered is finished first.
            signal.signal(asked, worker.ask_to_stop)
        worker.start()
        worker.wait()
