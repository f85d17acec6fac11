"""How a charge that cannot be right is told."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from django.db.models import QuerySet

from subscriptions.models import Charge
from subscriptions.rules.integrity import Disagreement, Fault

# Who acts waits for others, so moments are in another order than rows; not for longer than this.
WAIT = timedelta(minutes=1)


def named(charges: QuerySet[Charge]) -> QuerySet[Charge]:
    """With what a disagreement calls them by."""
    return charges.select_related("account", "line__plan__product")


def of_charges(
    wrong: QuerySet[Charge], says: Callable[[Charge], str], fault: Fault = Fault.CHARGE
) -> Iterator[Disagreement]:
    for charge in named(wrong):
        yield of_charge(charge, says(charge), fault)


def of_charge(charge: Charge, says: str, fault: Fault = Fault.CHARGE) -> Disagreement:
    where = str(charge.line)
    return Disagreement(fault, charge.pk, charge.account.slug, where, f"charge {charge.pk} {says}")
