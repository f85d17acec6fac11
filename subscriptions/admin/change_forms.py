"""What is asked on the pages of changes: each form says which change it describes (D15)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.fields import EchoField, new_idempotency_key
from subscriptions.actions.preconditions import MAX_SEATS
from subscriptions.forms import SeatsField
from subscriptions.models import Cycle, Subscription, TermKind
from subscriptions.rules.changes import (
    CancelSubscription,
    Change,
    ChangeCycle,
    ChangeSeats,
    Reopen,
    SetTerms,
    Undo,
)
from subscriptions.rules.quotes import Timing
from subscriptions.rules.seats import LineSnapshot, PoolSnapshot

# How seats or a line go: the value, whether at once, whether with a credit.
HOW = (
    ("renewal", _("At renewal")),
    ("credit", _("Immediately, with a credit for the days left")),
    ("now", _("Immediately, without a credit")),
)


@dataclass(frozen=True)
class Subject:
    """What a page of changes is about: the pools as they are, and the line where there is one."""

    subscription: Subscription
    pools: Sequence[PoolSnapshot]
    line: LineSnapshot | None = None
    is_superuser: bool = False

    @property
    def the_line(self) -> LineSnapshot:
        """Raises ValueError on a page that is not about a line."""
        if self.line is None:
            raise ValueError("this page is about no line")
        return self.line


def timing_of(how: str) -> dict[str, Any]:
    """The two fields of a change that one choice of `HOW` stands for."""
    timing = Timing.AT_RENEWAL if how == "renewal" else Timing.NOW
    return {"timing": timing, "credit": how == "credit"}


class ChangeForm(forms.Form):
    """One change; bound to what the address says for its preview, to what is sent to do it.

    `reason` is asked only where it is done. `verb` completes the button and heads the page.
    """

    verb: ClassVar[str | Promise]
    # Whether the page can show what it does before anything is chosen.
    is_complete_at_once: ClassVar[bool] = False

    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept in the history. The account owner reads it in the email."),
    )
    quote_fingerprint = EchoField()
    idempotency_key = EchoField()

    def __init__(self, subject: Subject, data: Mapping[str, Any] | None = None) -> None:
        self.subject = subject
        super().__init__(data)
        self.set_up()

    def set_up(self) -> None:
        """Fill in choices and what is there today."""

    def change(self) -> Change:
        """What the form says; valid forms only."""
        raise NotImplementedError

    def clean_idempotency_key(self) -> str:
        """Where it was lost on the way, the form acts as often as it is sent."""
        return self.cleaned_data["idempotency_key"] or new_idempotency_key()

    @property
    def asked(self) -> list[forms.BoundField]:
        """What describes the change, as against what agrees to it."""
        return [field for field in self if field.name not in ChangeForm.base_fields]

    @property
    def is_asking(self) -> bool:
        """Whether there is anything to fill in."""
        return any(not field.is_hidden for field in self.asked)

    @property
    def asked_values(self) -> list[tuple[str, str]]:
        """What was asked and answered, to be sent along with what agrees to it."""
        names = [field.html_name for field in self.asked]
        return [(name, self.data[name]) for name in names if name in self.data]

    @property
    def defaults(self) -> dict[str, Any]:
        """What stands in the form before anybody has chosen anything."""
        found = {field.name: field.initial for field in self.asked}
        return {name: value for name, value in found.items() if value is not None}


class SeatsForm(ChangeForm):
    verb = _("Change seats")

    pool = forms.TypedChoiceField(label=_("Product"), coerce=int)
    seats = SeatsField(label=_("Seats"), min_value=1, max_value=MAX_SEATS)
    how = forms.ChoiceField(
        label=_("If there are fewer"),
        choices=HOW,
        initial="renewal",
        widget=forms.RadioSelect,
        help_text=_("More seats are there, and charged, immediately."),
    )
    overrides_legacy = forms.BooleanField(
        label=_("Override the rules of legacy plans"),
        required=False,
        help_text=_("Only superusers can; say in the reason why."),
    )

    def set_up(self) -> None:
        pools = self.subject.pools
        said = _("%(pool)s (%(seats)s purchased)")
        self.fields["pool"].choices = [  # type: ignore[attr-defined]
            (pool.id, said % {"pool": pool.name, "seats": pool.purchased}) for pool in pools
        ]
        if not (self.subject.is_superuser and any(pool.is_legacy for pool in pools)):
            del self.fields["overrides_legacy"]

    def change(self) -> Change:
        said = self.cleaned_data
        return ChangeSeats(
            pool=said["pool"],
            seats=said["seats"],
            overrides_legacy=said.get("overrides_legacy", False),
            **timing_of(said["how"]),
        )


class CycleForm(ChangeForm):
    verb = _("Change billing")

    cycle = forms.TypedChoiceField(
        label=_("Billing from the renewal on"),
        choices=Cycle,
        coerce=Cycle,
        widget=forms.RadioSelect,
    )

    def set_up(self) -> None:
        self.fields["cycle"].initial = self.subject.subscription.cycle_next

    def change(self) -> Change:
        return ChangeCycle(self.cleaned_data["cycle"])


class TermsForm(ChangeForm):
    """Fields `minimum-<pool id>`, and until when they hold."""

    verb = _("Change contract")

    def set_up(self) -> None:
        for pool in self.subject.pools:
            self.fields[f"minimum-{pool.id}"] = SeatsField(
                label=_("At least this many %(pool)s seats") % {"pool": pool.name},
                min_value=0,
                max_value=MAX_SEATS,
                initial=pool.minimum,
            )
        self.fields["contract_ends_on"] = forms.DateField(
            label=_("Contract until"),
            required=False,
            initial=self.subject.subscription.contract_ends_on,
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            help_text=_(
                "Until then the minimum holds and nobody cancels. If empty, the minimum holds "
                "until it is changed."
            ),
        )

    def change(self) -> Change:
        said = self.cleaned_data
        least = {pool.id: said[f"minimum-{pool.id}"] for pool in self.subject.pools}
        return SetTerms(least, said["contract_ends_on"])


class CancelForm(ChangeForm):
    verb = _("Cancel subscription")
    is_complete_at_once = True

    def change(self) -> Change:
        return CancelSubscription()


class ReopenForm(ChangeForm):
    verb = _("Reopen subscription")
    is_complete_at_once = True

    def change(self) -> Change:
        return Reopen()


class UndoForm(ChangeForm):
    verb = _("Take back")
    is_complete_at_once = True

    what = forms.TypedChoiceField(choices=TermKind, coerce=TermKind, widget=forms.HiddenInput)
    line = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def change(self) -> Change:
        return Undo(self.cleaned_data["what"], self.cleaned_data["line"])
