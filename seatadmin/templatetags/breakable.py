from django import template
from django.utils.translation import pgettext

from accounts.permissions import Role

register = template.Library()


@register.filter
def breakable(label: str) -> str:
    """A role that is one long word in some languages, with soft hyphens for narrow columns.

    Browsers do not all know how to hyphenate a language by themselves.
    """
    if label == str(Role.BILLING_ADMIN.label):
        return pgettext("with soft hyphens", "Billing admin")
    return label
