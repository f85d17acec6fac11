"""Emails about change requests: who decides, who asked, and whose account it is (R3, N4)."""

from typing import Any

from django.utils.functional import lazystr
from django.utils.translation import gettext_lazy as _

from accounts.actors import named_to_readers
from accounts.models import Membership, User
from core.mail import send_mail
from core.summaries import summarized
from subscriptions.models import ChangeRequest
from subscriptions.notifications.people import (
    buyers_of,
    called,
    page_url,
    representative_of,
    url,
)


@summarized(_("Change request opened"))
def change_requested(change_request: ChangeRequest) -> None:
    """Notify those who decide, confirm to whoever asked, and tell the owner and billing admins."""
    context = _context(change_request)
    row, deciders = context["request"], _deciders(context["request"])
    for to in deciders:
        send_mail("emails/change_to_decide", to, {**context, "link": _decision_url(row)})
    for member in _told(row):
        if member.user not in deciders:
            _tell(member, "emails/change_received", context)


@summarized(_("Change request closed"))
def change_closed(change_request: ChangeRequest) -> None:
    """Tell whoever asked and the owner and billing admins how it ended, and those who decide (N4).

    Whoever closed it knows, unless it is who asked: they get it in writing.
    """
    context = _context(change_request)
    row = context["request"]
    told = {row.decided_by_id}
    for member in _told(row):
        if member == row.requested_by or member.user_id not in told:
            told.add(member.user_id)
            _tell(member, "emails/change_closed", context)
    for to in _deciders(row):
        if to.pk is None or to.pk not in told:
            context["member"] = None
            send_mail("emails/change_closed", to, {**context, "link": _decision_url(row)})


def _context(change_request: ChangeRequest) -> dict[str, Any]:
    row = ChangeRequest.objects.with_details().get(pk=change_request.pk)
    account = row.account
    return {
        "request": row,
        "account": account,
        # In the language of each reader.
        "what": lazystr(row),
        "who": named_to_readers(row.requested_by.name, row.requested_token),
        "decided_by": called(account, row.decided_by, row.closed_token),
        "buyers": buyers_of(account),
        "representative": representative_of(account),
    }


def _told(row: ChangeRequest) -> list[Membership]:
    """Whoever asked, and the owner and billing admins: it is their account that changes."""
    return list(dict.fromkeys([row.requested_by, *buyers_of(row.account)]))


def _deciders(row: ChangeRequest) -> list[User]:
    if row.is_for_vendor:
        return [representative_of(row.account)]
    return [member.user for member in buyers_of(row.account)]


def _decision_url(row: ChangeRequest) -> str:
    """The address of the page where it is decided."""
    if row.is_for_vendor:
        return url("admin:subscriptions_changerequest_change", row.pk)
    return page_url("requests", row.account)


def _tell(member: Membership, template: str, context: dict[str, Any]) -> None:
    # Members removed or suspended in the meantime get no more mail about the account.
    if member.is_active:
        is_asker = member == context["request"].requested_by
        link = page_url("requests", member.account)
        more = {"member": member, "is_asker": is_asker, "link": link}
        send_mail(template, member.user, {**context, **more})
