"""The prefixes of this app's public ids, for good: programs keep them."""

SUBSCRIPTION = "sub"
PRODUCT = "prod"
POOL = "pool"
LINE = "line"
CHARGE = "ch"
ORDER = "ord"
REQUEST = "req"
