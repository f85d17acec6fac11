"""Addresses that come with a request are followed only where they are ours."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def is_own_page(request: HttpRequest, address: str) -> bool:
    """Whether an address leads to a page of this site."""
    return url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
