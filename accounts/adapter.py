from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils import translation


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People come in by invitation only."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """In the receiver's language; where that is not known, in the browser's."""
        preferred = getattr(context.get("user"), "language", "")
        with translation.override(preferred or translation.get_language()):
            super().send_mail(template_prefix, email, context)
