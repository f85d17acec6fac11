"""The prefixes of this app's public ids, for good: programs keep them."""

ACCOUNT = "acc"
MEMBER = "mem"
TOKEN = "tok"  # noqa: S105
