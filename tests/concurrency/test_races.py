"""Different things at the same moment: D2, D5, D6, D7, R22, N4."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actions import accept_invitation, rotate_token, transfer_ownership
from accounts.models import Account, ApiToken, Membership, User
from accounts.permissions import Role
from core.credentials import Overlap
from subscriptions.actions import (
    expire_invitation,
    invite_again,
    release_seat,
    renew,
    withdraw_request,
)
from subscriptions.models import Order, SeatPool, SeatRequest
from subscriptions.rules.quotes import Timing
from team.actions import (
    add_member,
    change_member,
    change_parts,
    give_seat,
    release_seats,
    remove_member,
    take_seat,
)
from tests import cast, moves
from tests.concurrency.crowd import DONE, Crowd, Job, tally
from tests.concurrency.test_last_seats import take

Gather = Callable[[int], Crowd]
DUE = datetime(2026, 12, 1, 0, 5, tzinfo=UTC)


def invite(number: int, *pools: SeatPool, by: Membership) -> Membership:
    return add_member(
        email=f"new{number}@acme.example", name=f"New {number}", role=Role.AGENT,
        pool_ids=[pool.pk for pool in pools], by=by, at=cast.NOW,
    )  # fmt: skip


def set_pools(member: Membership, *pools: SeatPool, role: Role, by: Membership) -> Membership:
    return change_member(
        membership=member, name=member.name, role=role,
        pool_ids=[pool.pk for pool in pools], by=by, at=cast.NOW,
    )  # fmt: skip


def test_the_same_form_sent_ten_times_at_once_buys_once(
    crowd: Gather, acme_owner: Membership, sell_pool: SeatPool
) -> None:
    """D6."""
    people = crowd(10)
    for number in range(5):
        quote = moves.price(acme_owner.account.subscription, {sell_pool: 2})
        send = partial(moves.buy_as_shown, quote, {sell_pool: 2}, by=acme_owner)
        orders = people.race([partial(send, idempotency_key=f"form-{number}")] * 10)
        assert len({order.pk for order in orders}) == 1
        assert moves.numbers(sell_pool)[0] == 5 + 2 * (number + 1)
    assert Order.objects.count() == 5


def test_two_approvals_of_one_request_add_its_seats_once(
    crowd: Gather,
    acme_owner: Membership,
    acme_billing: Membership,
    acme_admin: Membership,
    sell_pool: SeatPool,
) -> None:
    """R22."""
    people = crowd(2)
    for number in range(10):
        request = moves.ask(sell_pool, 1, by=acme_admin)
        results = people.race(
            [partial(moves.approve, request, by=by) for by in (acme_owner, acme_billing)]
        )
        # Who looks after the other decided sees other numbers than who looks before.
        assert tally(results)[DONE] == 1
        assert moves.numbers(sell_pool)[0] == 5 + number + 1


def test_pools_taken_in_opposite_order_do_not_deadlock(
    crowd: Gather, acme_owner: Membership, suite_pool: SeatPool, sell_pool: SeatPool
) -> None:
    """Everyone locks pools in the order of their ids; a deadlock would be an error here."""
    people = crowd(8)
    for number in range(8):
        jobs = [
            partial(invite, 8 * number + i, *pools, by=acme_owner)
            for i, pools in enumerate([(suite_pool, sell_pool), (sell_pool, suite_pool)] * 3)
        ]
        both = {sell_pool: 3, suite_pool: 3}
        buying = [
            partial(moves.buy, counts, by=acme_owner)
            for counts in (both, dict(reversed(both.items())))
        ]
        results = people.race([*jobs, *buying])
        assert set(tally(results)) <= {DONE, "no_seat", "stale"}


@pytest.mark.parametrize("seed", range(8))
def test_everything_at_once_leaves_every_seat_accounted_for(
    crowd: Gather,
    acme: Account,
    acme_owner: Membership,
    acme_billing: Membership,
    acme_admin: Membership,
    suite_pool: SeatPool,
    sell_pool: SeatPool,
    seed: int,
) -> None:
    """A purchase, reductions, a renewal, an approval, invitations and releases, racing."""
    team = cast.fill(sell_pool, 4)
    both = cast.member(acme, "both", Role.AGENT, sell_pool, suite_pool)
    moves.set_numbers({sell_pool: 3}, by=acme_owner)
    request = moves.ask(sell_pool, 2, by=acme_admin)
    reduce_now = partial(moves.set_numbers, {sell_pool: 2}, by=acme_owner, timing=Timing.NOW)
    jobs: list[Job] = [
        partial(moves.buy, {sell_pool: 1, suite_pool: 1}, by=acme_billing, at=DUE),
        partial(moves.set_numbers, {sell_pool: 4, suite_pool: 5}, by=acme_owner),
        reduce_now,
        partial(renew, subscription=acme.subscription, at=DUE),
        partial(moves.approve, request, by=acme_billing),
        partial(invite, 1, sell_pool, by=acme_admin),
        partial(invite, 2, suite_pool, sell_pool, by=acme_admin),
        partial(remove_member, membership=team[0], by=acme_billing, at=cast.NOW),
        partial(release_seats, membership=both, by=acme_owner, at=cast.NOW),
        partial(set_pools, both, suite_pool, role=Role.AGENT, by=acme_owner),
        partial(take, sell_pool, acme_admin),
        partial(transfer_ownership, to=acme_billing, by=acme_owner, at=cast.NOW),
    ]
    random.Random(seed).shuffle(jobs)
    crowd(len(jobs)).race(jobs)
    assert acme.memberships.filter(role=Role.OWNER).count() == 1
    seats, assigned, at_renewal = moves.numbers(sell_pool)
    assert assigned <= seats
    assert at_renewal <= seats


def test_nobody_is_left_an_agent_without_a_seat_nor_an_end_user_with_one(
    crowd: Gather,
    acme: Account,
    acme_owner: Membership,
    acme_billing: Membership,
    suite_pool: SeatPool,
    sell_pool: SeatPool,
) -> None:
    """D2: the seat of one pool released while one of another is given; the fixture recounts."""
    people = crowd(2)
    for number in range(15):
        agent = cast.member(acme, f"agent{number}", Role.AGENT, suite_pool)
        seat = moves.seat_of(agent, suite_pool)
        people.race(
            [
                partial(release_seat, assignment=seat, by=acme_owner, at=cast.NOW),
                partial(take, sell_pool, agent),
            ]
        )
        remove_member(membership=Membership.objects.get(pk=agent.pk), by=acme_owner, at=cast.NOW)


def test_who_is_removed_while_given_a_seat_holds_none(
    crowd: Gather,
    acme: Account,
    acme_owner: Membership,
    acme_billing: Membership,
    suite_pool: SeatPool,
    sell_pool: SeatPool,
) -> None:
    """D2, D5: in whatever order; every time the seats are free again."""
    people = crowd(3)
    for number in range(15):
        agent = cast.member(acme, f"agent{number}", Role.AGENT, sell_pool)
        people.race(
            [
                partial(remove_member, membership=agent, by=acme_owner, at=cast.NOW),
                partial(take, suite_pool, agent),
                partial(set_pools, agent, suite_pool, sell_pool, role=Role.ADMIN, by=acme_billing),
            ]
        )
        assert not agent.seat_assignments.exists()


def test_a_request_closes_once_when_its_seats_are_bought_and_approved_at_once(
    crowd: Gather,
    acme_owner: Membership,
    acme_billing: Membership,
    acme_admin: Membership,
    sell_pool: SeatPool,
) -> None:
    """N4: bought twice only if both buyers saw the other's numbers."""
    people = crowd(2)
    for number in range(10):
        at = cast.NOW + timedelta(minutes=number)
        request = moves.ask(sell_pool, 2, by=acme_admin, at=at)
        before = moves.numbers(sell_pool)[0]
        people.race(
            [
                partial(moves.buy, {sell_pool: 2}, by=acme_owner, at=at),
                partial(moves.approve, request, by=acme_billing, at=at),
            ]
        )
        assert not SeatRequest.objects.get(pk=request.pk).is_open
        assert moves.numbers(sell_pool)[0] in (before + 2, before + 4)


