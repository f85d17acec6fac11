"""Emails about another kind of account: who may buy from then on (D1)."""

from django.utils.translation import gettext_lazy as _

from accounts.models import Account, AccountKind
from accounts.notifications import tell_members
from core.summaries import summarized
from subscriptions.notifications.people import buyers_of


@summarized(_("Kind of account changed"))
def kind_changed(account: Account, before: str, after: str, reason: str) -> None:
    """Tell the owner and the billing admins what changes for who may buy."""
    context = {
        "was": AccountKind(before).label,
        "now": AccountKind(after).label,
        "is_now_sales_managed": after == AccountKind.SALES_MANAGED,
        "was_sales_managed": before == AccountKind.SALES_MANAGED,
        "is_self_service": after == AccountKind.SELF_SERVICE,
    }
    tell_members("emails/kind_changed", account, buyers_of(account), reason, context)
