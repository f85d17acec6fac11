"""Webhooks: who may, which addresses, once per form, and what the histories say (D13, D17–D19)."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from accounts.actions import change_role
from accounts.actors import Actor
from accounts.models import AuditEntry, AuditKind, Event, Membership
from accounts.permissions import Role, Scope
from core.credentials import Overlap
from core.models import OutboxEntry, Status
from events.actions import (
    add_endpoint,
    change_endpoint,
    delete_endpoint,
    rotate_secret,
    send_again,
    send_test,
    switch_off,
    switch_on,
)
from events.models import Delivery, EndpointStatus, WebhookEndpoint
from tests import cast, keys
from tests.cast import NOW
from tests.events import hooks
from tests.kept import kept
from tests.refusals import refused

LATER = NOW + timedelta(minutes=1)
URL = "https://hooks.example/acme"


def fresh(endpoint: WebhookEndpoint) -> WebhookEndpoint:
    return WebhookEndpoint.objects.get(pk=endpoint.pk)


def rotate(
    endpoint: WebhookEndpoint, by: Any, overlap: Overlap = Overlap.NONE, **more: Any
) -> WebhookEndpoint:
    facts = {"idempotency_key": uuid4().hex, "at": LATER, **more}
    return rotate_secret(endpoint=endpoint, overlap=overlap, by=by, **facts)


def everything(endpoint: WebhookEndpoint, by: Any) -> dict[str, Any]:
    """Each act on a webhook."""
    delivery = endpoint.deliveries.earliest("pk")
    return {
        "add": lambda: hooks.add(by),
        "change": lambda: change_endpoint(
            endpoint=endpoint, changes={"event_types": ["member.renamed"]}, by=by, at=NOW
        ),
        "rotate": lambda: rotate(endpoint, by),
        "test": lambda: send_test(endpoint=endpoint, idempotency_key=uuid4().hex, by=by, at=NOW),
        "again": lambda: send_again(delivery=delivery, by=by, at=NOW),
        "off": lambda: switch_off(endpoint=endpoint, by=by, at=NOW),
        "on": lambda: switch_on(endpoint=endpoint, by=by, at=NOW),
        "delete": lambda: delete_endpoint(endpoint=endpoint, by=by, at=NOW),
    }


@kept
def endpoint(acme_owner: Membership) -> WebhookEndpoint:
    """Of acme, with a delivery."""
    row = hooks.add(acme_owner)
    send_test(endpoint=row, idempotency_key="first", by=acme_owner, at=NOW)
    return row


# Who may


def test_owner_and_billing_admin_do_everything(
    endpoint: WebhookEndpoint, acme_owner: Membership, acme_billing: Membership
) -> None:
    for by in (acme_owner, acme_billing):
        row = hooks.add(by)
        send_test(endpoint=row, idempotency_key=uuid4().hex, by=by, at=NOW)
        for act in everything(row, by).values():
            act()
        assert fresh(row).status == EndpointStatus.DELETED


def test_a_program_with_the_scope_does_everything(
    endpoint: WebhookEndpoint, acme_billing: Membership
) -> None:
    token, _key = keys.token(acme_billing, Scope.MANAGE_WEBHOOKS)
    for act in everything(endpoint, Actor.through_token(token)).values():
        act()
    entry = AuditEntry.objects.filter(kind=AuditKind.WEBHOOK_DELETED).get()
    assert (entry.channel, entry.token) == ("api", token)


@pytest.mark.parametrize("who", ["admin", "end user", "stranger", "downgraded", "other scope"])
def test_everybody_else_does_nothing(
    endpoint: WebhookEndpoint, acme_billing: Membership, acme_owner: Membership, who: str
) -> None:
    """D8, D13."""
    token, _key = keys.token(acme_owner, *(each for each in Scope if each != "manage_webhooks"))
    if who == "downgraded":
        change_role(membership=acme_billing, role=Role.ADMIN, by=acme_owner, at=NOW)
    by = {
        "admin": lambda: cast.member(acme_owner.account, "adam", Role.ADMIN),
        "end user": lambda: cast.member(acme_owner.account, "agnes", Role.END_USER),
        "stranger": lambda: cast.owner(cast.account("globex")),
        # The role counts that they have when the row is locked.
        "downgraded": lambda: acme_billing,
        "other scope": lambda: Actor.through_token(token),
    }[who]()
    acts = everything(endpoint, by)
    if who == "stranger":
        # In an account of their own.
        del acts["add"]
    for act in acts.values():
        with refused("not_allowed"):
            act()
    assert WebhookEndpoint.objects.count() == 1
    assert fresh(endpoint).is_on
    assert Delivery.objects.count() == 1


# Which addresses


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/seats", "https://example.com:8443/seats?x=1&y=2",
        "https://sub.domain.example/", "https://93.184.215.14/hook", "https://[2606:4700::1111]/",
        "https://xn--bcher-kva.example/", "https://EXAMPLE.com",
    ],
)  # fmt: skip
def test_addresses_of_the_internet_are_taken(acme_owner: Membership, url: str) -> None:
    assert hooks.add(acme_owner, url).url == url


@pytest.mark.parametrize(
    "url",
    [
        "", "example.com", "//example.com", "ftp://example.com/", "javascript:alert(1)",
        "http://example.com/", "https://", "https:///path", "https://exa mple.com/",
        "https://user:pass@example.com/", "https://user@example.com/", "https://:pw@example.com/",
        "https://example.com/#part", "https://example.com:0/", "https://example.com:99999/",
        "https://example.com:x/", "https://bücher.example/", "https://example.com/ü",
        "https://example.com/\r\nX-Header: 1", "https://example.com/\0", "https://[::1", "file:///etc",
        "https://2130706433/", "https://0x7f.0.0.1/", "https://0177.0.0.1/", "https://127.1/",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(acme_owner: Membership, url: str) -> None:
    with refused("bad_url"):
        hooks.add(acme_owner, url)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "224.0.0.1", "255.255.255.255", "192.0.2.1",
        "192.88.99.1", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]", "[fe80::1]",
        "[fc00::1]", "[fd00:ec2::254]", "[ff02::1]", "[2001:db8::1]", "[2002:7f00:1::]",
        "[64:ff9b::7f00:1]", "localhost", "app.localhost", "printer.local",
        "metadata.google.internal",
    ],
)  # fmt: skip
def test_addresses_inside_are_refused(acme_owner: Membership, settings: Any, host: str) -> None:
    settings.POSTS_TO_THIS_MACHINE = False
    with refused("not_of_the_internet"):
        hooks.add(acme_owner, f"https://{host}/latest/meta-data")
    assert not WebhookEndpoint.objects.exists()


def test_without_encryption_only_this_machine_is_told_and_only_in_the_demo(
    acme_owner: Membership, settings: Any
) -> None:
    mine = ("http://127.0.0.1:8000/hook", "http://localhost/")
    settings.POSTS_TO_THIS_MACHINE = True
    for url in mine:
        assert hooks.add(acme_owner, url).is_on
    for url in ("http://127.0.0.2/", "http://example.com/", "http://me:pw@127.0.0.1/"):
        with refused("bad_url"):
            hooks.add(acme_owner, url)
    settings.POSTS_TO_THIS_MACHINE = False
    for url in mine:
        with refused("bad_url"):
            hooks.add(acme_owner, url)


def test_a_changed_address_is_checked_as_a_new_one(
    endpoint: WebhookEndpoint, acme_owner: Membership
) -> None:
    for url, code in (("http://example.com", "bad_url"), ("https://[::1]/", "not_of_the_internet")):
        with refused(code):
            change_endpoint(endpoint=endpoint, changes={"url": url}, by=acme_owner, at=NOW)
    assert fresh(endpoint).url == URL


# Which events


def test_nothing_chosen_is_refused_and_each_event_is_kept_once(acme_owner: Membership) -> None:
    with refused("no_event_type"):
        hooks.add(acme_owner, types=[])
    row = hooks.add(acme_owner, types=["seat.released", "member.renamed", "seat.released"])
    assert row.event_types == ["member.renamed", "seat.released"]
    with refused("no_event_type"):
        change_endpoint(endpoint=row, changes={"event_types": []}, by=acme_owner, at=NOW)
    change_endpoint(endpoint=row, changes={"event_types": None}, by=acme_owner, at=NOW)
    assert fresh(row).event_types is None


def test_what_a_change_leaves_out_stays(endpoint: WebhookEndpoint, acme_owner: Membership) -> None:
    other, types = "https://other.example/", ["member.renamed"]
    change_endpoint(endpoint=endpoint, changes={"event_types": types}, by=acme_owner, at=NOW)
    change_endpoint(endpoint=endpoint, changes={"url": other}, by=acme_owner, at=NOW)
    change_endpoint(endpoint=endpoint, changes={"enabled": False}, by=acme_owner, at=NOW)
    change_endpoint(endpoint=endpoint, changes={}, by=acme_owner, at=NOW)
    row = fresh(endpoint)
    assert (row.url, row.event_types, row.status) == (other, types, EndpointStatus.OFF)
    assert row.secret == endpoint.secret


def test_a_change_is_made_as_a_whole_or_not_at_all(
    endpoint: WebhookEndpoint, acme_owner: Membership
) -> None:
    changes = {"enabled": False, "event_types": ["member.renamed"], "url": "http://other.example/"}
    with refused("bad_url"):
        change_endpoint(endpoint=endpoint, changes=changes, by=acme_owner, at=NOW)
    row = fresh(endpoint)
    assert (row.is_on, row.event_types, row.url) == (True, None, URL)


def test_a_new_address_has_not_failed_yet(
    endpoint: WebhookEndpoint, acme_owner: Membership
) -> None:
    WebhookEndpoint.objects.update(failing_since=NOW, failed_at=NOW, misses=9, rest_until=LATER)
    types = {"event_types": ["member.renamed"]}
    change_endpoint(endpoint=endpoint, changes=types, by=acme_owner, at=NOW)
    assert fresh(endpoint).misses == 9
    other = {"url": "https://other.example/"}
    change_endpoint(endpoint=endpoint, changes=other, by=acme_owner, at=NOW)
    row = fresh(endpoint)
    assert (row.failing_since, row.misses, row.rest_until) == (None, 0, None)


# Once, and not too many


def test_the_same_form_again_makes_one_and_with_other_entries_is_refused(
    acme_owner: Membership,
) -> None:
    """D6."""
    form: dict[str, Any] = {"event_types": None, "idempotency_key": "form", "by": acme_owner}
    first, second = (add_endpoint(url=URL, **form, at=at) for at in (NOW, LATER))
    assert first == second
    assert first.secret == second.secret
    with refused("used_form"):
        add_endpoint(url="https://other.example/", **form, at=NOW)
    assert WebhookEndpoint.objects.count() == 1
    assert AuditEntry.objects.filter(kind=AuditKind.WEBHOOK_ADDED).count() == 1


def test_the_same_test_again_sends_nothing(
    endpoint: WebhookEndpoint, acme_owner: Membership
) -> None:
    first, second = (
        send_test(endpoint=endpoint, idempotency_key="once", by=acme_owner, at=at)
        for at in (NOW, LATER)
    )
    assert first == second
    assert endpoint.deliveries.filter(pk=first.pk).count() == 1


def test_an_account_has_at_most_twenty_and_the_deleted_do_not_count(
    acme_owner: Membership, stranger: Membership
) -> None:
    rows = [hooks.add(acme_owner, f"https://hooks.example/{number}") for number in range(20)]
    with refused("too_many_endpoints"):
        hooks.add(acme_owner)
    hooks.add(stranger)
    delete_endpoint(endpoint=rows[0], by=acme_owner, at=NOW)
    hooks.add(acme_owner)


# The secret


def test_the_secret_is_not_stored_as_it_is_and_no_history_tells_it(acme_owner: Membership) -> None:
    row = hooks.add(acme_owner)
    first = row.secret
    second = rotate(row, acme_owner, Overlap.DAY).secret
    assert first.startswith("whsec_")
    assert first != second
    stored = "".join(
        str(list(model.objects.values())) for model in (WebhookEndpoint, AuditEntry, Event)
    )
    assert first not in stored
    assert second not in stored


def test_a_rotation_leaves_the_one_before_for_as_long_as_said(
    endpoint: WebhookEndpoint, acme_owner: Membership
) -> None:
    old = endpoint.secret
    row = rotate(endpoint, acme_owner, Overlap.HOUR)
    assert row.secrets_at(LATER) == [row.secret, old]
    assert row.secrets_at(LATER + timedelta(hours=1)) == [row.secret]
    again = rotate(endpoint, acme_owner, Overlap.NONE, at=LATER)
    assert again.secrets_at(LATER) == [again.secret]


def test_the_same_rotation_again_rotates_nothing(
    endpoint: WebhookEndpoint, acme_owner: Membership
) -> None:
    """D6."""
    first = rotate(endpoint, acme_owner, idempotency_key="once")
    assert rotate(endpoint, acme_owner, idempotency_key="once").secret == first.secret
    with refused("used_form"):
        rotate(endpoint, acme_owner, Overlap.DAY, idempotency_key="once")
    assert fresh(endpoint).secret == first.secret


def test_an_older_page_rotates_nothing(endpoint: WebhookEndpoint, acme_owner: Membership) -> None:
    seen = endpoint.secret_since
    row = rotate(endpoint, acme_owner, expected=seen)
    with refused("stale"):
        rotate(endpoint, acme_owner, expected=seen)
    assert fresh(endpoint).secret == row.secret
    rotate(endpoint, acme_owner, expected=row.secret_since)


# Off, on, gone


def test_switching_twice_does_it_once(endpoint: WebhookEndpoint, acme_owner: Membership) -> None:
    for turn in (switch_off, switch_off, switch_on, switch_on):
        turn(endpoint=endpoint, by=acme_owner, at=NOW)
    kinds = AuditEntry.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds)[-2:] == [AuditKind.WEBHOOK_SWITCHED_OFF, AuditKind.WEBHOOK_SWITCHED_ON]


def test_switched_off_nothing_is_sent_not_even_a_test(
    endpoint: WebhookEndpoint, acme_owner: Membership
) -> None:
    switch_off(endpoint=endpoint, by=acme_owner, at=NOW)
    acts = everything(endpoint, acme_owner)
    for name in ("test", "again"):
        with refused("switched_off"):
            acts[name]()
    statuses = OutboxEntry.objects.about([endpoint]).values_list("status", flat=True)
    assert set(statuses) == {Status.GIVEN_UP}


def test_nothing_brings_back_what_was_deleted(
    endpoint: WebhookEndpoint, acme_owner: Membership
) -> None:
    """Whoever looked at it before is told so."""
    acts = everything(endpoint, acme_owner)
    delete_endpoint(endpoint=endpoint, by=acme_owner, at=NOW)
    for name in ("change", "rotate", "test", "again", "off", "on"):
        with refused("deleted"):
            acts[name]()
    acts["delete"]()
    row = fresh(endpoint)
    assert (row.status, row.encrypted_secret) == (EndpointStatus.DELETED, "")
    assert AuditEntry.objects.filter(kind=AuditKind.WEBHOOK_DELETED).count() == 1


def test_every_step_leaves_history_and_an_event(
    acme_owner: Membership, acme_billing: Membership
) -> None:
    """D18, D19: of the webhook, by whoever did it."""
    row = hooks.add(acme_billing, types=["member.renamed"])
    change_endpoint(endpoint=row, changes={"event_types": None}, by=acme_owner, at=NOW)
    rotate(row, acme_owner, Overlap.DAY)
    switch_off(endpoint=row, by=acme_owner, at=NOW)
    switch_on(endpoint=row, by=acme_owner, at=NOW)
    delete_endpoint(endpoint=row, by=acme_owner, at=NOW)
    entries = AuditEntry.objects.filter(kind__startswith="webhook").order_by("pk")
    some, everything = ({"url": URL, "event_types": types} for types in (["member.renamed"], None))
    on, off = {"status": "on"}, {"status": "off"}
    assert [(e.before, e.after) for e in entries] == [
        ({}, some),
        (some, everything),
        ({}, {"url": URL, "overlap_hours": 24}),
        ({**everything, **on}, off),
        ({**everything, **off}, on),
        (everything, {}),
    ]
    assert {e.member for e in entries} == {acme_billing}
    assert [e.by for e in entries] == [acme_billing.user] + 5 * [acme_owner.user]
    events = Event.objects.filter(object="webhook_endpoint", object_id=row.pk).order_by("pk")
    assert [event.type for event in events] == [
        f"webhook_endpoint.{what}"
        for what in (
            "created",
            "changed",
            "rotated",
            "switched_off",
            "switched_on",
            "deleted",
        )
    ]