def agreed(request: SeatRequest) -> SeatRequest:
    """As stored, and for as many seats as its parts (D20)."""
    row = SeatRequest.objects.with_details().get(pk=request.pk)
    assert row.seats == sum(part.seats for part in row.standing)
    return row


def test_what_is_joined_while_it_is_approved_is_in_it_or_refused(
    crowd: Gather, acme_owner: Membership, acme_admin: Membership, acme_agent: Membership,
    sell_pool: SeatPool,
) -> None:  # fmt: skip
    """D6, D20, R22: never a part that nobody decided, nor seats that nobody saw."""
    people, outcomes = crowd(2), Counter[tuple[str, str]]()
    for _number in range(15):
        request = moves.ask(sell_pool, 2, by=acme_admin)
        before = moves.numbers(sell_pool)[0]
        joined, approved = (
            next(iter(tally([result])))
            for result in people.race(
                [
                    partial(moves.join, request, 3, by=acme_agent),
                    partial(moves.approve, request, by=acme_owner),
                ]
            )
        )
        outcomes[joined, approved] += 1
        row = agreed(request)
        if joined == DONE:
            assert (approved, row.is_open, row.seats) == ("stale", True, 5)
            moves.approve(row, by=acme_owner)
            assert moves.numbers(sell_pool)[0] == before + 5
        else:
            assert (joined, approved, row.seats) == ("already_decided", DONE, 2)
            assert moves.numbers(sell_pool)[0] == before + 2
    assert sum(outcomes.values()) == 15


def test_all_who_join_at_once_are_counted(
    crowd: Gather, acme: Account, acme_admin: Membership, sell_pool: SeatPool
) -> None:
    """D20; and one form sent by many browsers at once joins once (D6)."""
    team = [cast.member(acme, f"joiner{number}", Role.ADMIN) for number in range(8)]
    people = crowd(8)
    for number in range(4):
        request = moves.ask(sell_pool, 1, by=acme_admin)
        results = people.race([partial(moves.join, request, 2, by=member) for member in team])
        assert tally(results) == {DONE: 8}
        assert agreed(request).seats == 17
        key = f"form-{number}"
        people.race([partial(moves.join, request, 1, by=team[0], idempotency_key=key)] * 8)
        assert agreed(request).seats == 18
        for member in [acme_admin, *team]:
            withdraw_request(seat_request=request, by=member, at=cast.NOW)


def test_of_all_who_take_their_parts_back_at_once_the_last_ends_the_request(
    crowd: Gather, acme: Account, acme_admin: Membership, acme_agent: Membership,
    sell_pool: SeatPool,
) -> None:  # fmt: skip
    """D20, N4: against one who joins, it stays open for them or was closed before they could."""
    other = cast.member(acme, "other", Role.ADMIN)
    people = crowd(3)
    for _number in range(10):
        request = moves.ask(sell_pool, 2, by=acme_admin)
        moves.join(request, 1, by=acme_agent)
        withdrawals = [
            partial(withdraw_request, seat_request=request, by=by, at=cast.NOW)
            for by in (acme_admin, acme_agent)
        ]
        *gone, joined = people.race([*withdrawals, partial(moves.join, request, 4, by=other)])
        assert tally(gone) == {DONE: 2}
        row = agreed(request)
        if tally([joined]) == {DONE: 1}:
            assert (row.is_open, row.seats) == (True, 4)
            withdraw_request(seat_request=request, by=other, at=cast.NOW)
        assert SeatRequest.objects.get(pk=request.pk).is_withdrawn


def test_a_seat_given_twice_at_once_is_given_once(
    crowd: Gather, acme: Account, sell_pool: SeatPool
) -> None:
    """D2: one member, one seat of a pool, whoever was first."""
    people = crowd(3)
    for number in range(5):
        admin = cast.member(acme, f"admin{number}", Role.ADMIN)
        results = people.race([partial(take, sell_pool, admin)] * 3)
        assert tally(results)[DONE] == 1
        assert moves.numbers(sell_pool)[1] == number + 1


def test_two_heirs_at_once_make_one_owner(
    crowd: Gather, acme: Account, acme_owner: Membership
) -> None:
    """D7."""
    people = crowd(2)
    ownership_candidates = [cast.member(acme, name, Role.ADMIN) for name in ("one", "two")]
    results = people.race(
        [
            partial(transfer_ownership, to=candidate, by=acme_owner, at=cast.NOW)
            for candidate in ownership_candidates
        ]
    )
    assert tally(results) == {DONE: 1, "not_allowed": 1}
    assert acme.memberships.filter(role=Role.OWNER).count() == 1


def test_a_token_rotated_by_many_at_once_has_one_new_key(
    crowd: Gather, acme_owner: Membership, acme_billing: Membership
) -> None:
    """D6: by one form sent again and again, and by others who saw the key of before."""
    people = crowd(6)
    for number in range(5):
        token, before = moves.issue(acme_billing, name=f"Token {number}")
        form = partial(
            rotate_token, token=token, overlap=Overlap.DAY, at=cast.NOW + timedelta(hours=1),
            expected=token.key_since,
        )  # fmt: skip
        same = partial(form, idempotency_key=f"form-{number}", by=acme_owner)
        others = [partial(form, idempotency_key="", by=by) for by in (acme_owner, acme_billing)]
        results = people.race([same, same, same, same, *others])
        keys = [answer[1] for answer in results if isinstance(answer, tuple) and answer[1]]
        assert len(keys) == 1
        row = ApiToken.objects.get(pk=token.pk)
        assert row.opens_with(keys[0], cast.NOW + timedelta(hours=1))
        assert row.opens_with(before, cast.NOW + timedelta(hours=1))


