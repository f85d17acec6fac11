"""Every change of webhooks, and what is sent to them.

Keyword-only, with `by=` and `at=` (UTC); each runs in one transaction, locks before it looks,
and refuses with a `ValidationError` that has a code and says what to do next.
"""

from events.actions.deliveries import send_again, send_test
from events.actions.endpoints import (
    add_endpoint,
    change_endpoint,
    delete_endpoint,
    rotate_secret,
    switch_off,
    switch_on,
)
from events.actions.fan_out import fan_out

__all__ = [
    "add_endpoint",
    "change_endpoint",
    "delete_endpoint",
    "fan_out",
    "rotate_secret",
    "send_again",
    "send_test",
    "switch_off",
    "switch_on",
]
