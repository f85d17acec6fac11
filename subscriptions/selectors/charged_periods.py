"""The proofs that every period of a line is charged once, and for its own days (D16)."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, timedelta

from django.db.models import DateField, Exists, F, OuterRef, Q, Subquery, Value, Window
from django.db.models.functions import Lag, TruncDate

from core.periods import Period
from subscriptions.models import (
    Charge,
    ChargeKind,
    FormerTerm,
    Line,
    LinePrice,
    Subscription,
    TermChange,
)
from subscriptions.models.charges import FOR_DAYS_LEFT
from subscriptions.rules.integrity import Disagreement, Fault
from subscriptions.selectors.charge_faults import WAIT, named, of_charge, of_charges

# Until when a line is paid that has no charge.
_NEVER = Value(date.min, output_field=DateField())


def period_checks() -> Iterator[Iterator[Disagreement]]:
    """Each is one statement."""
    yield _subscription_periods()
    yield _days_charged()
    yield _periods_chained()
    yield _periods_paid()
    yield _lines_added()
    yield _lines_ended()


def _subscription_periods() -> Iterator[Disagreement]:
    """The paid period is one of those counted from the day the subscription started."""
    rows = Subscription.objects.select_related("account").order_by("pk")
    for row in rows.iterator(1000):
        period = Period(row.period_start, row.period_end)
        counted = row.period_on(row.period_start)
        if counted != period:
            says = f"is paid for {_days(period)}, but its period is {_days(counted)}"
            slug = row.account.slug
            yield Disagreement(Fault.CHARGED_PERIODS, row.pk, slug, "subscription", says)


def _days_charged() -> Iterator[Disagreement]:
    """A charge is for days of a period of its subscription, from the day it was priced on."""
    former = _former_terms()
    charges = named(Charge.objects.order_by("pk")).select_related("line__pool__subscription")
    for charge in charges.iterator(1000):
        subscription = charge.line.pool.subscription
        term = _term_of(charge, former.get(subscription.pk, ())) or subscription
        # Every charge ends with a period; its last day is in it.
        period = term.period_on(charge.period_to - timedelta(days=1))
        if charge.months != term.months:
            says = f"is for {charge.months} months, but a period has {term.months}"
            yield of_charge(charge, says, Fault.CHARGED_PERIODS)
        elif not _is_of(period, charge):
            days = _days(Period(charge.period_from, charge.period_to))
            says = f"of {charge.at.date()} is for {days}, but the period is {_days(period)}"
            yield of_charge(charge, says, Fault.CHARGED_PERIODS)


def _former_terms() -> dict[int, list[FormerTerm]]:
    """How periods were counted before, by subscription; few ever change that."""
    terms: dict[int, list[FormerTerm]] = {}
    for term in FormerTerm.objects.order_by("until"):
        terms.setdefault(term.subscription_id, []).append(term)
    return terms


def _term_of(charge: Charge, former: Sequence[FormerTerm]) -> FormerTerm | None:
    """The former term in which a charge's period lay; None: the present one."""
    return next((term for term in former if charge.period_to <= term.until), None)


def _is_of(period: Period, charge: Charge) -> bool:
    if charge.of_days != period.days:
        return False
    if charge.kind == ChargeKind.CREDIT:
        return charge.period_from >= period.start
    on = charge.at.date()
    if charge.kind not in FOR_DAYS_LEFT:
        begun = charge.kind == ChargeKind.CUT_OVER or on >= period.start
        return begun and Period(charge.period_from, charge.period_to) == period
    # Who acted in the last seconds of a period may have waited for the renewal.
    in_time = on >= period.start - timedelta(days=1)
    priced_from = max(on, period.start)
    return in_time and Period(charge.period_from, charge.period_to) == Period(
        priced_from, period.end
    )


def _periods_chained() -> Iterator[Disagreement]:
    """Every line begins once, and every renewal begins where the last period ended."""
    paid_until = Window(Lag("period_to", default=_NEVER), partition_by="line_id", order_by="pk")
    charges = Charge.objects.of_periods().annotate(paid_until=paid_until)
    # With another plan from a renewal on, the line of that plan begins with one.
    follows = Q(period_from=F("paid_until")) | Q(paid_until=_NEVER, period_from=F("line__added_on"))
    broken = charges.exclude(
        Q(kind=ChargeKind.RENEWAL) & follows
        | Q(kind=ChargeKind.REOPENED, period_from__gte=F("paid_until"))
        | ~Q(kind__in=(ChargeKind.RENEWAL, ChargeKind.REOPENED)) & Q(paid_until=_NEVER)
    )
    yield from of_charges(
        broken,
        lambda charge: f"begins on {charge.period_from}, not where the last one ended",
        Fault.CHARGED_PERIODS,
    )


def _periods_paid() -> Iterator[Disagreement]:
    """A line of a pool with seats is paid to the end of the paid period, and no further."""
    charges = Charge.objects.of_periods().filter(line=OuterRef("pk")).order_by("-pk")
    lines = (
        Line.objects.standing()
        .filter(pool__seats__gt=0)
        .annotate(paid_to=Subquery(charges.values("period_to")[:1]))
    )
    # With the end of a subscription a plan took over that nobody has paid for yet.
    ended = F("pool__subscription__ended_on")
    goes_on = Q(pool__subscription__ended_on=None) | Q(added_on=None) | Q(added_on__lt=ended)
    unpaid = Q(paid_to=None) & goes_on
    wrong = lines.filter(
        unpaid | ~Q(paid_to=F("pool__subscription__period_end")) & Q(paid_to__isnull=False)
    ).select_related("pool__subscription__account", "plan__product")
    for line in wrong:
        subscription = line.pool.subscription
        says = f"is paid to {line.paid_to}, but the period ends on {subscription.period_end}"
        slug = subscription.account.slug
        yield Disagreement(Fault.CHARGED_PERIODS, line.pk, slug, str(line), says)


def _lines_added() -> Iterator[Disagreement]:
    """A line, its first price and its first charge begin on one day."""
    first = LinePrice.objects.filter(line=OuterRef("line")).order_by("pk")
    day = TruncDate("at", tzinfo=UTC)
    begun = Charge.objects.filter(kind__in=(ChargeKind.FIRST_PERIOD, ChargeKind.LINE_ADDED))
    wrong = begun.annotate(day=day, priced_from=Subquery(first.values("from_day")[:1])).exclude(
        line__added_on=F("day"), priced_from=F("day")
    )
    yield from of_charges(
        wrong, lambda charge: f"begins its line on {charge.at.date()}, which has another first day"
    )


def _lines_ended() -> Iterator[Disagreement]:
    """A line that has ended is charged for no period that begins later."""
    # A renewal on the day of the end is one too many, unless it was ended after that on the same
    # day; what was added and ended that day is not.
    since = TermChange.objects.filter(
        line=OuterRef("line"), from_day=OuterRef("line__ended_on"), at__gte=OuterRef("at") - WAIT
    )
    too_many = Q(kind=ChargeKind.RENEWAL, period_from=F("line__ended_on")) & ~Exists(since)
    late = Q(period_from__gt=F("line__ended_on")) | too_many
    wrong = Charge.objects.exclude(kind=ChargeKind.CREDIT).filter(late)
    yield from of_charges(
        wrong, lambda charge: f"begins on {charge.period_from}, after its line ended"
    )


def _days(period: Period) -> str:
    return f"{period.start} to {period.end}"
