"""Emails to those who lose a seat, now or at renewal, and to the admins (D4, N9)."""

from collections.abc import Collection, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import ApiToken, Membership, User
from accounts.permissions import Permission, Role
from accounts.selectors.contacts import contact_of
from core.mail import send_mail
from core.summaries import summarized
from subscriptions.models import SeatChange, SeatChangeKind, SeatPool
from subscriptions.notifications.people import called, page_url

# What says how many seats there are from the renewal on.
_DECISIONS = (SeatChangeKind.SCHEDULED, SeatChangeKind.KEPT)


@summarized(_("Seats lost in a reduction"))
def seats_lost(
    pool: SeatPool,
    members: Sequence[Membership],
    before: int,
    by: User | None,
    token: ApiToken | None = None,
) -> None:
    """Tell those who lost a seat to a reduction, and once the account's admins (D4).

    `before` is what was purchased; `by` who reduced it, nobody for a renewal, and with which
    token.
    """
    account = pool.subscription.account
    actor = contact_of(called(account, by, token), by.email) if by else None
    owner = account.memberships.select_related("user").get(role="owner")
    context = {"account": account, "pool": pool, "before": before, "actor": actor, "owner": owner}
    for member in members:
        # Suspended members are not notified; they see it once they are reactivated.
        if not member.is_suspended:
            # Whoever has not accepted yet cannot sign in: there is no page for them to open.
            link = "" if member.is_invited else page_url("access", account)
            send_mail("emails/seat_lost", member.user, {**context, "member": member, "link": link})
    for admin in account.memberships.who_may(Permission.MANAGE_TEAM).select_related("user"):
        others = [member for member in members if member.pk != admin.pk]
        if others:
            link = page_url("team", account)
            send_mail(
                "emails/seat_lost_admin", admin.user, {**context, "members": others, "link": link}
            )


@summarized(_("Seats that end at renewal"))
def losses_announced(losses: Collection[tuple[int, Collection[int], bool]]) -> None:
    """Tell members that seats of theirs end at renewal, and whom to ask (N9).

    Of each: the member's id, the ids of the pools, and whether they hold no other seat, so
    that they become an end user.
    """
    for member_id, pool_ids, is_last in losses:
        _loss_announced(member_id, pool_ids, is_last)


def _loss_announced(member_id: int, pool_ids: Collection[int], is_last: bool) -> None:
    member, context = _about_losses(member_id, pool_ids)
    decided = SeatChange.objects.filter(pool__in=pool_ids, kind__in=_DECISIONS).first()
    by = called(member.account, decided.by, decided.token) if decided else ""
    day = member.account.subscription.period_end
    send_mail(
        "emails/loss_announced", member.user, {**context, "day": day, "by": by, "is_last": is_last}
    )


@summarized(_("Seats kept after all"))
def losses_called_off(losses: Collection[tuple[int, Collection[int]]]) -> None:
    """Tell members who were told that a seat of theirs ends that they keep it (N9).

    Of each: the member's id and the ids of the pools.
    """
    for member_id, pool_ids in losses:
        member, context = _about_losses(member_id, pool_ids)
        send_mail("emails/loss_called_off", member.user, context)


def _about_losses(member_id: int, pool_ids: Collection[int]) -> tuple[Membership, dict[str, Any]]:
    member = Membership.objects.select_related("user", "account").get(pk=member_id)
    account = member.account
    pools = SeatPool.objects.filter(pk__in=pool_ids).order_by("pk")
    return member, {
        "account": account,
        "member": member,
        "pools": [pool.name for pool in pools],
        "owner": account.memberships.select_related("user").get(role=Role.OWNER),
        "link": page_url("access", account),
    }
