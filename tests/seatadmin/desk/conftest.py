"""The requests that the tests of subscriptions play with."""

from tests.subscriptions.conftest import ask, bought_online, five, foreign

__all__ = ["ask", "bought_online", "five", "foreign"]
