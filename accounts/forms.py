"""Forms in which people enter their own data."""

from typing import Any

from allauth.account.forms import LoginForm, ResetPasswordForm
from django import forms
from django.conf import settings
from django.contrib.auth.forms import SetPasswordMixin
from django.utils.translation import gettext_lazy as _

from accounts.emails import normalize_email
from accounts.fields import NameField
from accounts.models import User


class SignInForm(LoginForm):
    def clean_login(self) -> str:
        return normalize_email(super().clean_login())


class ResetForm(ResetPasswordForm):
    def clean_email(self) -> str:
        # By this spelling the person is found, and by this one requests are counted.
        self.cleaned_data["email"] = normalize_email(self.cleaned_data["email"])
        return super().clean_email()


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
