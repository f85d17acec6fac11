"""The statements with which a seat is given, without Django, and the naive ones."""

from typing import Any

AT = "2026-11-23 12:00:00+00"

TAKE = """
UPDATE subscriptions_seatpool SET assigned = assigned + 1
WHERE id = %(pool)s AND assigned < seats
AND subscription_id IN (SELECT id FROM subscriptions_subscription WHERE account_id = %(account)s)
RETURNING id, subscription_id, name, seats, seats_at_renewal, assigned
"""
MEMBER = "SELECT role, status FROM accounts_membership WHERE id = %(member)s FOR NO KEY UPDATE"
ASSIGN = """
INSERT INTO subscriptions_seatassignment
(pool_id, membership_id, assigned_at, assigned_by_id, source, release_at_renewal,
 loss_announced)
VALUES (%(pool)s, %(member)s, %(at)s, NULL, 'given', false, false)
ON CONFLICT (pool_id, membership_id) DO NOTHING RETURNING id
"""
RECORD = """
INSERT INTO subscriptions_seatchange
(channel, command, account_id, pool_id, at, by_id, kind, seats_before, seats_after,
 at_renewal_before, at_renewal_after, assigned_before, assigned_after, member_id, order_id,
 seat_request_id, cents)
VALUES ('system', 'bench', %(account)s, %(pool)s, %(at)s, NULL, 'assigned', %(seats)s, %(seats)s,
 %(at_renewal)s, %(at_renewal)s, %(assigned)s - 1, %(assigned)s, %(member)s, NULL, NULL, 0)
RETURNING id
"""
TELL = """
INSERT INTO accounts_event (account_id, type, object, object_id, at, source, position)
VALUES (%(account)s, 'seat.assigned', 'member', %(member)s, %(at)s, %(source)s, NULL)
RETURNING id
"""
COUNT = "SELECT count(*) FROM subscriptions_seatassignment WHERE pool_id = %(pool)s"


def give_seat(cursor: Any, pool: int, member: int, account: int) -> None:
    """What `assign_seat` sends, statement by statement, in the caller's transaction."""
    names: dict[str, Any] = {"pool": pool, "member": member, "account": account, "at": AT}
    cursor.execute(TAKE, names)
    pool_now = cursor.fetchone()
    if not pool_now:
        raise RuntimeError("no seat")
    cursor.execute(MEMBER, names)
    cursor.fetchone()
    cursor.execute(ASSIGN, names)
    if not cursor.fetchone():
        raise RuntimeError("holds a seat already")
    _id, _subscription, _name, seats, at_renewal, assigned = pool_now
    numbers = {"seats": seats, "at_renewal": at_renewal, "assigned": assigned}
    cursor.execute(RECORD, names | numbers)
    source = f"subscriptions.seatchange:{cursor.fetchone()[0]}"
    cursor.execute(TELL, names | {"source": source})
    cursor.fetchone()


def give_seat_naively(cursor: Any, pool: int, member: int, seats: int) -> None:
    """Count, compare, insert: no lock, no history, and oversold when it matters."""
    names: dict[str, Any] = {"pool": pool, "member": member, "at": AT}
    cursor.execute(COUNT, names)
    if cursor.fetchone()[0] >= seats:
        raise RuntimeError("no seat")
    cursor.execute(ASSIGN, names)
    cursor.fetchone()
