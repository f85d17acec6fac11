"""How many invitations go out in a day: enough for any team, too few to flood a mailbox."""

from datetime import datetime, timedelta

from accounts import errors
from accounts.models import AuditEntry, AuditKind, Membership

DAY = timedelta(days=1)
TO_ONE_PERSON = 3
FROM_ONE_ACCOUNT = 200

_MAILED = (AuditKind.INVITED, AuditKind.INVITATION_RESENT)


def check_invitation_limits(member: Membership, at: datetime) -> None:
    """Say so if one more invitation within 24 hours would be too many.

    Counted from history, whoever sends. The member's row is locked, so one person gets no
    more than three; of invitations to several people at once, a few may pass the account's
    own limit. A large account may send as many as it has active members: those do not
    grow by inviting.
    Raises ValidationError `too_many_invitations`.
    """
    sent = AuditEntry.objects.filter(account=member.account_id, kind__in=_MAILED, at__gt=at - DAY)
    if sent.filter(member=member).count() >= TO_ONE_PERSON:
        raise errors.TOO_MANY_TO_ONE.error(email=member.user.email, count=TO_ONE_PERSON)
    count = sent.count()
    if count >= FROM_ONE_ACCOUNT and count >= member.account.memberships.active().count():
        raise errors.TOO_MANY_FROM_ACCOUNT.error(count=count)
