"""Who of the vendor's staff serves an account, and who may look at it (D15, R22).

Whether somebody is a member, and what their groups allow, is read where it is asked: a few
small queries for each answer.
"""

from accounts import errors
from accounts.models import Account, Membership, User


def may_serve(staff: User, account: Account) -> bool:
    """Whether they may change what the account has: its representative, or a superuser.

    Never somebody who is a member of it themselves, whatever they are at the vendor.
    """
    is_open = not account.is_closed
    return is_open and _is_served_by(staff, account) and not is_member(staff, account)


def may_look_at(staff: User, account: Account) -> bool:
    """Whether they may see it in the admin: who represents it, or sees every account."""
    return staff.sees_every_account() or staff.represents(account)


def check_may_serve(staff: User, account: Account) -> None:
    """As `may_serve`. Raises ValidationError `own_account`, `not_allowed`."""
    check_not_a_member(staff, account)
    if not _is_served_by(staff, account):
        raise errors.NOT_REPRESENTED.error(account=account.name)


def check_superuser(staff: User, account: Account) -> None:
    """For what representatives may not do. Raises ValidationError `own_account`, `not_allowed`."""
    check_not_a_member(staff, account)
    if not staff.is_superuser:
        raise errors.ONLY_SUPERUSERS.error()


def check_not_a_member(staff: User, account: Account) -> None:
    """Nobody does the vendor's part in an account of their own.

    Raises ValidationError `own_account`.
    """
    if is_member(staff, account):
        raise errors.OWN_ACCOUNT.error(account=account.name)


def is_member(staff: User, account: Account) -> bool:
    """Whether they belong to the account today, also while invited or suspended."""
    return Membership.objects.present().filter(account=account, user=staff).exists()


def _is_served_by(staff: User, account: Account) -> bool:
    is_serving = staff.is_superuser or account.representative_id == staff.pk
    return is_serving and staff.serves_accounts()
