from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from subscriptions.actions import repair
from subscriptions.rules.integrity import Disagreement
from subscriptions.selectors.integrity import disagreements


class Command(BaseCommand):
    help = (
        "Recounts every pool against who holds its seats and against the ledger. "
        "Prints what disagrees and exits with 1; changes nothing unless told to repair."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--repair",
            action="store_true",
            help="Repair what disagrees, by who holds a seat, and leave history of it.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        found = disagreements(at)
        for disagreement in found:
            self.stdout.write(str(disagreement))
        if found and options["repair"]:
            for disagreement in found:
                self._repair(disagreement, at)
            found = disagreements(at)
            for disagreement in found:
                self.stdout.write(f"Still: {disagreement}")
        if found:
            raise CommandError(f"{len(found)} disagreements.")
        self.stdout.write("Every seat is accounted for.")

    def _repair(self, disagreement: Disagreement, at: datetime) -> None:
        try:
            repair(disagreement=disagreement, at=at)
        except ValidationError as refusal:
            self.stdout.write(f"Not repaired: {disagreement}. {refusal.messages[0]}")