def test_one_account_saved_by_two_at_once_is_opened_once(crowd: Gather, root: User) -> None:
    """A double click in Django admin: one of the two is told, and neither sees an error."""
    url, people = reverse("admin:accounts_account_add"), crowd(4)
    for number in range(5):
        data = {
            "name": "Umbrella", "slug": f"umbrella{number}", "kind": "self_service",
            "owner_email": f"owner{number}@umbrella.example", "owner_name": "Umbrella Owner",
        }  # fmt: skip
        answers = people.race([partial(signed_in(root).post, url, data) for _ in range(4)])
        statuses = Counter(answer.status_code for answer in answers)
        assert statuses[302] == 1
        assert statuses[409] + statuses[422] == 3
    assert Membership.objects.filter(role=Role.OWNER).count() == 5


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_one_person_invited_by_two_at_once_is_one_member(
    crowd: Gather, acme: Account, acme_owner: Membership, acme_admin: Membership,
    sell_pool: SeatPool,
) -> None:  # fmt: skip
    people = crowd(2)
    for number in range(5):
        before = moves.numbers(sell_pool)[1]
        results = people.race(
            [partial(invite, number, sell_pool, by=by) for by in (acme_owner, acme_admin)]
        )
        assert tally(results) == {DONE: 1, "already_member": 1}
        assert moves.numbers(sell_pool)[1] == before + 1


EXPIRED = cast.NOW + timedelta(days=15)


def test_an_invitation_accepted_while_it_expires_keeps_all_its_seats_or_is_not_accepted(
    crowd: Gather,
    acme: Account,
    acme_owner: Membership,
    suite_pool: SeatPool,
    sell_pool: SeatPool,
) -> None:
    """D2, D14: two daily runs, and somebody who opened the link in time."""
    people = crowd(3)
    for number in range(15):
        ina = cast.member(
            acme, f"ina{number}", Role.AGENT, suite_pool, sell_pool, at=cast.NOW, active=False
        )
        expire = partial(expire_invitation, membership=ina, at=EXPIRED)
        accept = partial(accept_invitation, membership=ina, at=cast.NOW)
        *runs, accepted = people.race([expire, expire, accept])
        row = Membership.objects.get(pk=ina.pk)
        if row.is_active:
            assert row.seat_assignments.count() == 2
            assert not any(runs)
        else:
            assert tally([accepted]) == {"used": 1}
            assert not row.seat_assignments.exists()
            assert sorted(len(pools) for pools in runs) == [0, 2]
        remove_member(membership=row, by=acme_owner, at=EXPIRED)


def test_of_two_who_are_sent_the_last_seat_again_one_gets_it(
    crowd: Gather, acme: Account, acme_owner: Membership, sell_pool: SeatPool
) -> None:
    """D5, D14: the other's invitation is as it was."""
    people = crowd(3)
    cast.fill(sell_pool, 3)
    for number in range(5):
        pair = [
            cast.member(acme, f"{name}{number}", Role.AGENT, sell_pool, at=cast.NOW, active=False)
            for name in ("ina", "ivo")
        ]
        for member in pair:
            expire_invitation(membership=member, at=EXPIRED)
        other = cast.member(acme, f"other{number}", Role.AGENT, sell_pool)
        again = [
            partial(invite_again, membership=member, by=acme_owner, at=EXPIRED) for member in pair
        ]
        results = people.race([*again, again[0]])
        assert moves.numbers(sell_pool)[1] == 5
        assert tally(results)["no_seat"] >= 1
        with_seat = [m for m in pair if Membership.objects.get(pk=m.pk).seat_assignments.exists()]
        assert len(with_seat) == 1
        for member in (*pair, other):
            remove_member(membership=member, by=acme_owner, at=EXPIRED)


def test_a_name_and_a_role_changed_at_once_are_both_kept(
    crowd: Gather, acme_owner: Membership, acme_admin: Membership
) -> None:
    """What a program leaves out is not what it read before."""
    people = crowd(2)
    for number in range(8):
        name, role = f"Name {number}", (Role.BILLING_ADMIN, Role.ADMIN)[number % 2]
        change = partial(change_parts, membership=acme_admin, by=acme_owner, at=cast.NOW)
        results = people.race([partial(change, name=name), partial(change, role=role)])
        assert tally(results) == {DONE: 2}
        acme_admin.refresh_from_db()
        assert (acme_admin.name, acme_admin.role) == (name, role)


def test_two_seats_given_to_one_member_at_once_are_both_kept(
    crowd: Gather,
    acme_owner: Membership,
    acme_admin: Membership,
    suite_pool: SeatPool,
    sell_pool: SeatPool,
) -> None:
    """And released at once, both are released."""
    people = crowd(2)
    for _ in range(8):
        for act, left in ((give_seat, {suite_pool.pk, sell_pool.pk}), (take_seat, set())):
            jobs: list[Job] = [
                partial(act, membership=acme_admin, pool=pool, by=acme_owner, at=cast.NOW)
                for pool in (suite_pool, sell_pool)
            ]
            assert tally(people.race(jobs)) == {DONE: 2}
            held = acme_admin.seat_assignments.values_list("pool_id", flat=True)
            assert set(held) == left
