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
AN_ID = re.compile(r"[a-z]+_[A-Za-z0-9]{10,}")


@schemathesis.auth(refresh_interval=None)
class Keys:
    """A product key where products ask, else a token with every scope."""

    def get(self, case: Any, context: Any) -> str:
        asks = "/entitlements" in case.operation.path
        return str(next(PRODUCT_KEYS if asks else TOKENS))

    def set(self, case: Any, data: str, context: Any) -> None:
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}


@schemathesis.hook
def map_path_parameters(context: Any, path_parameters: dict[str, Any]) -> dict[str, Any]:
    """Ids of the right form become those of something that is there; nonsense stays."""
    for name, value in (path_parameters or {}).items():
        if isinstance(value, str) and AN_ID.fullmatch(value) and name in GIVEN["ids"]:
            ids = GIVEN["ids"][name]
            path_parameters[name] = ids[len(value) % len(ids)]
    return path_parameters
