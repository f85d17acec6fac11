"""A price agreed with an account (D15); the catalogue's stays the catalogue's."""

from subscriptions import errors
from subscriptions.actions.changes.draft import Draft, Now, with_line
from subscriptions.actions.preconditions import check_price
from subscriptions.models import TermKind
from subscriptions.rules.changes import AgreePrice
from subscriptions.rules.quotes import Timing


def draft_price(change: AgreePrice, now: Now) -> Draft:
    """Raises ValidationError `unknown_line`, `ending`, `bad_price`, `nothing`."""
    pool, line = now.line(change.line)
    if line.ends:
        raise errors.ENDING.error(name=line.name)
    check_price(change.unit_cents)
    if change.timing == Timing.AT_RENEWAL:
        after = with_line(pool, line, next_unit_cents=change.unit_cents, is_next_price_agreed=True)
        before, day = line.unit_cents_at_renewal, now.subscription.period_end
        is_agreed = line.is_next_price_agreed
    else:
        after = with_line(
            pool, line, unit_cents=change.unit_cents, is_price_agreed=True,
            # What the catalogue asks for another billing gives way to it; what is agreed does not.
            next_unit_cents=line.next_unit_cents if line.says_next_price else None,
        )  # fmt: skip
        before, day, is_agreed = line.unit_cents, now.on, line.is_price_agreed
    name = line.next_name or line.name if change.timing == Timing.AT_RENEWAL else line.name
    term = now.term(TermKind.PRICE, name, before, change.unit_cents, line=line.id, from_day=day)
    # What is agreed stays when billing or catalogue change, also where it is the price there is.
    is_new = before != change.unit_cents or not is_agreed
    return now.draft(after, terms=(term,) if is_new else ())
