from decimal import Decimal

from babel.numbers import format_currency
from django.utils.translation import get_language, to_locale


def format_money(cents: int, currency: str) -> str:
    """An amount in the format of the current language: €1,150.00, 1.150,00 €."""
    locale = to_locale(get_language() or "en")
    return format_currency(Decimal(cents) / 100, currency, locale=locale)
