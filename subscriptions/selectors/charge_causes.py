"""The proofs of why a charge was made: who bought what when, for which seats (D16)."""

from collections.abc import Iterator

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from accounts.actors import Actor
from subscriptions.models import Charge, ChargeKind, SeatChange, SeatChangeKind
from subscriptions.models.charges import OF_SEATS_THERE
from subscriptions.rules.integrity import Disagreement, Fault
from subscriptions.selectors.charge_faults import WAIT, of_charges

# The migration that began the ledger.
_BEGINNING = Actor.system("migrate")


def cause_checks() -> Iterator[Iterator[Disagreement]]:
    """Each is one statement."""
    yield _purchases()
    yield _openings()
    yield _order_moments()
    yield _seats_added()
    yield _seats_there()
    yield _cut_overs()


def _purchases() -> Iterator[Disagreement]:
    """What is bought is bought in an order: by one person, at one moment."""
    same_token = Q(seat_change__token=F("token")) | Q(seat_change__token=None, token=None)
    strayed = Charge.objects.filter(kind=ChargeKind.PURCHASE).exclude(
        same_token,
        seat_change__kind=SeatChangeKind.BOUGHT,
        seat_change__order=F("order"),
        seat_change__at=F("at"),
        seat_change__by=F("by"),
        seat_change__channel=F("channel"),
        order__placed_at=F("at"),
    )
    yield from of_charges(
        strayed, lambda charge: "and its order do not say the same of who and when"
    )


def _openings() -> Iterator[Disagreement]:
    """A first period is charged to a pool that is opened, at the same moment, by the same."""
    strayed = Charge.objects.filter(kind=ChargeKind.FIRST_PERIOD).exclude(
        seat_change__kind=SeatChangeKind.OPENED,
        seat_change__pool=F("line__pool"),
        seat_change__at=F("at"),
        seat_change__channel=F("channel"),
        seat_change__command=F("command"),
    )
    yield from of_charges(
        strayed, lambda charge: "and the opening of its pool do not say the same of who and when"
    )


def _order_moments() -> Iterator[Disagreement]:
    """What an order did to a pool, it did in its account and when it was placed."""
    changes = SeatChange.objects.exclude(order=None)
    strayed = changes.exclude(at=F("order__placed_at"), account=F("order__account"))
    for change in strayed.select_related("account", "pool"):
        says = f"row {change.pk} and order {change.order_id} do not say the same of when and whose"
        yield Disagreement(Fault.CHARGE, change.pk, change.account.slug, change.pool.name, says)


def _seats_added() -> Iterator[Disagreement]:
    """What is bought or opened is charged for the seats that it added."""
    added = Charge.objects.exclude(Q(seat_change=None) | Q(kind=ChargeKind.CREDIT)).exclude(
        seats=F("seat_change__seats_after") - F("seat_change__seats_before")
    )
    yield from of_charges(added, _never)


def _seats_there() -> Iterator[Disagreement]:
    """A renewal, and a line that joins a pool, are charged for the seats of that moment.

    A renewal that reduced the pool, for what it reduced it to.
    """
    changes = SeatChange.objects.filter(pool=OuterRef("line__pool"))
    reduced = changes.filter(at=OuterRef("at"), kind=SeatChangeKind.RENEWED)
    last = changes.filter(at__lte=OuterRef("at"))
    meanwhile = changes.filter(
        Q(seats_before=OuterRef("seats")) | Q(seats_after=OuterRef("seats")),
        at__range=(OuterRef("at") - WAIT, OuterRef("at") + WAIT),
    )
    charges = Charge.objects.filter(kind__in=OF_SEATS_THERE).annotate(
        reduced=Case(When(kind=ChargeKind.RENEWAL, then=_seats_after(reduced))),
        there=Coalesce(_seats_after(last), 0),
    )
    wrong = charges.exclude(seats=Coalesce("reduced", "there"))
    yield from of_charges(wrong.exclude(Q(reduced=None) & Exists(meanwhile)), _never)


def _seats_after(changes: QuerySet[SeatChange]) -> Subquery:
    return Subquery(changes.order_by("-pk").values("seats_after")[:1])


def _never(charge: Charge) -> str:
    return f"is for {charge.seats} seats, which the ledger never says of then"


def _cut_overs() -> Iterator[Disagreement]:
    """Nothing was charged in an account before its cut-over, which one migration made at once."""
    of_account = Charge.objects.filter(account=OuterRef("account"))
    another = of_account.filter(kind=ChargeKind.CUT_OVER).exclude(at=OuterRef("at"))
    earlier = of_account.filter(pk__lt=OuterRef("pk")).exclude(kind=ChargeKind.CUT_OVER)
    wrong = Charge.objects.filter(kind=ChargeKind.CUT_OVER).filter(
        ~Q(**_BEGINNING.through) | Exists(another) | Exists(earlier)
    )
    yield from of_charges(wrong, lambda charge: "is a cut-over that no migration made")
