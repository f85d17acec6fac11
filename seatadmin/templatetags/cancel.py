from typing import Any

from django import template
from django.urls import reverse

from core.own_pages import is_own_page

register = template.Library()


@register.simple_tag(takes_context=True)
def cancel_url(context: Any) -> str:
    """Where a form that is cancelled leads: the page it was opened from, else the start page."""
    request = context["request"]
    address: str = request.POST.get("next") or request.GET.get("next") or ""
    return address if is_own_page(request, address) else reverse("home")
