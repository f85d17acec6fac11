"""What this app holds about an account: to be handed out, and erased when it is closed."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext as _

from accounts.actors import By
from accounts.models import (
    Account,
    ApiToken,
    AuditEntry,
    AuditKind,
    IdempotencyRecord,
    Membership,
    ProposalStatus,
    Status,
    User,
)
from core.append_only import erasing
from core.exports import Section, rows_of
from core.models import OutboxEntry

_SECRETS = ("invitation_digest", "search_text", "digest", "previous_digest")
_OF_PERSON = ("id", "email", "name", "language")
# Keys of entries that may name people, or hold what only they should know.
_OF_PEOPLE = ("name", "url")


def check_closable(account: Account, at: datetime) -> None:
    """Nothing here stands against it."""


def sections(account: Account) -> Iterator[Section]:
    """The account, its people, its programs and its history; nothing that opens anything."""
    yield "account", rows_of(Account.objects.filter(pk=account.pk))
    yield "web_addresses", rows_of(account.web_addresses.all())
    yield "members", rows_of(account.memberships.all(), _SECRETS)
    people = User.objects.filter(memberships__account=account).distinct()
    told = people.order_by("pk").values_list("pk", "email", "name", "language")
    yield "people", (dict(zip(_OF_PERSON, row, strict=True)) for row in told.iterator(1000))
    yield "api_tokens", rows_of(account.api_tokens.all(), _SECRETS)
    yield "ownership_proposals", rows_of(account.ownership_proposals.all())
    yield "audit_entries", rows_of(account.audit_entries.all())


def erase(account: Account, *, by: By, at: datetime) -> None:
    """End every membership and token, and replace the names and addresses of the people.

    Who is in another account that is not closed, or is staff, stays who they are there.
    """
    members = list(account.memberships.select_related("user").order_by("pk"))
    for number, member in enumerate(members, start=1):
        _end(member, number)
    leaving = [member.user for member in members if not _is_elsewhere(member)]
    numbers = {member.user_id: number for number, member in enumerate(members, start=1)}
    addresses = [user.email for user in leaving]
    for user in leaving:
        _erase_person(user, numbers[user.pk])
    OutboxEntry.objects.filter(receiver__in=addresses).delete()
    EmailAddress.objects.filter(user__in=leaving).delete()
    _forget_labels(members, leaving)
    for token in account.api_tokens.all():
        _end_token(token, at)
    IdempotencyRecord.objects.filter(member__account=account).delete()
    IdempotencyRecord.objects.filter(token__account=account).delete()
    account.ownership_proposals.update(reason="")
    account.ownership_proposals.open().update(status=ProposalStatus.EXPIRED, closed_at=at)
    _erase_history(account)


def _former(number: int) -> str:
    return _("Former member %(number)d") % {"number": number}


def _end(member: Membership, number: int) -> None:
    """The owner's row stays, as there is always one; nothing opens the account any more."""
    member.name = _former(number)
    member.status = Status.ACTIVE if member.is_owner else Status.REMOVED
    member.invitation_digest, member.invitation_expires_at = "", None
    member.last_visited_at = None
    member.save()


def _is_elsewhere(member: Membership) -> bool:
    others = member.user.memberships.present().exclude(account=member.account_id)
    return member.user.is_staff or others.filter(account__closed_at=None).exists()


def _erase_person(user: User, number: int) -> None:
    """Without a password and switched off, they are signed out everywhere."""
    user.name, user.language = _former(number), ""
    user.email = f"former-{user.pk}@erased.invalid"
    user.is_active, user.last_login = False, None
    user.set_unusable_password()
    user.save()
    for membership in user.memberships.select_related("user"):
        # They are found by their address, too.
        membership.save(update_fields=["name"])


def _forget_labels(members: list[Membership], people: list[User]) -> None:
    """The admin's own log repeats what the rows were called."""
    for rows in (members, people):
        for row in rows:
            kind = ContentType.objects.get_for_model(row)
            entries = LogEntry.objects.filter(content_type=kind, object_id=str(row.pk))
            entries.update(object_repr=row.name, change_message="")


def _end_token(token: ApiToken, at: datetime) -> None:
    token.name = f"{token.pk}"
    token.revoked_at = token.revoked_at or at
    token.save(update_fields=["name", "revoked_at"])


def _erase_history(account: Account) -> None:
    """Words about people leave the entries; what happened, when and by whom stays."""
    entries = AuditEntry.objects.filter(account=account)
    # What the organisation was called is not about a person.
    named = entries.exclude(kind=AuditKind.ACCOUNT_RENAMED)
    with erasing(AuditEntry._meta.db_table):
        entries.exclude(reason="").update(reason="")
        for entry in list(named.only("pk", "before", "after")):
            before, after = _without_names(entry.before), _without_names(entry.after)
            if (before, after) != (entry.before, entry.after):
                AuditEntry.objects.filter(pk=entry.pk).update(before=before, after=after)


def _without_names(facts: dict[str, Any]) -> dict[str, Any]:
    return {key: "" if key in _OF_PEOPLE else value for key, value in facts.items()}
