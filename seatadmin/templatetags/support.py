from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def support_email() -> str:
    """Whom to write to where no account, and so no representative, is known."""
    return str(settings.SUPPORT_EMAIL)
