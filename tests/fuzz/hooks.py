"""What the fuzzer is given: keys in turn, so that no limit is reached, and ids that exist."""

import itertools
import json
import os
import re
from typing import Any

import schemathesis

# Made in tests/fuzz/test_api.py.
GIVEN: dict[str, Any] = json.loads(os.environ["GIVEN"])
TOKENS = itertools.cycle(GIVEN["tokens"])
PRODUCT_KEYS = itertools.cycle(GIVEN["product_keys"])
AN_ID = re.compile(r"([a-z]+)_[A-Za-z0-9]{10,}")


@schemathesis.auth(refresh_interval=None)
class Keys:
    """A product key where products ask, else a token with every scope."""

    def get(self, case: Any, context: Any) -> str:
        asks = "/entitlements" in case.operation.path
        return str(next(PRODUCT_KEYS if asks else TOKENS))

    def set(self, case: Any, data: str, context: Any) -> None:
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}


@schemathesis.hook
def map_path_parameters(context: Any, path_parameters: Any) -> Any:
    return real(path_parameters)


@schemathesis.hook
def map_query(context: Any, query: Any) -> Any:
    return real(query)


@schemathesis.hook
def map_body(context: Any, body: Any) -> Any:
    return real(body)


def real(said: Any) -> Any:
    """With the ids of the right form as those of something that is there; nonsense stays."""
    if isinstance(said, dict):
        return {name: real(inner) for name, inner in said.items()}
    if isinstance(said, list):
        return [real(inner) for inner in said]
    found = AN_ID.fullmatch(said) if isinstance(said, str) else None
    ids = GIVEN["ids"].get(found[1]) if found else None
    return ids[sum(said.encode()) % len(ids)] if ids else said
