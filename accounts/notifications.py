"""Mails about belonging to an account; sent by actions, after the transaction."""

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
