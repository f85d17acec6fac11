"""Forms about webhooks."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms.boundfield import BoundWidget
from django.utils.translation import gettext_lazy as _

from core.credentials import Overlap
from core.fields import EchoField
from events import errors
from events.models import WebhookEndpoint
from events.selectors.types import GROUPS, LABELS

ALL, CHOSEN = "all", "chosen"


class EndpointForm(forms.Form):
    """Where to send what happens, and what of it."""

    url = forms.CharField(
        label=_("Address"),
        max_length=WebhookEndpoint._meta.get_field("url").max_length,
        help_text=_("Where your program listens, for example https://example.com/seats."),
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    events = forms.ChoiceField(
        label=_("What it is told"),
        choices=[
            (ALL, _("Everything, and what is added to seatadmin later")),
            (CHOSEN, _("Only these events")),
        ],
        initial=ALL,
        widget=forms.RadioSelect,
    )
    event_types = forms.MultipleChoiceField(
        label=_("Events"),
        choices=LABELS.items,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    @classmethod
    def of(cls, endpoint: WebhookEndpoint, data: Any = None) -> "EndpointForm":
        """The form for one that there is, as it is now."""
        chosen = ALL if endpoint.event_types is None else CHOSEN
        initial = {"url": endpoint.url, "events": chosen, "event_types": endpoint.event_types}
        return cls(data, initial=initial)

    def clean(self) -> dict[str, Any]:
        """`event_types` is None for everything; nothing chosen is refused as by the action."""
        cleaned = dict(self.cleaned_data)
        chosen = cleaned.pop("events", None), cleaned.get("event_types")
        if chosen[0] == ALL:
            cleaned["event_types"] = None
        elif chosen == (CHOSEN, []):
            raise errors.NO_EVENT_TYPE.error()
        return cleaned

    def grouped_types(self) -> Iterator[tuple[str, list[BoundWidget]]]:
        """The checkboxes, by what the events are about."""
        by_type = {str(option.data["value"]): option for option in self["event_types"]}
        for label, types in GROUPS.items():
            yield str(label), [by_type[each] for each in types]


class AddEndpointForm(EndpointForm):
    idempotency_key = EchoField()


class RotateSecretForm(forms.Form):
    """For how long the secret before signs as well; and which secret that is."""

    overlap = forms.TypedChoiceField(
        label=_("The secret used until now"),
        coerce=lambda value: Overlap(int(value)),
        choices=[
            (Overlap.NONE, _("It signs nothing from now on")),
            (Overlap.HOUR, _("It also signs for 1 more hour")),
            (Overlap.DAY, _("It also signs for 24 more hours")),
            (Overlap.THREE_DAYS, _("It also signs for 3 more days")),
        ],
        initial=Overlap.DAY,
        widget=forms.RadioSelect,
    )
    expected = EchoField()
    idempotency_key = EchoField()
