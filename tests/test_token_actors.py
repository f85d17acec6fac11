"""D18, D19: a program with a token does what people do, is refused as they are, and is named."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db.models import Model

from accounts.actions import change_role, remove, suspend, transfer_ownership
from accounts.actors import Actor
from accounts.models import Account, AuditEntry, Membership, Status, User
from accounts.permissions import PERMISSIONS, Permission, Role, Scope
from subscriptions.actions import withdraw_request
from subscriptions.models import AddressedTo, Charge, Order, SeatChange, SeatPool, SeatRequest
from team.actions import downgrade_to_end_user
from tests import cast, keys, moves, programs
from tests.actors import ROWS, everything_names_its_actor, through
from tests.cast import NOW
from tests.conftest import ClientFor
from tests.kept import kept
from tests.programs import ACTS, ALL, Scene, undone
from tests.refusals import refused

Act = Callable[[Scene, Any], Any]


@kept
def scene(acme: Account, suite_pool: SeatPool, sell_pool: SeatPool) -> Scene:
    return programs.set_up(acme, suite_pool, sell_pool)


def program(maker: Membership, *scopes: Scope) -> Actor:
    return Actor.through_token(keys.token(maker, *scopes)[0])


def without(maker: Membership, permission: Permission) -> Actor:
    """A program that may do everything else."""
    able = [scope for scope in Scope if not keys.token(maker, scope)[0].may(permission)]
    return program(maker, *able)


def sentence(act: Act, scene: Scene, by: Any) -> tuple[str | None, list[str]]:
    with pytest.raises(ValidationError) as refusal, undone():
        act(scene, by)
    return refusal.value.code, refusal.value.messages


def newest() -> dict[Any, int]:
    rows = ((model, model._default_manager.order_by("pk").last()) for model in ROWS)
    return {model: row.pk if row else 0 for model, row in rows}


# What it leaves


@pytest.mark.parametrize("act", ALL, ids=lambda act: act.__name__)
def test_every_row_of_what_a_program_does_names_its_token(scene: Scene, act: Act) -> None:
    owner, before = cast.owner(scene.account), newest()
    by = program(owner)
    act(scene, by)
    rows: list[Any] = []
    for model in ROWS:
        rows += model._default_manager.filter(pk__gt=before[model])
    assert rows or SeatRequest.objects.get(closed_token=by.token).decided_by == owner.user
    for row in rows:
        who = row.placed_by if isinstance(row, Order) else row.by
        assert (who, *through(row), row.token) == (owner.user, "api", "", by.token)
    everything_names_its_actor()


def test_requests_name_the_tokens_of_those_who_asked_and_decided(scene: Scene) -> None:
    owner = cast.owner(scene.account)
    asking, deciding = program(owner, Scope.REQUEST_SEATS), program(owner, Scope.DECIDE_REQUESTS)
    [asked] = programs.ask(scene, asking)
    assert (asked.requested_by, asked.requested_token) == (owner, asking.token)
    moves.approve(asked, by=deciding)
    asked = SeatRequest.objects.get(pk=asked.pk)
    assert (asked.closed_through, asked.closed_token) == ("api", deciding.token)
    assert asked.requester == asked.decider == "Acme Owner (API token “HR sync”)"


def test_a_request_fulfilled_by_what_a_program_bought_names_its_token(scene: Scene) -> None:
    by = program(cast.owner(scene.account))
    moves.buy({scene.full: 5}, by=by)
    closed = SeatRequest.objects.get(pk=scene.request.pk)
    assert (closed.status, closed.closed_token, closed.decided_by) == ("fulfilled", by.token, None)


# Where it is read


@pytest.mark.parametrize("model", [AuditEntry, SeatChange, Order, Charge])
def test_the_admin_says_with_which_token(
    scene: Scene, client_for: ClientFor, root: User, model: type[Model]
) -> None:
    programs.fewer_now(scene, program(cast.owner(scene.account)))
    programs.buy(scene, program(cast.owner(scene.account)))
    address = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    assert "API: HR sync" in client_for(root).get(address).text
    row = model._default_manager.filter(channel="api").latest("pk")
    assert "API: HR sync" in client_for(root).get(f"{address}{row.pk}/change/").text


@pytest.mark.parametrize(
    ("language", "says"), [("en", "(API token “HR sync”)"), ("de", "(API-Token „HR sync“)")]
)
def test_the_requests_page_says_which_program_asked_and_decided(
    scene: Scene, client_for: ClientFor, language: str, says: str
) -> None:
    owner = cast.owner(scene.account)
    programs.ask(scene, program(owner, Scope.REQUEST_SEATS))
    programs.decline(scene, program(owner))
    client = client_for(owner)
    shown = client.get("/a/acme/subscription/requests/", headers={"Accept-Language": language})
    assert shown.text.count(f"Acme Owner {says}") == 2


# What it may


@pytest.mark.parametrize("permission", ACTS)
def test_without_the_scope_it_is_refused_as_people_without_the_permission(
    scene: Scene, permission: Permission
) -> None:
    """D10: same code, same sentence. To read is no permission to change."""
    by, before = without(cast.owner(scene.account), permission), newest()
    for act in ACTS[permission]:
        code, said = sentence(act, scene, by)
        assert (code, said) == sentence(act, scene, scene.colleague), act.__name__
        assert code == "not_allowed"
    for other in ACTS.keys() - {permission}:
        for act in ACTS[other]:
            with undone():
                act(scene, by)
    assert newest() == before


@pytest.mark.parametrize("role", Role)
def test_it_may_no_more_than_its_makers_role_of_that_time(scene: Scene, role: Role) -> None:
    """Whatever scopes are written down."""
    maker = scene.colleague
    maker.role = role
    token = keys.token(maker)[0]
    allowed = {permission for permission in Permission if token.may(permission)}
    assert allowed == PERMISSIONS[role] - {
        Permission.VIEW_OWN_ACCESS, Permission.OPEN_CART, Permission.MANAGE_API,
        Permission.REQUEST_CHANGES, Permission.TRANSFER_OWNERSHIP,
    }  # fmt: skip


@pytest.mark.parametrize("fate", [suspend, remove, downgrade_to_end_user])
def test_it_goes_on_whatever_becomes_of_its_maker(scene: Scene, fate: Callable[..., Any]) -> None:
    """It may even see to that itself: nobody is shut out by their own hand."""
    maker = cast.member(scene.account, "billing", Role.BILLING_ADMIN)
    by = program(maker)
    other = program(cast.owner(scene.account))
    with refused("not_allowed"):
        # Nobody but the owner manages billing admins (D13).
        fate(membership=maker, by=by, at=NOW)
    fate(membership=maker, by=other, at=NOW)
    by = Actor.through_token(type(by.token).objects.get(pk=by.token.pk))  # type: ignore[union-attr]
    for act in ALL:
        with undone():
            act(scene, by)


def test_it_manages_its_maker_who_is_below_what_they_were(scene: Scene) -> None:
    maker = cast.member(scene.account, "billing", Role.BILLING_ADMIN)
    by = program(maker)
    downgrade_to_end_user(membership=maker, by=cast.owner(scene.account), at=NOW)
    suspend(membership=maker, by=by, at=NOW)
    assert Membership.objects.get(pk=maker.pk).status == Status.SUSPENDED


def test_nobody_above_its_makers_role_is_in_its_reach(scene: Scene) -> None:
    owner = cast.owner(scene.account)
    billing = [cast.member(scene.account, name, Role.BILLING_ADMIN) for name in ("one", "two")]
    with refused("owner"):
        suspend(membership=owner, by=program(owner), at=NOW)
    with refused("not_allowed"):
        suspend(membership=billing[1], by=program(billing[0]), at=NOW)
    suspend(membership=billing[1], by=program(owner), at=NOW)


def test_ownership_is_never_transferred_by_a_program(scene: Scene) -> None:
    owner = cast.owner(scene.account)
    admin = scene.request.requested_by
    with refused("not_allowed"):
        transfer_ownership(to=admin, by=program(owner), at=NOW)
    assert cast.owner(scene.account) == owner


def test_a_former_owners_program_makes_no_billing_admins(scene: Scene) -> None:
    """D13: the owner alone does; what a billing admin may do, it goes on doing."""
    owner, admin = cast.owner(scene.account), scene.request.requested_by
    token = keys.token(owner)[0]
    transfer_ownership(to=admin, by=owner, at=NOW)
    token.refresh_from_db()
    by = Actor.through_token(token)
    with refused("not_allowed"):
        change_role(membership=scene.colleague, role=Role.BILLING_ADMIN, by=by, at=NOW)
    change_role(membership=scene.colleague, role=Role.ADMIN, by=by, at=NOW)


def test_a_program_that_buys_need_not_manage_the_team_whose_seats_go(scene: Scene) -> None:
    """What an order brings with it is the order's (D4)."""
    by = program(cast.owner(scene.account), Scope.BUY_SEATS)
    programs.fewer_now(scene, by)
    entry = AuditEntry.objects.latest("pk")
    assert (entry.member, entry.after, entry.token) == (
        scene.colleague, {"role": "end_user"}, by.token,
    )  # fmt: skip


# Whose account


def test_an_account_of_others_is_out_of_its_reach(scene: Scene, stranger: Membership) -> None:
    by, before = program(stranger), newest()
    for act in (*ALL, programs.ask):
        code, _said = sentence(act, scene, by)
        # Two of them start at the token's own account, where there are no such seats.
        own = act in (programs.add_member, programs.cancel)
        assert code == ("unknown_pool" if own else "not_allowed"), act.__name__
    assert newest() == before


# Requests


def test_a_program_that_may_not_buy_asks_those_who_may(scene: Scene) -> None:
    owner = cast.owner(scene.account)
    [asked] = programs.ask(scene, program(owner, Scope.REQUEST_SEATS))
    assert asked.addressed_to == AddressedTo.BUYERS
    code, said = sentence(programs.ask, scene, program(owner))
    assert (code, said) == sentence(programs.ask, scene, owner)


def test_where_sales_decides_a_program_asks_them_and_decides_nothing(
    initech_pool: SeatPool, initech_owner: Membership, initech_admin: Membership, rep: User
) -> None:
    by = program(initech_owner)
    asked = moves.ask(initech_pool, 2, by=by)
    assert asked.is_for_representative
    with refused("not_allowed"):
        moves.approve(asked, by=by)
    with refused("not_allowed"):
        moves.buy({initech_pool: 1}, by=by)
    assert moves.approve(asked, by=rep).is_approved


def test_what_a_program_asked_for_it_and_its_maker_withdraw(scene: Scene) -> None:
    owner = cast.owner(scene.account)
    by, another = (program(owner, Scope.REQUEST_SEATS) for _ in range(2))
    [asked] = programs.ask(scene, by)
    for nobody in (another, scene.request.requested_by):
        with refused("not_allowed"):
            withdraw_request(seat_request=asked, by=nobody, at=NOW)
    with undone():
        withdraw_request(seat_request=asked, by=owner, at=NOW)
    closed = withdraw_request(seat_request=asked, by=by, at=NOW)
    assert (closed.closed_through, closed.closed_token) == ("api", by.token)
    with refused("not_allowed"):
        # Nor does a program withdraw what its maker asked for in person.
        withdraw_request(seat_request=scene.request, by=program(scene.request.requested_by), at=NOW)
