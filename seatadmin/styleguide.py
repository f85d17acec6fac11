"""Every component in every state, for those who build pages; only with DEBUG."""

from types import SimpleNamespace
from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.access import public

PRODUCTS = [
    ("suite", "Suite Professional"),
    ("sell", "Sell Growth"),
    ("wfm", "Workforce Management"),
]


class SampleForm(forms.Form):
    name = forms.CharField(help_text="As it should appear in the team list.")
    email = forms.EmailField(label="Email address", help_text="The invitation goes here.")
    seats = forms.IntegerField(
        min_value=1, help_text="Additional seats, not the new total: 10 → 12.", initial=2
    )
    role = forms.ChoiceField(choices=[("agent", "Agent"), ("admin", "Admin")])
    until = forms.DateField(
        required=False, widget=forms.DateInput(attrs={"type": "date"}), label="Needed until"
    )
    file = forms.FileField(required=False, label="File", help_text="CSV, up to 500 rows.")
    why = forms.CharField(required=False, widget=forms.Textarea, label="Reason")
    when = forms.ChoiceField(
        choices=[("renewal", "At renewal on 1 December"), ("now", "Immediately, without a refund")],
        widget=forms.RadioSelect,
        label="Remove the seats",
        help_text="Removed seats stay usable until the paid period ends.",
    )
    products = forms.MultipleChoiceField(
        choices=PRODUCTS, widget=forms.CheckboxSelectMultiple, required=False
    )
    sure = forms.BooleanField(label="I have told the people concerned")

    def clean(self) -> dict[str, Any]:
        raise forms.ValidationError("The numbers changed meanwhile; nothing was bought.")


def pool(name: str, purchased: int, assigned: int, at_renewal: int | None = None) -> Any:
    """A pool as `subscriptions.selectors.seats` would describe it."""
    return SimpleNamespace(
        name=name,
        purchased=purchased,
        assigned=assigned,
        available=purchased - assigned,
        at_renewal=purchased if at_renewal is None else at_renewal,
        is_full=purchased == assigned,
        is_last_seat=purchased - assigned == 1,
    )


def navigation() -> Any:
    """The frame as an owner of two accounts sees it."""

    def item(label: str, icon: str, current: bool = False, **more: Any) -> Any:
        return SimpleNamespace(label=label, url="#", icon=icon, current=current, **more)

    def group(label: str, *items: Any) -> Any:
        return SimpleNamespace(label=label, items=items)

    return SimpleNamespace(
        groups=[
            group(
                "Account",
                item("Overview", "home"),
                item("Subscription", "credit-card", current=True, child_of="Billing"),
                item("Requests", "chat-bubble-left", count=1, child_of="Billing"),
            ),
            group("People", item("Team members", "users", child_of="Team")),
        ],
        accounts=[
            SimpleNamespace(name="Acme", url="#", current=True),
            SimpleNamespace(name="Donaudampfschifffahrtsgesellschaft", url="#", current=False),
        ],
        account=SimpleNamespace(name="Acme", slug="acme"),
        add_user_url="#",
        person="Olivia Owner",
        role="Account owner",
        is_staff=True,
    )


@public
def styleguide(request: HttpRequest) -> HttpResponse:
    if not settings.DEBUG:
        raise Http404
    samples = [
        SimpleNamespace(message="2 seats of Suite Professional bought.", level_tag="success"),
        SimpleNamespace(message="Request withdrawn.", level_tag="info"),
        SimpleNamespace(message="Two rows were left out.", level_tag="warning"),
        SimpleNamespace(message="Nothing was changed.", level_tag="error"),
    ]
    context = {
        "nav": navigation(),
        "crumbs": [("Account", "#"), ("Billing", None), ("Subscription", "#")],
        "samples": samples,
        "tones": ["warn", "bad", "info", "ok"],
        "pools": [
            pool("Suite", 10, 3),
            pool("Suite", 10, 9),
            pool("Sell", 5, 5),
            pool("Sell", 5, 2, 3),
            pool("Talk", 12000, 8000),
            pool("Chat", 0, 0),
        ],
        "form": SampleForm(),
        "wrong": SampleForm({"email": "nobody", "seats": "0", "until": "soon"}),
        "page": Paginator(range(95), 10).page(3),
        "ends": [Paginator(range(95), 10).page(1), Paginator(range(5), 10).page(1)],
    }
    return render(request, "styleguide.html", context)
