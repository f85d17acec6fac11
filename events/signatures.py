"""Signatures of webhooks, as Standard Webhooks says: whoever has the secret knows who wrote."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable

PREFIX = "whsec_"
_BYTES = 32


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def signature(secret: str, message_id: str, timestamp: int, body: str) -> str:
    """One signature, `v1,…`, of a message sent at `timestamp` (seconds, UTC)."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = hmac.digest(key, f"{message_id}.{timestamp}.{body}".encode(), hashlib.sha256)
    return f"v1,{base64.b64encode(signed).decode()}"


def headers(known: Iterable[str], message_id: str, timestamp: int, body: str) -> dict[str, str]:
    """What a message is sent with: a signature by each of the secrets, while two are valid."""
    signatures = [signature(secret, message_id, timestamp, body) for secret in known]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }
