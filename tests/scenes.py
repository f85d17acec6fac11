"""What is set up before somebody is refused, around the act: `full(add())`."""

from dataclasses import replace
from typing import Any

from accounts.models import Account, AuditEntry, AuditKind, Membership
from events.actions import switch_off
from subscriptions.models import Plan, SeatPool, SeatRequest
from tests.cast import NOW
from tests.doors import Answer, Doors, Try
from tests.events import hooks


def full(act: Try) -> Try:
    """No seat is left."""

    def done(d: Doors) -> Answer:
        SeatPool.objects.filter(pk=d.home.pool.pk).update(seats=2, seats_at_renewal=2)
        return act(d)

    return done


def invited_often(times: int, whom: str) -> Any:
    """So many invitations went out today."""

    def before(act: Try) -> Try:
        def done(d: Doors) -> Answer:
            member = d.member(whom)
            AuditEntry.objects.bulk_create(
                AuditEntry(
                    account=member.account, member=member, kind=AuditKind.INVITATION_RESENT,
                    at=NOW, before={}, after={}, by=member.user, channel="page",
                )
                for _number in range(times)
            )  # fmt: skip
            return act(d)

        return done

    return before


def as_end_user(act: Try) -> Try:
    """Who is suspended is no team member."""

    def done(d: Doors) -> Answer:
        Membership.objects.filter(pk=d.member("suspended").pk).update(role="end_user")
        return act(d)

    return done


def expired(act: Try) -> Try:
    def done(d: Doors) -> Answer:
        member = d.member("invited")
        type(member).objects.filter(pk=member.pk).update(invitation_expires_at=NOW)
        return act(d)

    return done


def twice(first: Try, second: Try) -> Try:
    def act(d: Doors) -> Answer:
        first(d)
        return second(d)

    return act


def withdrawn(act: Try) -> Try:
    def done(d: Doors) -> Answer:
        d.page("admin", "withdraw_request", d.home.request.pk)
        return act(d)

    return done


def in_sales(act: Try) -> Try:
    """In the account of which the representative decides everything."""
    return lambda d: act(replace(d, home=d.world.homes["sales"]))


def theirs(act: Try) -> Try:
    def done(d: Doors) -> Answer:
        SeatRequest.objects.filter(pk=d.home.request.pk).update(addressed_to="representative")
        return act(d)

    return done


def online(act: Try) -> Try:
    """In the account that buys alone and removes with its representative."""
    return lambda d: act(replace(d, home=d.world.homes["online"]))


def legacy(act: Try) -> Try:
    """The plan is no longer sold."""

    def done(d: Doors) -> Answer:
        Plan.objects.filter(lines__pool=d.home.pool).update(is_legacy=True)
        return act(d)

    return done


def switched_off(act: Try) -> Try:
    """The webhook is."""

    def done(d: Doors) -> Answer:
        switch_off(endpoint=d.home.webhook, by=d.member("owner"), at=NOW)
        return act(d)

    return done


def with_twenty_webhooks(act: Try) -> Try:
    """One is there, and nineteen more."""

    def done(d: Doors) -> Answer:
        for number in range(19):
            hooks.add(d.member("owner"), f"https://hooks.example/{number}")
        return act(d)

    return done


def ended(act: Try) -> Try:
    """The subscription is over, and the account read-only (D15)."""

    def done(d: Doors) -> Answer:
        Account.objects.filter(pk=d.home.account.pk).update(read_only_since=NOW.date())
        return act(d)

    return done
