"""Forms in which people enter their own data, and those about the tokens of their account."""

import hashlib
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from django import forms
from django.conf import settings
from django.contrib.auth.forms import SetPasswordMixin
from django.core.cache import cache
from django.forms.boundfield import BoundWidget
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import errors
from accounts.actions.tokens import LONGEST
from accounts.models import Membership, User
from accounts.permissions import SCOPE_DESCRIPTIONS, Scope, may_give_scope
from core.credentials import Overlap
from core.emails import normalize_email
from core.fields import EchoField, NameField
from core.names import has_link, tidy_name

# Seconds.
_ONE_LINK_IN = 300
_USUAL_LIFE = timedelta(days=90)


class AccountNameField(forms.CharField):
    """The name of an account, which may be called Booking.com but leads nowhere."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 100, **kwargs})

    def to_python(self, value: Any) -> str:
        return tidy_name(super().to_python(value) or "")

    def validate(self, value: str) -> None:
        super().validate(value)
        if has_link(value):
            raise errors.WEB_ADDRESS_AS_NAME.error()


class SignInForm(allauth_forms.LoginForm):
    def clean_login(self) -> str:
        return normalize_email(super().clean_login())


class ResetForm(allauth_forms.ResetPasswordForm):
    """Asks for a link; for one person at most one is sent in five minutes.

    The answer is the same every time, so nobody can take the link away from anybody.
    """

    def clean_email(self) -> str:
        # By this spelling the person is found, and by this one requests are counted.
        self.cleaned_data["email"] = normalize_email(self.cleaned_data["email"])
        return super().clean_email()

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        email: str = self.cleaned_data["email"]
        key = "reset:" + hashlib.sha256(email.encode()).hexdigest()
        if cache.add(key, True, _ONE_LINK_IN):
            super().save(request, **kwargs)
        return email


class ChangePasswordForm(allauth_forms.ChangePasswordForm):
    def clean_oldpassword(self) -> str:
        """A wrong one counts as a guess, like one at sign-in."""
        password: str = self.cleaned_data["oldpassword"]
        if not get_adapter().reauthenticate(self.user, password):
            raise errors.INCORRECT_PASSWORD.error()
        return password


class NewPersonForm(SetPasswordMixin, forms.Form):
    """Name and password of an invited person who has no password yet."""

    name = NameField(
        label=_("Your name"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password1, password2 = SetPasswordMixin.create_password_fields(
        label1=_("Password"), label2=_("Confirm password")
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        # The validators compare the password with the name that is being set, too.
        self.user.name = self.cleaned_data.get("name", "")
        self.validate_passwords()
        self.validate_password_for_user(self.user)
        return self.cleaned_data


class LanguageForm(forms.Form):
    language = forms.ChoiceField(
        choices=[("", _("Same as browser")), *settings.LANGUAGES], required=False
    )


class TokenForm(forms.Form):
    """A new API token: what it is called, what it may do, and until when."""

    name = NameField(
        label=_("Name"),
        max_length=100,
        help_text=_("What will use the token, for example “Payroll”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scopes = forms.TypedMultipleChoiceField(
        label=_("What the token may do"),
        coerce=Scope,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    expires_on = forms.DateField(
        label=_("Valid until"),
        help_text=_("At most a year from today."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    idempotency_key = EchoField()

    def __init__(self, *args: Any, maker: Membership, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["expires_on"].initial = today + _USUAL_LIFE
        # As the action says; the browser's calendar then offers no other day.
        first, last = today + timedelta(days=1), today + LONGEST
        self.fields["expires_on"].widget.attrs |= {"min": first, "max": last}
        is_sales_managed = maker.account.is_sales_managed
        self.fields["scopes"].choices = [  # type: ignore[attr-defined]
            (scope.value, scope.label)
            for scope in Scope
            if may_give_scope(maker.role, scope, is_sales_managed=is_sales_managed)
        ]

    def clean(self) -> dict[str, Any]:
        """Nothing chosen is refused beside what else is missing, as the action does."""
        if self.cleaned_data.get("scopes") == []:
            raise errors.NO_SCOPE.error()
        return self.cleaned_data

    def scope_options(self) -> Iterator[tuple[BoundWidget, str]]:
        """Each scope's checkbox, and what it means."""
        for option in self["scopes"]:
            yield option, str(SCOPE_DESCRIPTIONS[Scope(str(option.data["value"]))])


class RotateKeyForm(forms.Form):
    """For how long the key before goes on; and which key that is."""

    overlap = forms.TypedChoiceField(
        label=_("The key used until now"),
        coerce=lambda value: Overlap(int(value)),
        choices=Overlap,
        initial=Overlap.DAY,
        widget=forms.RadioSelect,
    )
    expected = EchoField()


class RotateTokenForm(RotateKeyForm):
    idempotency_key = EchoField()
