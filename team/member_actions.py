"""The actions on a member besides the form: each with a label, its consequences and one call.

The pages draw them from here, so a button, its consequences and its address agree.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.actions import suspend
from accounts.models import ApiToken, Membership
from subscriptions.actions import expired_seats, invite_again
from team.actions import (
    downgrade_to_end_user,
    reactivate_member,
    release_seats,
    remove_member,
    withdraw_member,
)

# The pools a member holds a seat in, by name.
Pools = Sequence[str]


@dataclass(frozen=True)
class Question:
    """The question asked before an action, with its consequences."""

    text: str
    label: str
    consequences: list[str]
    is_dangerous: bool


@dataclass(frozen=True)
class MemberAction:
    """One action on a member. `%(name)s` in the texts is the member's name."""

    slug: str
    label: str | Promise
    question: str | Promise
    done: str | Promise
    act: Callable[..., Any]
    fits: Callable[[Membership, Pools], bool]
    consequences: Callable[[Membership, Pools], list[str]]
    # Red: what was taken away does not come back by itself.
    is_dangerous: bool = False

    def question_for(self, member: Membership, pools: Pools) -> "Question":
        return Question(
            text=str(self.question) % {"name": member.name},
            label=str(self.label),
            consequences=self.consequences(member, pools),
            is_dangerous=self.is_dangerous,
        )

    def done_for(self, member: Membership) -> str:
        return str(self.done) % {"name": member.name}


def member_actions_for(member: Membership, pools: Pools) -> list[MemberAction]:
    """The actions that apply to the member now."""
    return [action for action in MEMBER_ACTIONS.values() if action.fits(member, pools)]


def needs_seat_to_return(member: Membership, pools: Pools) -> bool:
    """Whether reactivating has to give a seat, or another role (D2)."""
    return member.is_suspended and member.is_agent and not pools


def transfer_to(member: Membership, tokens: Sequence[ApiToken]) -> Question:
    """The question before transferring ownership (D7); `tokens` are no owner's any more (D13)."""
    named = _named(member, role=str(member.get_role_display()))
    return Question(
        text=_("Make %(name)s the account owner?") % named,
        label=_("Transfer ownership"),
        consequences=[
            _("%(name)s (%(role)s) becomes the account owner and can do everything.") % named,
            _("You become a billing admin. An account has exactly one owner."),
            *_losing_rights(tokens),
            _("You cannot undo this. From then on, only %(name)s can transfer ownership.") % named,
        ],
        is_dangerous=True,
    )


def _losing_rights(tokens: Sequence[ApiToken]) -> list[str]:
    if not tokens:
        return []
    names = _list([token.name for token in tokens])
    return [
        ngettext(
            "Your API token %(names)s still works, but can no longer change billing admins.",
            "Your API tokens %(names)s still work, but can no longer change billing admins.",
            len(tokens),
        )
        % {"names": names}
    ]


def _named(member: Membership, **more: str) -> dict[str, str]:
    return {"name": member.name, "account": member.account.name, **more}


def _list(pools: Pools) -> str:
    return get_text_list(list(pools), _("and"))


def _freed(pools: Pools) -> list[str]:
    if not pools:
        return []
    return [_("Seats that become available immediately: %(pools)s.") % {"pools": _list(pools)}]


def _suspending(member: Membership, pools: Pools) -> list[str]:
    lines = [_("%(name)s cannot access %(account)s until reactivated.") % _named(member)]
    if pools:
        lines.append(
            _("You keep paying for these seats until they are released: %(pools)s.")
            % {"pools": _list(pools)}
        )
    return lines


def _reactivating(member: Membership, pools: Pools) -> list[str]:
    if needs_seat_to_return(member, pools):
        return [
            _("%(name)s can access %(account)s again, with the role and seats you choose here.")
            % _named(member)
        ]
    return [
        _("%(name)s can access %(account)s again, as %(role)s.")
        % _named(member, role=member.get_role_display())
    ]


