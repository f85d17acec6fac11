"""What was history before there were events gets them, in the order in which it happened (D19)."""

from typing import Any

from django.db import migrations

TYPES = {
    "invited": "member.invited",
    "invitation_resent": "member.invitation_resent",
    "invitation_withdrawn": "member.invitation_withdrawn",
    "accepted": "member.invitation_accepted",
    "renamed": "member.renamed",
    "role_changed": "member.role_changed",
    "suspended": "member.suspended",
    "reactivated": "member.reactivated",
    "removed": "member.removed",
    "token_made": "api_token.created",
    "token_rotated": "api_token.rotated",
    "token_revoked": "api_token.revoked",
}
SEAT_TYPES = {
    "opened": "pool.opened",
    "bought": "pool.seats_bought",
    "scheduled": "pool.reduction_scheduled",
    "kept": "pool.reduction_undone",
    "removed": "pool.seats_removed",
    "renewed": "pool.reduced_at_renewal",
    "repaired": "pool.corrected",
    "assigned": "seat.assigned",
    "released": "seat.released",
    "expired": "seat.invitation_expired",
}


def named(types: dict[str, str], column: str = "kind") -> str:
    cases = " ".join(f"WHEN '{kind}' THEN '{name}'" for kind, name in types.items())
    return f"CASE {column} {cases} END"


OF_TOKENS = "kind IN ('token_made', 'token_rotated', 'token_revoked')"
# At one moment, as it is written today: a member before their seats, a request before what
# it buys, and its end after that. The maker stands in for the token, until `name_tokens`.
HISTORY = f"""
SELECT account_id, {named(TYPES)} AS type,
    CASE WHEN {OF_TOKENS} THEN 'api_token' ELSE 'member' END AS object, member_id AS object_id,
    at, 'accounts.auditentry:' || id AS source, 1 AS place, id AS number
FROM accounts_auditentry
UNION ALL
SELECT account_id, {named(SEAT_TYPES)},
    CASE WHEN member_id IS NULL THEN 'pool' ELSE 'member' END, coalesce(member_id, pool_id),
    at, 'subscriptions.seatchange:' || id, 3, id
FROM subscriptions_seatchange
UNION ALL
SELECT s.account_id, 'seat_request.opened', 'seat_request', r.id,
    r.requested_at, 'subscriptions.seatrequest:' || r.id, 2, r.id
FROM subscriptions_seatrequest r
JOIN subscriptions_seatpool p ON p.id = r.pool_id
JOIN subscriptions_subscription s ON s.id = p.subscription_id
UNION ALL
SELECT s.account_id, 'seat_request.' || r.status, 'seat_request', r.id,
    r.closed_at, 'subscriptions.seatrequest:' || r.id, 4, r.id
FROM subscriptions_seatrequest r
JOIN subscriptions_seatpool p ON p.id = r.pool_id
JOIN subscriptions_subscription s ON s.id = p.subscription_id
WHERE r.status <> 'open'
"""  # noqa: S608
# The database reads and writes by itself, so it needs no batches. Numbered in the same
# breath; what was written since the table was made, by servers already new, is left as it is.
TELL = f"""
INSERT INTO accounts_event (account_id, type, object, object_id, at, source, position)
SELECT account_id, type, object, object_id, at, source,
    (SELECT coalesce(max(position), 0) FROM accounts_event)
    + row_number() OVER (ORDER BY at, place, number)
FROM ({HISTORY}) AS history
WHERE NOT EXISTS (
    SELECT 1 FROM accounts_event known
    WHERE known.source = history.source AND known.type = history.type
)
ORDER BY at, place, number
"""  # noqa: S608


def tell(apps: Any, editor: Any) -> None:
    editor.execute(TELL)
    name_tokens(apps)


def name_tokens(apps: Any) -> None:
    """An entry shows the beginning of the key, which only that token has."""
    tokens = apps.get_model("accounts", "ApiToken").objects
    ids = {f"sat_{prefix}_…": pk for pk, prefix in tokens.values_list("pk", "prefix")}
    events = apps.get_model("accounts", "Event").objects.filter(object="api_token")
    entries = apps.get_model("accounts", "AuditEntry").objects.filter(kind__startswith="token_")
    for entry in entries.iterator():
        shown = (entry.after or entry.before)["prefix"]
        events.filter(source=f"accounts.auditentry:{entry.pk}").update(object_id=ids[shown])


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0012_events"),
        ("subscriptions", "0015_token_rows"),
    ]

    operations = [migrations.RunPython(tell, migrations.RunPython.noop)]
