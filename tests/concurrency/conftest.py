from collections.abc import Callable, Iterator

import pytest

from accounts.models import Account, Membership
from accounts.permissions import Role
from subscriptions.selectors.integrity import disagreements
from tests import cast
from tests.concurrency.crowd import Crowd
from tests.concurrency.served import Server, gunicorn


@pytest.fixture
def crowd(transactional_db: None) -> Iterator[Callable[[int], Crowd]]:
    """A crowd of so many people; afterwards every seat is accounted for."""
    crowds: list[Crowd] = []

    def of(size: int) -> Crowd:
        crowds.append(Crowd(size))
        return crowds[-1]

    yield of
    for gathered in crowds:
        gathered.__exit__(None, None, None)
    assert disagreements(cast.NOW) == []


@pytest.fixture(scope="module")
def server(django_db_setup: None) -> Iterator[Server]:
    """Started once; what it knows between two requests is in the database."""
    with gunicorn() as running:
        yield running


@pytest.fixture
def admins(transactional_db: None, acme: Account) -> list[Membership]:
    """Twenty admins of acme; an admin may hold a seat or none."""
    return [cast.member(acme, f"admin{number}", Role.ADMIN) for number in range(20)]
