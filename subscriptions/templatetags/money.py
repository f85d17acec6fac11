from django import template

from subscriptions.formats import format_money

register = template.Library()

register.filter("money", format_money)
