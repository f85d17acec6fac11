"""People as users: what switching one off means for the accounts they belong to."""

from datetime import datetime

from django.db import transaction

from accounts.actions.tokens import tell_of_tokens
from accounts.models import Membership, User


@transaction.atomic
def switch_off(*, user: User, by: User, at: datetime) -> None:
    """No sign-in any more, in any account; the memberships stay as they are.

    The owners are told which tokens of this person go on. Twice is once.
    """
    memberships = Membership.objects.locked(*user.memberships.present())
    if User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
        for membership in memberships.values():
            tell_of_tokens([membership], by=by, at=at)
    user.is_active = False
