"""German is complete, in step with the sources, and in the words of the reference article (D11)."""

import re
from pathlib import Path

import allauth
import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from django.utils.translation import gettext, override, pgettext

from tools import messages as tool

pytestmark = pytest.mark.any_database

AS_IT_IS = tool.read("de")
MESSAGES = [message for message in AS_IT_IS if message.id]
RUN = "run `make messages`, and translate what it names"

# Labels of requirements.md and the reference article, to the letter.
LABELS = {
    "Account": "Konto",
    "Billing": "Abrechnung",
    "Subscription": "Abonnement",
    "Manage": "Verwalten",
    "Manage subscription": "Abonnement verwalten",
    "Process order": "Bestellung verarbeiten",
    "Update subscription": "Abonnement aktualisieren",
    "Seats": "Lizenzen",
    "Seat": "Lizenz",
    "People": "Personen",
    "Team": "Team",
    "Team members": "Teammitglieder",
    "Add more seats": "Weitere Lizenzen hinzufügen",
    "Buy seats": "Lizenzen kaufen",
    "Request agent seats": "Agentenlizenzen anfordern",
    "Manage seats": "Lizenzen verwalten",
    "Add": "Hinzufügen",
    "Self-service": "Self-Service-Konto",
    "Online-assisted": "Online-unterstütztes Konto",
    "Sales-managed": "Vom Vertrieb verwaltetes Konto",
    "Account owner": "Kontoinhaber",
    "Billing admin": "Abrechnungsadministrator",
    "Admin": "Administrator",
    "Agent": "Agent",
    "End user": "Endbenutzer",
    "Account representative": "Kundenberater",
    "Seat request": "Lizenzanfrage",
    "Service order": "Serviceauftrag",
    "Purchased": "Gekauft",
    "Assigned": "Zugewiesen",
    "Available": "Verfügbar",
    "At renewal": "Bei Verlängerung",
    "Downgrade to end user": "Zum Endbenutzer herabstufen",
}
INFORMAL = re.compile(r"\b(du|dein\w*|dich|dir|euch|euer|eure\w*)\b", re.IGNORECASE)
WRONG_WORD = re.compile(r"\b\w*(Sitz(e|en|es)?|[Ss]itzplätze?|Plätze?)\b")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}|</?\w+[^>]*>")


def name_of(message: Message) -> str:
    return tool.forms(message.id)[0]


def test_every_text_is_translated() -> None:
    missing = [name_of(message) for message in tool.untranslated(AS_IT_IS)]
    assert not missing, RUN


def test_the_catalogue_is_in_step_with_the_sources() -> None:
    """The same texts; a text that moved to another file needs no hurry."""
    in_sources = {(m.id, m.context) for m in tool.extracted("de") if m.id}
    assert {(m.id, m.context) for m in MESSAGES} == in_sources, RUN


def test_the_compiled_catalogue_is_in_step() -> None:
    assert tool.po_file("de").with_suffix(".mo").read_bytes() == tool.as_mo(AS_IT_IS), RUN


def differing(message: Message) -> list[str]:
    """German forms that name other things than the English text, or end otherwise."""
    english = set(PLACEHOLDER.findall(tool.forms(message.id)[-1]))
    return [
        form
        for form in tool.forms(message.string)
        if set(PLACEHOLDER.findall(form)) != english or form != form.strip()
    ]


def test_a_translation_names_what_its_text_names() -> None:
    """What is put into a text, and its markup, is in each German form as it is in English."""
    assert [form for message in MESSAGES for form in differing(message)] == []


def test_a_plural_has_both_forms() -> None:
    plurals = [message for message in MESSAGES if message.pluralizable]
    assert plurals
    assert [name_of(m) for m in plurals if len(tool.forms(m.string)) != 2] == []


def test_a_seat_is_a_licence_and_nothing_to_sit_on() -> None:
    wrong = [form for m in MESSAGES for form in tool.forms(m.string) if WRONG_WORD.search(form)]
    assert wrong == []


def test_people_are_addressed_formally() -> None:
    wrong = [form for m in MESSAGES for form in tool.forms(m.string) if INFORMAL.search(form)]
    assert wrong == []


@pytest.mark.parametrize(("english", "german"), LABELS.items())
def test_labels_are_those_of_the_reference_article(english: str, german: str) -> None:
    with override("de"):
        assert gettext(english) == german


def test_a_user_is_added_from_the_menu_under_the_articles_name() -> None:
    """R18: + Hinzufügen → Benutzer."""
    with override("de"):
        assert pgettext("add menu", "User") == "Benutzer"


def test_allauth_speaks_formally_where_people_meet_it() -> None:
    """Its own German says Du; what it says in forms and messages is ours in the catalogue."""
    po = Path(allauth.__file__).parent / "locale" / "de" / "LC_MESSAGES" / "django.po"
    met = re.compile(r"account/\w+\.py|templates/account/(messages|snippets)/")
    with po.open(encoding="utf-8") as file, override("de"):
        wrong = [
            message.id
            for message in read_po(file)
            if any(met.match(place) for place, _line in message.locations)
            and INFORMAL.search(gettext(tool.forms(message.id)[0]))
        ]
    assert wrong == []
