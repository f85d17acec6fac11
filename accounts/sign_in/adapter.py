from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils import translation

from accounts import errors
from accounts.notifications import send_password_changed
from accounts.sign_in.guessing import Guess
from core.mail import store


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People come in by invitation only."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the password as a guess. Raises ValidationError `too_many_login_attempts`.

        allauth's own count knows no person from one address, and takes every spelling
        of an address for somebody else.
        """
        self._guess = Guess(request, credentials.get("email", ""))
        if not self._guess.count():
            raise errors.TOO_MANY_GUESSES.error()

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        user = super().authenticate(request, **credentials)
        if user:
            self._guess.was_right()
        return user

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return resolve_url(settings.LOGIN_REDIRECT_URL)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """A link into this site, whatever `Host` the browser claimed to be talking to."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.BASE_URL + path.replace("UID-KEY", key)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """In the receiver's language; where that is not known, in the browser's.

        Stored to be sent (D17): nobody waits for the mail server, and what it says tells
        nobody who is known here.
        """
        preferred = getattr(context.get("user"), "language", "")
        with translation.override(preferred or translation.get_language()):
            mail = self.render_mail(
                template_prefix, email, {"email": email, "base_url": settings.BASE_URL, **context}
            )
        store(mail)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Any,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Called after each change of one's own password; the mail is ours, not allauth's."""
        Guess(self.request, user.email).forget()
        send_password_changed(user)
