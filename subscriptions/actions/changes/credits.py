"""What is given back for days that are paid and not used: never more than was charged."""

from django.db.models import Sum

from subscriptions.actions.changes.draft import Now
from subscriptions.models import Charge, ChargeKind
from subscriptions.rules.changes import ProposedCharge
from subscriptions.rules.proration import credited_cents
from subscriptions.rules.seats import LineSnapshot, PoolSnapshot


def credits_for(
    now: Now, pool: PoolSnapshot, line: LineSnapshot, seats: int | None = None
) -> tuple[ProposedCharge, ...]:
    """Credits for so many seats of a line, for the days left of the paid period; None: for all.

    Each gives back one charge or a part of it, at the price it was charged at, the last
    charge first.
    """
    charges = Charge.objects.filter(line=line.id, period_to=now.period.end).exclude(
        kind=ChargeKind.CREDIT
    )
    backs = charges.annotate(
        seats_back=Sum("credited_by__seats", default=0),
        cents_back=-Sum("credited_by__cents", default=0),
    )
    given, left = [], seats
    for charge in backs.order_by("-pk"):
        there = charge.seats - charge.seats_back
        number = there if left is None else min(there, left)
        if number > 0:
            back = {"seats_back": charge.seats_back, "cents_back": charge.cents_back}
            cents = credited_cents(charge, number, now.days_left, **back)
            given.append(_credit(now, pool, line, charge, number, cents))
            left = None if left is None else left - number
    return tuple(given)


def _credit(
    now: Now, pool: PoolSnapshot, line: LineSnapshot, charge: Charge, seats: int, cents: int
) -> ProposedCharge:
    return ProposedCharge(
        kind=ChargeKind.CREDIT,
        name=line.name,
        line=line.id,
        pool=pool.id,
        seats=seats,
        unit_cents=charge.unit_cents,
        days=now.days_left,
        cents=-cents,
        credits=charge.pk,
    )
