from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.fields import EchoField, new_idempotency_key
from core.money import format_money
from subscriptions.actions.preconditions import MAX_SEATS
from subscriptions.forms.seats import SeatsField
from subscriptions.models import ChangeRequestKind, Subscription
from subscriptions.rules.change_requests import Terms, Wish
from subscriptions.rules.quotes import Timing
from subscriptions.rules.seats import PoolSnapshot
from subscriptions.selectors.offers import Offer, PlanOffer


class ChangeRequestForm(forms.Form):
    """What is asked for, why, and by when; the fields of one kind of change."""

    idempotency_key = EchoField()
    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The person who decides will see this."),
    )
    wanted_on = forms.DateField(
        label=_("Wished date"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("If empty, the decision says when."),
    )
    kind: ChangeRequestKind
    field_order = ("pool", "plan", "seats")

    def clean_idempotency_key(self) -> str:
        """Where it was lost on the way, the form acts as often as it is sent."""
        return self.cleaned_data["idempotency_key"] or new_idempotency_key()

    @property
    def wish(self) -> Wish | None:
        """What is asked for, as far as it makes sense; also of a form with other mistakes."""
        return Wish(self.kind)


class FewerSeatsForm(ChangeRequestForm):
    kind = ChangeRequestKind.FEWER_SEATS
    pool = forms.TypedChoiceField(coerce=int, label=_("Product"))
    seats = SeatsField(
        label=_("Seats in all"),
        min_value=1,
        max_value=MAX_SEATS,
        help_text=_("The number that you want to have left, not how many should go."),
        widget=forms.NumberInput(attrs={"class": "number-input", "inputmode": "numeric"}),
    )

    def __init__(self, data: Any, pools: list[PoolSnapshot]) -> None:
        super().__init__(data)
        self.fields["pool"].choices = [(pool.id, _has(pool)) for pool in pools]  # type: ignore[attr-defined]

    @property
    def wish(self) -> Wish | None:
        pool, seats = self.cleaned_data.get("pool"), self.cleaned_data.get("seats")
        return Wish(self.kind, pool=pool, seats=seats) if pool and seats else None


class OtherPlanForm(ChangeRequestForm):
    """One choice for the line and its plan: no script has to fit one to the other."""

    kind = ChangeRequestKind.OTHER_PLAN
    plan = forms.ChoiceField(label=_("Change"))

    def __init__(self, data: Any, offers: list[PlanOffer], subscription: Subscription) -> None:
        super().__init__(data)
        self.fields["plan"].choices = [  # type: ignore[attr-defined]
            (f"{offer.line.pk}-{offer.plan.pk}", _exchange(offer, subscription.currency))
            for offer in offers
        ]

    @property
    def wish(self) -> Wish | None:
        line, _dash, plan = self.cleaned_data.get("plan", "").partition("-")
        return Wish(self.kind, line=int(line), plan=int(plan)) if plan else None


class NewPlanForm(ChangeRequestForm):
    """Another product, or the first."""

    plan = forms.TypedChoiceField(coerce=int, label=_("Plan"))
    seats = SeatsField(
        label=_("Seats"),
        min_value=1,
        max_value=MAX_SEATS,
        widget=forms.NumberInput(attrs={"class": "number-input", "inputmode": "numeric"}),
    )

    def __init__(
        self, data: Any, kind: ChangeRequestKind, offers: list[Offer], currency: str
    ) -> None:
        super().__init__(data)
        self.kind = kind
        self.fields["plan"].choices = [  # type: ignore[attr-defined]
            (offer.plan.pk, _offered(offer, currency)) for offer in offers
        ]

    @property
    def wish(self) -> Wish | None:
        plan, seats = self.cleaned_data.get("plan"), self.cleaned_data.get("seats")
        return Wish(self.kind, plan=plan, seats=seats) if plan and seats else None


class CancellationForm(ChangeRequestForm):
    kind = ChangeRequestKind.CANCELLATION


class TermsForm(forms.Form):
    """What the vendor chooses when they approve; a page that names nothing gets the usual."""

    timing = forms.ChoiceField(
        label=_("When"),
        required=False,
        choices=[("", ""), (Timing.AT_RENEWAL, _("At renewal")), (Timing.NOW, _("Immediately"))],
    )
    credit = forms.BooleanField(label=_("Credit for the days left"), required=False)
    shares = forms.IntegerField(
        label=_("Shares seats with"), required=False, min_value=1, max_value=2**31 - 1
    )

    @property
    def terms(self) -> Terms:
        """The usual ones where what came makes no sense."""
        if not self.is_valid():
            return Terms()
        cleaned = self.cleaned_data
        timing = Timing(cleaned["timing"]) if cleaned["timing"] else None
        return Terms(timing, credit=cleaned["credit"], shares=cleaned["shares"])


class ChangeDecisionForm(forms.Form):
    """A decision on a change request: the note, and what was shown when it was made."""

    quote_fingerprint = EchoField()
    note = forms.CharField(
        label=_("Note to the requester"),
        max_length=1000,
        required=False,
        help_text=_("Required to decline."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


def _has(pool: PoolSnapshot) -> str:
    facts = {"pool": pool.name, "seats": pool.at_renewal, "assigned": pool.assigned}
    return gettext("%(pool)s: %(seats)s seats, %(assigned)s assigned") % facts


def _exchange(offer: PlanOffer, currency: str) -> str:
    return gettext("%(before)s → %(plan)s, %(price)s per seat per month") % {
        "before": offer.line.plan,
        "plan": offer.plan,
        "price": format_money(offer.unit_cents, currency),
    }


def _offered(offer: Offer, currency: str) -> str:
    if offer.unit_cents is None:
        return str(offer.plan)
    price = format_money(offer.unit_cents, currency)
    return gettext("%(plan)s, %(price)s per seat per month") % {"plan": offer.plan, "price": price}
