"""Forms about members; what is allowed is decided by the actions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import errors as account_errors
from accounts.models import Membership, Status
from accounts.permissions import DESCRIPTIONS, GRANTABLE, TEAM_ROLES, Role
from core.fields import AddressField, EchoField, NameField
from subscriptions import errors as seat_errors
from subscriptions.rules.seats import PoolSnapshot
from team import errors
from team.selectors.members import INVITATION_EXPIRED, NO_SEAT, SORTS, SUSPENDED_WITH_SEAT, Search

# The field at which a refusal is shown, by code; all others are shown at the top.
_FIELD_OF = {
    account_errors.ALREADY_MEMBER.code: "email",
    account_errors.SUSPENDED.code: "email",
    account_errors.SECOND_OWNER.code: "role",
    errors.AGENT_NEEDS_SEAT.code: "seats",
    errors.END_USER_HAS_SEAT.code: "seats",
    errors.EXPIRED_INVITATION.code: "seats",
    seat_errors.HAS_SEAT.code: "seats",
    seat_errors.NO_SEAT.code: "seats",
    seat_errors.UNKNOWN_POOL.code: "seats",
}


@dataclass(frozen=True)
class RoleOption:
    """A role to choose, with its description."""

    widget: Any
    description: str | Promise


@dataclass(frozen=True)
class SeatOption:
    """A pool to choose a seat from, with the number available."""

    widget: Any
    pool: PoolSnapshot
    is_held: bool


class MemberForm(forms.Form):
    """Name, role and seats of a member."""

    name = NameField(label=_("Name"))
    role = forms.TypedChoiceField(label=_("Role"), coerce=Role, widget=forms.RadioSelect)
    seats = forms.TypedMultipleChoiceField(
        label=_("Seats"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self,
        data: Any = None,
        *,
        roles: Sequence[Role],
        pools: Sequence[PoolSnapshot],
        held: frozenset[int] = frozenset(),
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        self.pools, self.held = pools, held
        self.fields["role"].choices = [(role.value, role.label) for role in roles]  # type: ignore[attr-defined]
        self.fields["seats"].choices = [(pool.id, pool.name) for pool in pools]  # type: ignore[attr-defined]

    def role_options(self) -> list[RoleOption]:
        return [
            RoleOption(option, DESCRIPTIONS[Role(option.data["value"])]) for option in self["role"]
        ]

    def seat_options(self) -> list[SeatOption]:
        return [
            SeatOption(option, pool, pool.id in self.held)
            for option, pool in zip(self["seats"], self.pools, strict=True)
        ]

    def add_error(self, field: Any, error: Any) -> None:
        """An action's refusal names no field: show it at the one it is about."""
        about = _FIELD_OF.get(getattr(error, "code", None) or "")
        super().add_error(about if field is None and about in self.fields else field, error)


class AddMemberForm(MemberForm):
    """A new person; sent twice with the same `idempotency_key`, they are added once (D6)."""

    email = AddressField(label=_("Email address"))
    idempotency_key = EchoField()

    field_order = ("email", "name", "role", "seats")


class ReturnForm(MemberForm):
    """What a suspended agent without a seat comes back as."""

    name = None  # type: ignore[assignment]


class PasswordForm(forms.Form):
    """One's own password, once more, before something that cannot be taken back."""

    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class TeamSearchForm(forms.Form):
    """The filters of the team page; invalid values in the address are ignored."""

    q = forms.CharField(
        label=_("Search by name or email address"),
        required=False,
        max_length=254,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    role = forms.ChoiceField(label=_("Role"), required=False)
    pool = forms.ChoiceField(label=_("Product"), required=False)
    status = forms.ChoiceField(label=_("Status"), required=False)
    sort = forms.ChoiceField(
        choices=[(sign + key, key) for key in SORTS for sign in ("", "-")],
        required=False,
        widget=forms.HiddenInput,
    )

    def __init__(self, data: Any, *, pools: Sequence[PoolSnapshot]) -> None:
        super().__init__(data)
        self.fields["q"].widget.attrs["placeholder"] = self.fields["q"].label
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            ("", _("Any role")), *((role.value, role.label) for role in TEAM_ROLES),
            (Role.END_USER.value, _("End users")),
        ]  # fmt: skip
        self.fields["pool"].choices = [  # type: ignore[attr-defined]
            ("", _("Any product")), *((str(pool.id), pool.name) for pool in pools),
            (NO_SEAT, _("No seat")),
        ]  # fmt: skip
        self.fields["status"].choices = [  # type: ignore[attr-defined]
            ("", _("Any status")),
            (Status.ACTIVE.value, Status.ACTIVE.label),
            (Status.INVITED.value, Status.INVITED.label),
            (INVITATION_EXPIRED, _("Invitation expired")),
            (Status.SUSPENDED.value, Status.SUSPENDED.label),
            (SUSPENDED_WITH_SEAT, _("Suspended with a seat")),
        ]

    def search(self) -> Search:
        self.is_valid()
        found = {name: self.cleaned_data.get(name, "") for name in self.fields}
        return Search(
            text=found["q"],
            role=found["role"],
            pool=found["pool"],
            status=found["status"],
            sort=found["sort"] or "name",
        )


def roles_to_give(by: Membership) -> list[Role]:
    """The team roles a member can give to a new person, most frequent first."""
    return [role for role in reversed(GRANTABLE[Role(by.role)]) if role in TEAM_ROLES]


def roles_for(member: Membership, by: Membership) -> list[Role]:
    """The roles that can be given to a member, besides the one they have."""
    own = Role(member.role)
    if member.pk == by.pk:
        return [own]
    return [own, *(role for role in roles_to_give(by) if role != own)]
