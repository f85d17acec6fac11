import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from core.fields import EchoField, new_idempotency_key
from subscriptions import errors
from subscriptions.actions.preconditions import MAX_SEATS, max_seats
from subscriptions.rules.quotes import Timing
from subscriptions.rules.seats import PoolSnapshot

PREFIX = "seats-"
_WHOLE_NUMBER = re.compile(r"[+-]?\d+")
# Longer is none of our ids; Python refuses to parse thousands of digits.
_MAX_ID_DIGITS = 18


class SeatsField(forms.IntegerField):
    """A number of seats, digits only: 1.000 means a thousand to some and one to Python."""

    def to_python(self, value: Any) -> int | None:
        if value not in self.empty_values and not _WHOLE_NUMBER.fullmatch(str(value).strip()):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class ConsentForm(forms.Form):
    """What was agreed to: the quote that was shown, and the one that was confirmed (D6).

    The fingerprints of both come back as they were sent. Only one quote is confirmed: with
    other numbers it is not. Without `quote_fingerprint`, nothing changes and the
    page is shown again.
    """

    quote_fingerprint = EchoField()
    confirmed = EchoField()

    @property
    def is_confirmed(self) -> bool:
        """Whether the quote that was shown was asked for once more; valid forms only."""
        confirmed: str = self.cleaned_data["confirmed"]
        return bool(confirmed) and confirmed == self.cleaned_data["quote_fingerprint"]

    @property
    def goes_back(self) -> bool:
        """Whether the answer to the question is no: what was typed is shown as it was."""
        return "back" in self.data

    @property
    def is_unconfirmed(self) -> bool:
        """Whether the page has to ask once more: nothing is wrong with the form itself."""
        return self.has_error(NON_FIELD_ERRORS, errors.UNCONFIRMED.code)


class SeatNumbersForm(ConsentForm):
    """A number of seats for each pool, in fields named `seats-<pool id>`.

    `idempotency_key` comes back as it was sent, and makes the form act once (D6).
    """

    idempotency_key = EchoField()

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
                max_value=MAX_SEATS,
                error_messages={
                    "required": _("Enter the number of seats you need."),
                    "min_value": _("Enter 1 or more."),
                    "max_value": _("Enter %(limit_value)s or less.")
                    % {"limit_value": max_seats()},
                    "invalid": _("Enter a whole number."),
                },
                widget=forms.NumberInput(
                    attrs={
                        "class": "number-input", "inputmode": "numeric", "autocomplete": "off",
                        # Without this, browsers reject a number before the preview can explain it.
                        "step": 1,
                    }
                ),
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        sent = {name for name in self.data if name.startswith(PREFIX)}
        if sent - set(self.fields):
            raise errors.UNKNOWN_POOL.error()
        return cleaned

    def clean_idempotency_key(self) -> str:
        """Where it was lost on the way, the form acts as often as it is sent."""
        return self.cleaned_data["idempotency_key"] or new_idempotency_key()

    def numbers(self) -> dict[int, int]:
        """Pool id → number, for the pools that have one; valid forms only."""
        found = {pool.id: self.cleaned_data.get(field_name(pool.id)) for pool in self.pools}
        return {pool_id: number for pool_id, number in found.items() if number is not None}

    @property
    def has_wrong_number(self) -> bool:
        """Whether one of the numbers makes no sense or is not allowed."""
        return any(self.field_of(pool).errors for pool in self.pools)

    def field_of(self, pool: PoolSnapshot) -> forms.BoundField:
        return self[field_name(pool.id)]


class AddSeatsForm(SeatNumbersForm):
    """Additional seats (R14): one number in the streamlined cart, any in the full one (R16)."""

    def hide_missing_numbers(self) -> None:
        """Say nothing of missing numbers on a page that was not sent yet."""
        if self.has_error(NON_FIELD_ERRORS, errors.NOTHING_ADDED.code):
            self.errors.pop(NON_FIELD_ERRORS)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors and not self.numbers():
            raise errors.NOTHING_ADDED.error()
        return cleaned


class JoinRequestForm(AddSeatsForm):
    """More of what is requested already (D20)."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Say who needs the seats and why. The person who decides will see this."),
    )


class RequestSeatsForm(JoinRequestForm):
    """More seats of one pool or several (R13)."""

    needed_by = forms.DateField(
        label=_("Needed by"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The date by which you need the seats, if there is a deadline."),
    )


class ManageForm(SeatNumbersForm):
    """The seats needed (R8), when removed ones go (D3), and whom it costs a seat (D4)."""

    timing = forms.ChoiceField(
        label=_("When to remove seats"),
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
        # Where it is missing, the number is meant; today's is no guess at what it started from.
        return str(self.data.get(f"was-{pool.id}", ""))

    def checked_against(self, pools: Sequence[PoolSnapshot]) -> "ManageForm":
        """The same form, checked against the current numbers, with what it was refused for."""
        wanted = self.numbers()
        data = QueryDict(self.sent.urlencode(), mutable=True)
        for pool in pools:
            data[field_name(pool.id)] = str(wanted.get(pool.id, pool.at_renewal))
            data[f"was-{pool.id}"] = str(pool.at_renewal)
        form = ManageForm(data, pools, required=True)
        for refusal in self.errors.as_data().get(NON_FIELD_ERRORS, ()):
            form.add_error(None, refusal)
        return form

    def start_at_needed(self, pools: Sequence[PoolSnapshot]) -> None:
        """Step no lower than the number there is; a lower one typed is answered by the rules."""
        for pool in pools:
            self.fields[field_name(pool.id)].widget.attrs["min"] = pool.at_renewal

    def chosen(self) -> list[int]:
        """The assignments the buyer chose to go first."""
        return [pk for pool in self.pools for pk in self.choice(pool) or ()]

    def choice(self, pool: PoolSnapshot) -> list[int] | None:
        """Who was ticked to lose a seat of a pool (D4); none where the page's own ticks stand.

        Who was ticked since the page last named them comes first: with one tick too many
        it is they who are meant. Not a number is not a choice.
        """
        ticked = _ids(self.sent.getlist(f"lose-{pool.id}"))
        by_page = self.sent.get(f"default-{pool.id}")
        if by_page is None:
            return ticked or None
        if set(ticked) == set(_ids(by_page.split(","))):
            return None
        named = set(_ids(self.sent.get(f"named-{pool.id}", "").split(",")))
        return sorted(ticked, key=lambda pk: pk in named)

    @property
    def sent(self) -> QueryDict:
        return self.data if isinstance(self.data, QueryDict) else QueryDict()


class DecisionForm(ConsentForm):
    """A decision on a seat request: the note, and the quote and the number it was made on."""

    # The seats that were asked for when it was looked at.
    expected = EchoField()
    note = forms.CharField(
        label=_("Note to the requester"),
        max_length=1000,
        required=False,
        help_text=_("Required to decline."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


def _ids(values: Collection[str]) -> list[int]:
    return [int(value) for value in values if value.isdecimal() and len(value) <= _MAX_ID_DIGITS]


def field_name(pool_id: int) -> str:
    return f"{PREFIX}{pool_id}"


def has_numbers(data: Collection[str]) -> bool:
    """Whether a page was sent, or asked to preview, numbers."""
    return any(name.startswith(PREFIX) for name in data)
