"""The statements with which a seat is given, without Django, and the naive ones."""

from typing import Any

AT = "2026-11-23 12:00:00+00"

TAKE = """
UPDATE subscriptions_seatpool SET assigned = assigned + 1
WHERE assigned < seats AND id = %(pool)s
AND subscription_id IN (SELECT id FROM subscriptions_subscription WHERE account_id = %(account)s)
"""
MEMBER = """
SELECT m.*, EXISTS (
    SELECT 1 FROM subscriptions_seatassignment
    WHERE pool_id = %(pool)s AND membership_id = m.id LIMIT 1
)
FROM accounts_membership m WHERE m.id = %(member)s FOR NO KEY UPDATE OF m
"""
ASSIGN = """
INSERT INTO subscriptions_seatassignment
(pool_id, membership_id, assigned_at, assigned_by_id, through, release_at_renewal)
VALUES (%(pool)s, %(member)s, %(at)s, NULL, 'given', false) RETURNING id
"""
POOL = """
SELECT id, subscription_id, name, seats, seats_at_renewal, assigned
FROM subscriptions_seatpool WHERE id = %(pool)s
"""
RECORD = """
INSERT INTO subscriptions_seatchange
(account_id, pool_id, at, by_id, kind, seats_before, seats_after, at_renewal_before,
 at_renewal_after, assigned_before, assigned_after, member_id, order_id, request_id, cents)
VALUES (%(account)s, %(pool)s, %(at)s, NULL, 'assigned', %(seats)s, %(seats)s, %(at_renewal)s,
 %(at_renewal)s, %(assigned)s - 1, %(assigned)s, %(member)s, NULL, NULL, 0) RETURNING id
"""
COUNT = "SELECT count(*) FROM subscriptions_seatassignment WHERE pool_id = %(pool)s"


def give_seat(cursor: Any, pool: int, member: int, account: int) -> None:
    """What `assign_seat` sends, statement by statement, in the caller's transaction."""
    names: dict[str, Any] = {"pool": pool, "member": member, "account": account, "at": AT}
    cursor.execute(TAKE, names)
    if not cursor.rowcount:
        raise RuntimeError("no seat")
    cursor.execute(MEMBER, names)
    if cursor.fetchone()[-1]:
        raise RuntimeError("holds a seat already")
    cursor.execute(ASSIGN, names)
    cursor.fetchone()
    cursor.execute(POOL, names)
    _id, _subscription, _name, seats, at_renewal, assigned = cursor.fetchone()
    numbers = {"seats": seats, "at_renewal": at_renewal, "assigned": assigned}
    cursor.execute(RECORD, names | numbers)
    cursor.fetchone()


def give_seat_naively(cursor: Any, pool: int, member: int, seats: int) -> None:
    """Count, compare, insert: no lock, no history, and oversold when it matters."""
    names: dict[str, Any] = {"pool": pool, "member": member, "at": AT}
    cursor.execute(COUNT, names)
    if cursor.fetchone()[0] >= seats:
        raise RuntimeError("no seat")
    cursor.execute(ASSIGN, names)
    cursor.fetchone()
