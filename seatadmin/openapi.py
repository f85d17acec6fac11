"""What the description of the API says of the whole; core/api/schema.py makes the rest."""

from typing import Any

DESCRIPTION = """
Products ask who may come in, and systems do what people do on the pages, with the same
permissions and refusals.

* **Keys.** `Authorization: Bearer <key>`, and nothing else. The key says whose data it is.
* **Ids** are opaque and stay; money is in whole cents, beside its currency;
  moments are UTC and end in `_at`; days end in `_on`, `_from` or `_to` (and `needed_by`).
* **Pages.** A list answers with `data`, `has_more` and `next`. Follow `next` until it
  is null; of events it never is.
* **Refusals** are problem documents (RFC 9457), `application/problem+json`: `code` for
  programs, `detail` for people in the language of `Accept-Language` (en, de). What no
  operation lists, every one can answer: 404 `not_found` for an address that is none, 405
  `method_not_allowed`, 406 `not_acceptable`.
* **Once.** What buys, asks or invites takes an `Idempotency-Key`, a new one for each thing
  you want done; sent again with the same one, it is done once.
* **Strict.** Fields and filters that are not known are refused, not ignored.
* **Limits** are told in every answer to a key, in `RateLimit-Policy` and `RateLimit`.
"""

SETTINGS: dict[str, Any] = {
    "OAS_VERSION": "3.1.1",
    "TITLE": "Admin Center API",
    "VERSION": "1.0.0",
    "DESCRIPTION": DESCRIPTION.strip(),
    # Where it is read from, whatever that host is called.
    "SERVERS": [{"url": "/", "description": "The server that serves this description."}],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "TAGS": [
        {"name": "account", "description": "The account that the token belongs to."},
        {"name": "charges", "description": "The ledger of money."},
        {"name": "deliveries", "description": "What was sent to webhooks, and what was answered."},
        {"name": "entitlements", "description": "Who may come in."},
        {"name": "events", "description": "What happened, in one order."},
        {"name": "lines", "description": "The plans of the subscription."},
        {"name": "members", "description": "The people of the account."},
        {"name": "orders", "description": "What was agreed to, and done, once."},
        {"name": "pools", "description": "Seats, and how many are available."},
        {"name": "quotes", "description": "What a change would do and cost, before it is made."},
        {"name": "requests", "description": "Seats that people asked for."},
        {"name": "subscription", "description": "What is bought, and when it renews."},
        {"name": "webhook-endpoints", "description": "Addresses that are told what happens."},
    ],
    # Enumerations stay where they are used.
    "POSTPROCESSING_HOOKS": ["core.api.schema.complete"],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "COMPONENT_NO_READ_ONLY_REQUIRED": False,
}
