"""What can disagree between the stored rows."""

from dataclasses import dataclass
from enum import Enum


class Fault(Enum):
    """The kinds of fault; each has its own repair."""

    COUNT = "count"
    LEDGER_END = "ledger_end"
    LEDGER_CHAIN = "ledger_chain"
    AGENT_WITHOUT_SEAT = "agent_without_seat"
    SEAT_WITHOUT_TEAM = "seat_without_team"
    FULFILLED_REQUEST = "fulfilled_request"
    REQUEST_PARTS = "request_parts"
    ORDER_SUM = "order_sum"
    CHARGE = "charge"
    CHARGED_PERIODS = "charged_periods"
    POOL_WITHOUT_LINE = "pool_without_line"
    LINE_PRICE = "line_price"
    EVENT = "event"


@dataclass(frozen=True)
class Disagreement:
    """One inconsistency; `pk` is that of the pool, member, request, order or row of history."""

    fault: Fault
    pk: int
    account: str
    where: str
    says: str

    def __str__(self) -> str:
        return f"{self.account} · {self.where}: {self.says}"
