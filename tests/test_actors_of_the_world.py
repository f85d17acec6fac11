"""D18: nothing that the actions do to build a whole world is without an actor."""

from accounts.models import AuditEntry
from subscriptions.models import SeatChange, SeatRequest
from tests.actors import everything_names_its_actor
from tests.world import World


def test_no_row_of_a_whole_world_is_without_an_actor(world: World) -> None:
    assert all(model._default_manager.exists() for model in (AuditEntry, SeatChange, SeatRequest))
    everything_names_its_actor()
