from datetime import datetime

from django.db import transaction

from accounts.actions.account_changes import keep_address
from accounts.actions.invitations import invite
from accounts.actors import By
from accounts.models import Account, AccountKind, Membership, User
from accounts.permissions import Role


@transaction.atomic
def open_account(
    *,
    name: str,
    slug: str,
    kind: AccountKind,
    representative: User | None,
    owner_email: str,
    owner_name: str,
    by: By,
    at: datetime,
) -> Membership:
    """Create an account and invite its owner; exactly one, from the start (D7).

    Raises ValidationError `address_taken`.
    """
    account = Account.objects.create(
        name=name, slug=slug, kind=kind, representative=representative, created_at=at
    )
    keep_address(account, slug)
    return invite(
        account=account, email=owner_email, name=owner_name, role=Role.OWNER, by=by, at=at
    )
