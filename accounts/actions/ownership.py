"""Ownership given by staff, where the owner has left: one asks, another one confirms (D7)."""

from datetime import datetime

from django.db import transaction

from accounts import errors, notifications
from accounts.actions.account_changes import lock_account
from accounts.actions.audit import record_of
from accounts.actions.members import hand_ownership_over
from accounts.actors import actor_of
from accounts.models import (
    Account,
    AuditKind,
    Membership,
    OwnershipProposal,
    ProposalStatus,
    User,
)
from accounts.models.ownership import OPEN_FOR
from accounts.rules.staff import check_may_serve, check_superuser
from accounts.selectors.contacts import owner_of
from core.mail import after_commit


@transaction.atomic
def ask_for_ownership(
    *, account: Account, to: Membership, reason: str, by: User, at: datetime
) -> OwnershipProposal:
    """The representative or a superuser asks to make `to` the owner; nothing changes yet.

    For 14 days another superuser can confirm. Raises ValidationError `own_account`,
    `not_allowed`, `reason_missing`, `not_an_admin`, `already_asked`.
    """
    row = lock_account(account, check_may_serve, reason=reason, by=by)
    _end_expired(row, at)
    if row.ownership_proposals.open().exists():
        raise errors.ALREADY_ASKED.error()
    candidate = Membership.objects.locked(to)[to.pk]
    if candidate.account_id != row.pk or not candidate.can_become_owner:
        raise errors.NOT_AN_ADMIN.error()
    proposal = OwnershipProposal.objects.create(
        account=row,
        owner=owner_of(row),
        to=candidate,
        reason=reason,
        asked_by=by,
        asked_at=at,
        expires_at=at + OPEN_FOR,
    )
    asked = AuditKind.OWNERSHIP_ASKED
    record_of(row, asked, reason=reason, by=by, at=at, member=candidate)
    return proposal


@transaction.atomic
def withdraw_ownership(*, proposal: OwnershipProposal, by: User, at: datetime) -> None:
    """Nobody can confirm it any more. Whoever serves the account may.

    Raises ValidationError `own_account`, `not_allowed`, `proposal_closed`.
    """
    row = _locked(proposal, at)
    check_may_serve(by, row.account)
    _close(row, ProposalStatus.WITHDRAWN, by, at)
    withdrawn = AuditKind.OWNERSHIP_WITHDRAWN
    record_of(row.account, withdrawn, reason=row.reason, by=by, at=at, member=row.to)


@transaction.atomic
def confirm_ownership(*, proposal: OwnershipProposal, by: User, at: datetime) -> Membership:
    """Another superuser than who asked makes the person the owner; the owner's role follows.

    The former owner becomes billing admin, as after a transfer of their own; what their
    programs may do is that of a billing admin from now on. Raises ValidationError
    `own_account`, `not_allowed`, `same_person`, `proposal_closed`, `owner_changed`,
    `not_an_admin`.
    """
    row = _locked(proposal, at)
    check_superuser(by, row.account)
    if by.pk == row.asked_by_id:
        raise errors.SAME_PERSON.error()
    members = Membership.objects.locked(row.owner, row.to)
    owner, candidate = members[row.owner_id], members[row.to_id]
    if not owner.is_owner:
        raise errors.OWNER_CHANGED.error()
    if not candidate.can_become_owner:
        raise errors.NOT_AN_ADMIN.error()
    _close(row, ProposalStatus.CONFIRMED, by, at)
    hand_ownership_over(owner, candidate, by=by, at=at)
    given, asked_by = AuditKind.OWNERSHIP_GIVEN, {"asked_by": str(row.asked_by)}
    record_of(row.account, given, reason=row.reason, by=by, at=at, after=asked_by, member=candidate)
    after_commit(notifications.ownership_given, row)
    return candidate


def _locked(proposal: OwnershipProposal, at: datetime) -> OwnershipProposal:
    """The proposal, with its account locked before it. Raises ValidationError `proposal_closed`."""
    Account.objects.locked(proposal.account)
    rows = OwnershipProposal.objects.select_for_update(of=("self",)).select_related(
        "account", "asked_by", "owner", "to"
    )
    row = rows.get(pk=proposal.pk)
    if not row.is_waiting(at):
        raise errors.PROPOSAL_CLOSED.error()
    return row


def _end_expired(account: Account, at: datetime) -> None:
    account.ownership_proposals.open().filter(expires_at__lte=at).update(
        status=ProposalStatus.EXPIRED, closed_at=at
    )


def _close(proposal: OwnershipProposal, status: ProposalStatus, by: User, at: datetime) -> None:
    proposal.status, proposal.closed_at = status, at
    proposal.closed_by = actor_of(by).user
    proposal.save(update_fields=["status", "closed_at", "closed_by"])
