from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, cast

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from core.fields import NameField
from subscriptions.models import Currency, Cycle, Plan, Price, Product, SeatPool, Subscription
from subscriptions.models.catalog import is_called_legacy
from subscriptions.selectors.seats import pools_on


class OpenSubscriptionForm(forms.Form):
    """The start of an account's subscription."""

    account = forms.ModelChoiceField(Account.objects.none(), label=_("Account"))
    currency = forms.ChoiceField(choices=Currency, label=_("Currency"))
    cycle = forms.TypedChoiceField(choices=Cycle, coerce=Cycle, label=_("Billing"))
    started_on = forms.DateField(
        label=_("Start date"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Billing periods are counted from this date."),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        accounts = Account.objects.filter(subscription=None)
        self.fields["account"].queryset = accounts  # type: ignore[attr-defined]


class PlanField(forms.ModelChoiceField):
    # The plans that have a price in the currency and for the cycle of the subscription, where
    # one without is offered as well.
    priced: Collection[int] | None = None

    def label_from_instance(self, plan: Plan) -> str:
        if self.priced is not None and plan.pk not in self.priced:
            return _("%(plan)s (no price yet)") % {"plan": self._name(plan)}
        return self._name(plan)

    def _name(self, plan: Plan) -> str:
        if plan.is_legacy and not is_called_legacy(str(plan)):
            return _("%(plan)s (legacy)") % {"plan": plan}
        return str(plan)


class PoolField(forms.ModelChoiceField):
    # What each pool has today, by its id.
    seats: Mapping[int, int]

    def label_from_instance(self, pool: SeatPool) -> str:
        return _("%(pool)s (%(seats)s purchased)") % {"pool": pool, "seats": self.seats[pool.pk]}


class AddLineForm(forms.Form):
    """A plan for a subscription, in a pool of its own or in one that is there (R9)."""

    plan = PlanField(Plan.objects.none(), label=_("Plan"))
    pool = PoolField(
        SeatPool.objects.none(),
        label=_("Shares seats with"),
        required=False,
        empty_label=_("None: separate seats"),
        help_text=_("The line always has as many seats as the product you choose here."),
    )
    seats = forms.IntegerField(
        label=_("Seats"),
        required=False,
        min_value=1,
        help_text=_("Only for separate seats; otherwise leave this empty."),
    )

    def clean(self) -> dict[str, Any]:
        """A number that would be ignored is refused."""
        shares, seats = self.cleaned_data.get("pool"), self.cleaned_data.get("seats")
        if shares and seats is not None:
            number = _("Leave this empty. The line always has as many seats as %(pool)s.")
            self.add_error("seats", number % {"pool": shares})
        return self.cleaned_data

    def __init__(
        self, subscription: Subscription, on: date, *args: object, with_retired: bool = False
    ) -> None:
        """A retired plan is offered only to whoever asks for it (R23)."""
        super().__init__(*args)  # type: ignore[arg-type]
        plans = Plan.objects.all() if with_retired else Plan.objects.on_sale()
        plan = cast(PlanField, self.fields["plan"])
        plan.queryset = plans.select_related("product")
        if not with_retired:
            plan.help_text = format_html(
                '<a href="?retired=1">{}</a>', _("Offer retired plans too")
            )
        places = {"currency": subscription.currency, "cycle": subscription.cycle}
        plan.priced = set(Price.objects.filter(**places).values_list("plan", flat=True))
        pools = cast(PoolField, self.fields["pool"])
        pools.seats = {pool.id: pool.purchased for pool in pools_on(subscription, on)}
        pools.queryset = subscription.pools.standing()


class ProductKeyForm(forms.Form):
    """A new key of a product: what will use it, and until when."""

    name = NameField(
        label=_("Name"),
        max_length=100,
        help_text=_("What will use the key, for example “Sign-in, Frankfurt”."),
    )
    product = forms.ModelChoiceField(Product.objects.all(), label=_("Product"))
    expires_on = forms.DateField(
        label=_("Valid until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("If empty, the key is valid until it is revoked."),
    )
