import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from subscriptions.actions.purchase import MOST_SEATS
from subscriptions.quotes import Timing
from subscriptions.seats import PoolSnapshot

PREFIX = "seats-"
_WHOLE_NUMBER = re.compile(r"[+-]?\d+")
# Longer is no id of ours; Python refuses to read a number of some thousand digits.
_LONGEST_ID = 18


class EchoField(forms.CharField):
    """What a page sends along for itself, hidden; damaged, it counts as missing.

    Nobody could put right what they cannot see. Without `seen` nothing is done but
    shown once more.
    """

    def __init__(self) -> None:
        super().__init__(max_length=64, required=False, widget=forms.HiddenInput)

    def clean(self, value: Any) -> str:
        try:
            return super().clean(value)
        except ValidationError:
            return ""


class SeatsField(forms.IntegerField):
    """A number of seats, in digits: 1.000 is a thousand to some and one to Python."""

    def to_python(self, value: Any) -> int | None:
        if value not in self.empty_values and not _WHOLE_NUMBER.fullmatch(str(value).strip()):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class SeatNumbersForm(forms.Form):
    """A number of seats for each pool, in fields named `seats-<pool id>`.

    `key` and `seen` come back as they were sent: the form's own key, and the
    quote that was shown beside it (D6).
    """

    key = EchoField()
    seen = EchoField()

    def __init__(
        self, data: Mapping[str, Any], pools: Sequence[PoolSnapshot], *, required: bool
    ) -> None:
        super().__init__(data)
        self.pools = pools
        for pool in pools:
            self.fields[field_name(pool.id)] = SeatsField(
                label=pool.name,
                required=required,
                min_value=1,
                max_value=MOST_SEATS,
                error_messages={
                    "min_value": _("Enter 1 or more."),
                    "max_value": _("Enter %(limit_value)s at most."),
                    "invalid": _("Enter a whole number."),
                },
                widget=forms.NumberInput(
                    attrs={
                        "class": "number-input", "inputmode": "numeric", "autocomplete": "off",
                        # Without this browsers refuse the number that scripts would preview.
                        "step": 1,
                    }
                ),
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        sent = {name for name in self.data if name.startswith(PREFIX)}
        if sent - set(self.fields):
            raise ValidationError(_("This account has no such seats."), code="unknown_pool")
        return cleaned

    def numbers(self) -> dict[int, int]:
        """Pool id → number, for the pools that have one; valid forms only."""
        found = {pool.id: self.cleaned_data.get(field_name(pool.id)) for pool in self.pools}
        return {pool_id: number for pool_id, number in found.items() if number is not None}

    def field_of(self, pool: PoolSnapshot) -> forms.BoundField:
        return self[field_name(pool.id)]


class AddSeatsForm(SeatNumbersForm):
    """Additional seats (R14): one number in the streamlined cart, any in the full one (R16)."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors and not self.numbers():
            raise ValidationError(_("Enter how many seats to add."), code="nothing")
        return cleaned


class RequestSeatsForm(AddSeatsForm):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Whoever decides reads this: who needs the seats, and what for."),
    )
    needed_by = forms.DateField(
        label=_("Needed by"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The day by which the seats are needed, if there is one."),
    )


class ManageForm(SeatNumbersForm):
    """The seats needed (R8), when removed ones go (D3), and whom it costs a seat (D4)."""

    timing = forms.ChoiceField(
        label=_("When removed seats go"),
        choices=Timing.choices,
        initial=Timing.AT_RENEWAL,
        required=False,
        widget=forms.RadioSelect,
    )

    def clean_timing(self) -> Timing:
        return Timing(self.cleaned_data["timing"] or Timing.AT_RENEWAL)

    def numbers(self) -> dict[int, int]:
        """Pool id → seats needed, for the fields the buyer touched.

        Each field has a companion, `was-<pool id>`, with the number it started
        from: a field left alone is not an order to undo what others did meanwhile.
        """
        touched = super().numbers()
        return {
            pool.id: touched[pool.id]
            for pool in self.pools
            if pool.id in touched and str(touched[pool.id]) != self._was(pool)
        }

    def _was(self, pool: PoolSnapshot) -> str:
        return str(self.data.get(f"was-{pool.id}", pool.at_renewal))

    def against(self, pools: Sequence[PoolSnapshot]) -> "ManageForm":
        """The same wishes against the numbers as they are now."""
        wanted = self.numbers()
        data = QueryDict(self.sent.urlencode(), mutable=True)
        for pool in pools:
            data[field_name(pool.id)] = str(wanted.get(pool.id, pool.at_renewal))
            data[f"was-{pool.id}"] = str(pool.at_renewal)
        form = ManageForm(data, pools, required=True)
        form.full_clean()
        return form

    def chosen(self) -> list[int]:
        """The assignments the buyer chose to go first; not a number is not a choice."""
        names = [f"lose-{pool.id}" for pool in self.pools]
        return [
            int(value)
            for name in names
            for value in self.sent.getlist(name)
            if value.isdecimal() and len(value) <= _LONGEST_ID
        ]

    @property
    def sent(self) -> QueryDict:
        return self.data if isinstance(self.data, QueryDict) else QueryDict()


class NoteForm(forms.Form):
    """A decision on a request."""

    note = forms.CharField(
        label=_("Note to the asker"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    seen = EchoField()


def field_name(pool_id: int) -> str:
    return f"{PREFIX}{pool_id}"


def has_numbers(data: Collection[str]) -> bool:
    """Whether a page was sent, or asked to preview, numbers."""
    return any(name.startswith(PREFIX) for name in data)


def new_key() -> str:
    """A key for a form about to be shown; sent back once or twice, it acts once (D6)."""
    return uuid4().hex
