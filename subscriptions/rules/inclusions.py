"""What a suite includes, and what an account would pay for twice (D15)."""

from collections import Counter
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from subscriptions.rules.seats import LineSnapshot, PoolSnapshot


def bought_twice(pools: Sequence[PoolSnapshot], new: LineSnapshot) -> tuple[str, ...]:
    """A sentence for each line that has in it what the new one has, or the other way round."""
    lines = [line for pool in pools for line in pool.lines if line.id != new.id and not line.ends]
    return tuple(filter(None, (_overlap(line, new) for line in lines)))


def covered_twice(lines: Iterable[LineSnapshot]) -> dict[int, tuple[str, ...]]:
    """Line id → the products of this line that another line of the account covers as well."""
    covered = {line.id: (line.product, *line.includes) for line in lines}
    times = Counter(name for names in covered.values() for name in set(names))
    return {
        line_id: tuple(name for name in names if times[name] > 1)
        for line_id, names in covered.items()
    }


def _overlap(line: LineSnapshot, new: LineSnapshot) -> str:
    facts = {"line": line.name, "new": new.name, "product": new.product}
    if line.product_id == new.product_id:
        return _("%(line)s is the same product as %(new)s.") % facts
    if new.product_id in line.included_ids:
        return _("%(line)s includes %(product)s already.") % facts
    if line.product_id in new.included_ids:
        return _("%(new)s includes %(product)s, which the account has as a line of its own.") % {
            **facts, "product": line.product,
        }  # fmt: skip
    both = set(line.included_ids) & set(new.included_ids)
    names = [name for pk, name in zip(new.included_ids, new.includes, strict=True) if pk in both]
    if names:
        said = _("%(line)s and %(new)s both include %(products)s.")
        return said % {**facts, "products": ", ".join(names)}
    return ""
