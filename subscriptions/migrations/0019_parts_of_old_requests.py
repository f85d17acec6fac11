"""Every request gets the part of whoever opened it: all the seats, and its reason (D20).

Where this was taken back, who joined and why is lost; how many seats are asked for is not.
"""

from typing import Any

from django.db import migrations

OPENERS = """
INSERT INTO subscriptions_requestpart (
    seat_request_id, requested_by_id, requested_at, requested_through, requested_token_id,
    seats, pool_seats, reason, withdrawn_through
)
SELECT id, requested_by_id, requested_at, requested_through, requested_token_id,
    seats, fulfilled_at_seats - seats, reason, ''
FROM subscriptions_seatrequest ORDER BY id
"""


def add_parts(apps: Any, editor: Any) -> None:
    editor.execute(OPENERS)


def remove_parts(apps: Any, editor: Any) -> None:
    """With what was told of them: nobody could say any more what it stands for."""
    events = apps.get_model("accounts", "Event").objects
    events.filter(source__startswith="subscriptions.requestpart:").delete()
    apps.get_model("subscriptions", "RequestPart").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0012_events"),
        ("subscriptions", "0018_request_parts"),
    ]

    operations = [migrations.RunPython(add_parts, remove_parts)]