def _releasing(member: Membership, pools: Pools) -> list[str]:
    if member.is_agent:
        after = _(
            "%(name)s stays listed as a suspended agent. To reactivate them, assign a seat or "
            "choose another role."
        )
    else:
        after = _("%(name)s keeps the role %(role)s, without a seat.")
    return [*_freed(pools), after % _named(member, role=member.get_role_display())]


def _downgrading(member: Membership, pools: Pools) -> list[str]:
    return [
        *_freed(pools),
        _("%(name)s (%(role)s) becomes an end user and is no longer listed as a team member.")
        % _named(member, role=member.get_role_display()),
        _("You can find %(name)s with the “End users” filter and make them a team member again.")
        % _named(member),
    ]


def _removing(member: Membership, pools: Pools) -> list[str]:
    return [
        *_freed(pools),
        _("%(name)s loses access to %(account)s. Their history is kept.") % _named(member),
        _("To bring %(name)s back, add them again.") % _named(member),
    ]


def _resending(member: Membership, pools: Pools) -> list[str]:
    return [
        _("A new link will be sent to %(email)s and works for %(days)s days.")
        % {"email": member.user.email, "days": settings.INVITATION_DAYS},
        _("The previous link stops working."),
        *_taken_again(member),
    ]


def _taken_again(member: Membership) -> list[str]:
    pools = [pool.name for pool in expired_seats(member)]
    if not pools:
        return []
    return [
        _("Seats released when the invitation expired, now assigned again: %(pools)s.")
        % {"pools": _list(pools)}
    ]


def _withdrawing(member: Membership, pools: Pools) -> list[str]:
    return [_("The invitation link stops working."), *_freed(pools)]


_ALL = (
    MemberAction(
        "resend",
        gettext_lazy("Resend invitation"),
        gettext_lazy("Resend the invitation to %(name)s?"),
        gettext_lazy("A new invitation will be sent to %(name)s."),
        act=invite_again,
        fits=lambda member, pools: member.is_invited,
        consequences=_resending,
    ),
    MemberAction(
        "reactivate",
        gettext_lazy("Reactivate"),
        gettext_lazy("Reactivate %(name)s?"),
        gettext_lazy("%(name)s has been reactivated."),
        act=reactivate_member,
        fits=lambda member, pools: member.is_suspended,
        consequences=_reactivating,
    ),
    MemberAction(
        "suspend",
        gettext_lazy("Suspend"),
        gettext_lazy("Suspend %(name)s?"),
        gettext_lazy("%(name)s has been suspended."),
        act=suspend,
        fits=lambda member, pools: member.is_active,
        consequences=_suspending,
    ),
    MemberAction(
        "release",
        gettext_lazy("Release seats"),
        gettext_lazy("Release all seats of %(name)s?"),
        gettext_lazy("The seats of %(name)s have been released."),
        act=release_seats,
        # An active agent becomes an end user by it: that has a button of its own.
        fits=lambda member, pools: (
            bool(pools) and not member.is_invited and not (member.is_agent and member.is_active)
        ),
        consequences=_releasing,
    ),
    MemberAction(
        "downgrade",
        gettext_lazy("Downgrade to end user"),
        gettext_lazy("Downgrade %(name)s to end user?"),
        gettext_lazy("%(name)s is now an end user."),
        act=downgrade_to_end_user,
        fits=lambda member, pools: member.is_team and not member.is_invited,
        consequences=_downgrading,
        is_dangerous=True,
    ),
    MemberAction(
        "remove",
        gettext_lazy("Remove from account"),
        gettext_lazy("Remove %(name)s from the account?"),
        gettext_lazy("%(name)s has been removed."),
        act=remove_member,
        fits=lambda member, pools: member.is_active or member.is_suspended,
        consequences=_removing,
        is_dangerous=True,
    ),
    MemberAction(
        "withdraw",
        gettext_lazy("Withdraw invitation"),
        gettext_lazy("Withdraw the invitation to %(name)s?"),
        gettext_lazy("The invitation to %(name)s has been withdrawn."),
        act=withdraw_member,
        fits=lambda member, pools: member.is_invited,
        consequences=_withdrawing,
        is_dangerous=True,
    ),
)

MEMBER_ACTIONS = {action.slug: action for action in _ALL}
