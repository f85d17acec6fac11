"""Who manages what programs may do in an account: checked where it is done (D19)."""

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from accounts import errors
from accounts.actors import Actor, By, actor_of
from accounts.models import Membership
from accounts.permissions import Permission, roles_with


def in_person(by: By) -> Actor:
    """A member who acts themselves. Raises ValidationError `not_allowed` for everyone else.

    A program is refused, too: no token makes another.
    """
    actor = actor_of(by)
    if actor.in_person is None:
        raise errors.ONLY_ROLES_GIVE.error(roles=managers())
    return actor


def locked_manager(by: By) -> Membership:
    """The member who acts, locked, with the role of this moment.

    Raises ValidationError `not_allowed`.
    """
    member = in_person(by).acting_member
    row = Membership.objects.locked(member)[member.pk]
    if not row.may(Permission.MANAGE_API):
        raise errors.ONLY_ROLES_GIVE.error(roles=managers())
    return row


def managers() -> str:
    """Their roles, as a sentence names them."""
    roles = roles_with(Permission.MANAGE_API)
    return get_text_list([str(role.label) for role in roles], _("and"))
