"""Texts of Django and allauth that people read here, and that ours must say in German.

allauth's German says "Du", Django's has gaps and some words that mean something else here;
what the catalogue of this project translates comes before theirs. Nothing calls these:
naming them here is enough for `make messages` to ask for them, and tests tell when a page
or a form still says something else.
"""

from django.utils.translation import gettext_noop as _

SIGN_IN = (
    _("Be patient, you are sending too many requests."),
    _("Please select only one."),
    _("Please type your current password."),
    _("The email address and/or password you specified are not correct."),
    _("The password reset token was invalid."),
    _("Too many failed login attempts. Try again later."),
    _("You are already logged in as %(user_display)s."),
    _("You must type the same email each time."),
    _("You must type the same password each time."),
    _("You have signed out."),
)
EMAIL_ADDRESSES = (
    _("Do you really want to remove the selected email address?"),
    _("The new value must be different from the current one."),
    _("Username can not be used. Please use other username."),
    _("You cannot add more than %d email addresses."),
    _("You cannot remove your primary email address (%(email)s)."),
    _("You cannot remove your primary email address."),
    _(
        "You currently do not have any email address set up. You should really add an email "
        "address so you can receive notifications, reset your password, etc."
    ),
    _("You have confirmed %(email)s."),
    _("Your primary email address must be verified."),
)
STAFF = (
    _("After you’ve created a user, you’ll be able to edit more user options."),
    _("Conflicting form data submitted. Please try again."),
    _("Disable password-based authentication"),
    _("Disabled"),
    _("Enter the same password as before, for verification."),
    _("Enable password-based authentication for this user by setting a password."),
    _("Enable password-based authentication"),
    _("Enabled"),
    _("Password-based authentication was disabled."),
    _("Password-based authentication"),
    _("Raw passwords are not stored, so there is no way to see the user’s password."),
    _("Reset password"),
    _("Save and add another"),
    _("Save and continue editing"),
    _("Set password: %s"),
    _("superuser status"),
    _("This action will <strong>enable</strong> password-based authentication for this user."),
    _(
        "Whether the user will be able to authenticate using a password or not. If disabled, they "
        "may still be able to authenticate using other backends, such as Single Sign-On or LDAP."
    ),
)
