"""Forms of the catalogue: a product, and all prices of its plans at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from subscriptions.actions import NewPlan
from subscriptions.models import Currency, Cycle, Plan, Product, ProductKind
from subscriptions.rules.catalog import Cell, Prices, cells_of, fingerprint
from subscriptions.selectors.catalog import PlanRow, PriceCell

_NEW = 0


class ProductForm(forms.ModelForm):
    class Meta:
        model = Product
        fields = ("name", "kind", "includes", "is_main", "position")
        # Checkboxes work without scripts and are labelled in every language.
        widgets: ClassVar[dict[str, Any]] = {"includes": forms.CheckboxSelectMultiple}

    def clean(self) -> dict[str, Any] | None:
        """Only a suite includes products, at least one, and no suites."""
        cleaned = super().clean() or {}
        is_suite = cleaned.get("kind") == ProductKind.SUITE
        included = cleaned.get("includes")
        if included is not None and is_suite != bool(included):
            self.add_error("includes", _("Only a suite can include products."))
        elif included and any(product.kind == ProductKind.SUITE for product in included):
            self.add_error("includes", _("A suite can include products, but not other suites."))
        return cleaned


class AmountField(forms.DecimalField):
    """A price as people write it, 115.00; in cents once it is clean. Empty: no price."""

    # Where it stands in the table, for the label of its cell.
    place = ""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            min_value=Decimal("0.01"),
            max_digits=9,
            decimal_places=2,
            required=False,
            localize=True,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 9}),
            **kwargs,
        )

    def clean(self, value: Any) -> Any:
        amount = super().clean(value)
        return None if amount is None else int(amount * 100)


@dataclass(frozen=True)
class PriceInput:
    """One cell of the table: where a price is typed, and what it does not change."""

    field: Any
    stored: PriceCell


@dataclass(frozen=True)
class PlanInputs:
    row: PlanRow
    inputs: tuple[PriceInput, ...]


class PricesForm(forms.Form):
    """Every price of every plan of a product, per seat and month, and a row for a new plan."""

    expected = forms.CharField(widget=forms.HiddenInput)
    new_tier = forms.CharField(
        label=gettext_lazy("Tier of the new plan"), max_length=50, required=False
    )

    def __init__(self, rows: Sequence[PlanRow], prices: Prices, sent: Any = None) -> None:
        super().__init__(sent, initial={"expected": fingerprint(prices)})
        self.rows = rows
        for row in rows:
            for cell in cells_of(row.plan.pk):
                self._add(cell, str(row.plan), prices.get(cell))
        for cell in cells_of(_NEW):
            self._add(cell, _("New plan"), None)

    def _add(self, cell: Cell, plan: str, cents: int | None) -> None:
        label = f"{plan}, {cell.label}"
        initial = None if cents is None else Decimal(cents).scaleb(-2)
        field = AmountField(label=label, initial=initial)
        field.widget.attrs["aria-label"] = label
        field.place = cell.label
        self.fields[_name(cell)] = field

    def plans(self) -> Iterator[PlanInputs]:
        """The table, row by row."""
        for row in self.rows:
            inputs = (PriceInput(self[_name(cell.cell)], cell) for cell in row.cells)
            yield PlanInputs(row, tuple(inputs))

    def new_inputs(self) -> list[Any]:
        return [self[_name(cell)] for cell in cells_of(_NEW)]

    def clean(self) -> dict[str, Any]:
        """A new plan has a price, or it could not be sold."""
        cleaned = super().clean() or {}
        typed = [name for name in map(_name, cells_of(_NEW)) if name in self.errors]
        if cleaned.get("new_tier") and not self._new_prices() and not typed:
            self.add_error("new_tier", _("Give the new plan at least one price."))
        return cleaned

    @property
    def prices(self) -> dict[Cell, int | None]:
        """What is to be, of the plans that are there."""
        cells = (cell for row in self.rows for cell in cells_of(row.plan.pk))
        return {cell: self.cleaned_data[_name(cell)] for cell in cells}

    @property
    def new(self) -> NewPlan | None:
        """A row with a price is a plan; an add-on has no tier."""
        prices = self._new_prices()
        return NewPlan(self.cleaned_data["new_tier"].strip(), prices) if prices else None

    def _new_prices(self) -> dict[tuple[Currency, Cycle], int]:
        found = {
            (cell.currency, cell.cycle): self.cleaned_data.get(_name(cell))
            for cell in cells_of(_NEW)
        }
        return {place: cents for place, cents in found.items() if cents is not None}


def _name(cell: Cell) -> str:
    return f"price_{cell.plan_id or 'new'}_{cell.currency}_{cell.cycle}"


class TierForm(forms.ModelForm):
    """The tier of a plan; its prices stand with those of the product's other plans."""

    class Meta:
        model = Plan
        fields = ("tier",)
