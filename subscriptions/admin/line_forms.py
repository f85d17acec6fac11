"""What is asked on the pages that change one line, or add one (D15)."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from subscriptions.actions.preconditions import MAX_SEATS
from subscriptions.admin.change_forms import HOW, ChangeForm, timing_of
from subscriptions.admin.forms import PlanField
from subscriptions.forms import SeatsField
from subscriptions.models import Plan
from subscriptions.rules.changes import (
    AddLine,
    AgreePrice,
    Change,
    ChangePlan,
    CorrectLine,
    EndLine,
)
from subscriptions.rules.quotes import Timing

_FROM = ((Timing.AT_RENEWAL, _("From the renewal on")), (Timing.NOW, _("From today on")))
_MONEY: dict[str, Any] = {"min_value": Decimal(0), "max_digits": 9, "decimal_places": 2}


class AddLineForm(ChangeForm):
    verb = _("Add line")

    # A retired plan is added by a superuser who asks for it, on the page of the subscription (R23).
    plan = PlanField(Plan.objects.on_sale().select_related("product"), label=_("Plan"))
    pool = forms.TypedChoiceField(
        label=_("Shares seats with"),
        coerce=int,
        required=False,
        empty_value=None,
        help_text=_("The line always has as many seats as the product you choose here."),
    )
    seats = SeatsField(
        label=_("Seats"),
        required=False,
        min_value=1,
        max_value=MAX_SEATS,
        help_text=_("Only for separate seats; otherwise leave this empty."),
    )
    price = forms.DecimalField(
        label=_("Price agreed per seat per month"),
        required=False,
        help_text=_("If empty, the catalogue’s price."),
        **_MONEY,
    )

    def set_up(self) -> None:
        alone = [("", _("None: separate seats"))]
        shared = [(pool.id, pool.name) for pool in self.subject.pools]
        self.fields["pool"].choices = alone + shared  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A number that would be ignored is refused, and one that is missing is asked for."""
        said = self.cleaned_data
        if said.get("pool") and said.get("seats") is not None:
            self.add_error("seats", _("Leave this empty: the seats are shared."))
        elif not said.get("pool") and said.get("seats") is None and "seats" not in self.errors:
            self.add_error("seats", _("Enter the number of seats."))
        return said

    def change(self) -> Change:
        said = self.cleaned_data
        return AddLine(
            plan=said["plan"].pk,
            pool=said["pool"],
            seats=said["seats"],
            unit_cents=cents_of(said["price"]),
        )


def cents_of(amount: Decimal | None) -> int | None:
    return None if amount is None else int(amount * 100)


class EndLineForm(ChangeForm):
    verb = _("End line")
    is_complete_at_once = True

    how = forms.ChoiceField(
        label=_("When it ends"), choices=HOW, initial="renewal", widget=forms.RadioSelect
    )

    def change(self) -> Change:
        return EndLine(line=self.subject.the_line.id, **timing_of(self.cleaned_data["how"]))


class CorrectLineForm(ChangeForm):
    verb = _("Correct line")
    is_complete_at_once = True

    def change(self) -> Change:
        return CorrectLine(line=self.subject.the_line.id)


class PlanForm(ChangeForm):
    verb = _("Change plan")

    plan = PlanField(Plan.objects.none(), label=_("Plan"))
    timing = forms.TypedChoiceField(
        label=_("When"),
        choices=((Timing.NOW, _("Immediately")), (Timing.AT_RENEWAL, _("At renewal"))),
        coerce=Timing,
        initial=Timing.NOW,
        widget=forms.RadioSelect,
        help_text=_("A plan that costs less begins at renewal."),
    )

    def set_up(self) -> None:
        """Only what is sold in this currency and cycle; other tiers of the same product first."""
        line, subscription = self.subject.the_line, self.subject.subscription
        sold = (
            Plan.objects.on_sale()
            .filter(prices__currency=subscription.currency, prices__cycle=subscription.cycle)
            .exclude(pk=line.plan)
        )
        same = sold.filter(product=line.product_id)
        plans = same if same.exists() else sold
        self.fields["plan"].queryset = plans.select_related("product")  # type: ignore[attr-defined]

    def change(self) -> Change:
        said = self.cleaned_data
        return ChangePlan(self.subject.the_line.id, said["plan"].pk, said["timing"])


class PriceForm(ChangeForm):
    verb = _("Agree price")

    price = forms.DecimalField(label=_("Price per seat per month"), **_MONEY)
    timing = forms.TypedChoiceField(
        label=_("From when"),
        choices=_FROM,
        coerce=Timing,
        initial=Timing.AT_RENEWAL,
        widget=forms.RadioSelect,
        help_text=_("What is charged already stays as it is."),
    )

    def set_up(self) -> None:
        self.fields["price"].initial = Decimal(self.subject.the_line.unit_cents).scaleb(-2)

    def change(self) -> Change:
        said = self.cleaned_data
        return AgreePrice(self.subject.the_line.id, cents_of(said["price"]) or 0, said["timing"])
