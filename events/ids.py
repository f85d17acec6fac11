"""The prefixes of this app's public ids, for good: programs keep them."""

EVENT = "evt"
ENDPOINT = "whe"
DELIVERY = "whd"
