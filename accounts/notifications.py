"""Mails about belonging to an account and about signing in; sent after the transaction."""

from django.conf import settings
from django.urls import reverse

from accounts.mail import send_mail
from accounts.models import Membership, User


def send_invitation(membership: Membership, token: str, by: User | None) -> None:
    """Mail the link that accepts the invitation; it works once and expires."""
    send_mail(
        "emails/invitation",
        membership.user,
        {
            "membership": membership,
            "account": membership.account,
            "by": by,
            "link": settings.BASE_URL + reverse("invitation", args=[token]),
            "days": settings.INVITATION_DAYS,
        },
    )


def send_password_changed(user: User, by: User | None = None) -> None:
    """Tell a person that their password was changed: by themselves, or by staff."""
    send_mail(
        "emails/password_changed",
        user,
        {
            "by": by,
            "link": settings.BASE_URL + reverse("account_reset_password"),
            "support": settings.SUPPORT_EMAIL,
        },
    )


def send_email_changed(before: User, after: User, by: User) -> None:
    """Tell a person, at the old address and at the new one, that staff changed it."""
    for to in (before, after):
        send_mail(
            "emails/email_changed",
            to,
            {
                "before": before.email,
                "after": after.email,
                "by": by,
                "link": settings.BASE_URL + reverse("account_login"),
                "support": settings.SUPPORT_EMAIL,
            },
        )
