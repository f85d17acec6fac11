"""The steps of the reference article, with its own labels, letter by letter."""

import pytest
from playwright.sync_api import expect

from accounts.models import Membership
from subscriptions.models import SeatPool
from tests import cast
from tests.journeys.browser import People, Person
from tests.moves import numbers

SUITE = "Support Suite Professional"


@pytest.fixture
def language() -> str:
    return "de"


def steht_unter(wer: Person, gruppe: str, untergruppe: str, *seiten: str) -> None:
    """In der Seitenleiste, verschachtelt wie im Artikel."""
    teil = wer.page.locator(".nav__group").filter(
        has=wer.page.get_by_role("heading", level=2, name=gruppe, exact=True)
    )
    expect(teil.get_by_role("heading", level=3, name=untergruppe, exact=True)).to_be_visible()
    expect(teil.locator(".nav__items--sub").get_by_role("link")).to_contain_text(list(seiten))


def test_agentenlizenzen_auf_der_abonnementseite_hinzufuegen(
    people: People, globex_owner: Membership, globex_pool: SeatPool, language: str
) -> None:
    """R5, R7: ein online-unterstütztes Konto."""
    inhaber = people(globex_owner, language)
    inhaber.opens("/a/globex/")
    steht_unter(inhaber, "Konto", "Abrechnung", "Abonnement", "Anfragen")
    inhaber.page.get_by_role("navigation").get_by_role("link", name="Abonnement").first.click()
    inhaber.sees("Konto", "Abrechnung")
    inhaber.follows("Verwalten")
    inhaber.is_on("Abonnement verwalten")
    inhaber.field("Support Professional").fill("26")
    inhaber.sees("25 → 26")
    inhaber.presses("Bestellung verarbeiten")
    inhaber.is_on("Abonnement")
    assert numbers(globex_pool)[0] == 26


def test_agentenlizenzen_fuer_ein_self_service_konto_aktualisieren(
    people: People, acme_owner: Membership, suite_pool: SeatPool, language: str
) -> None:
    """R8"""
    inhaber = people(acme_owner, language)
    inhaber.opens("/a/acme/subscription/")
    inhaber.follows("Verwalten")
    inhaber.sees("Lizenzen")
    inhaber.field(SUITE).fill("11")
    inhaber.sees("10 → 11")
    inhaber.presses("Abonnement aktualisieren")
    inhaber.is_on("Abonnement")
    assert numbers(suite_pool)[0] == 11


def test_agentenlizenzen_direkt_hinzufuegen(
    people: People, acme_owner: Membership, suite_pool: SeatPool, language: str
) -> None:
    """R11, R12"""
    inhaber = people(acme_owner, language)
    inhaber.opens("/a/acme/")
    steht_unter(inhaber, "Personen", "Team", "Teammitglieder")
    inhaber.page.get_by_role("navigation").get_by_role("link", name="Teammitglieder").first.click()
    inhaber.sees("Personen", "Team")
    inhaber.follows("Weitere Lizenzen hinzufügen")
    inhaber.field(SUITE).fill("2")
    inhaber.sees("10 → 12")
    inhaber.presses("Lizenzen kaufen")
    inhaber.is_on("Teammitglieder")
    assert numbers(suite_pool)[0] == 12


def test_lizenzen_kaufen_wenn_die_letzte_in_anspruch_genommen_wird(
    people: People, acme_owner: Membership, acme_admin: Membership,
    suite_nine_of_ten: SeatPool, language: str,
) -> None:  # fmt: skip
    """R13, R18, R20, R21"""
    inhaber = people(acme_owner, language)
    inhaber.opens("/a/acme/team/")
    header = inhaber.page.get_by_role("banner")
    header.get_by_text("Hinzufügen", exact=True).click()
    header.get_by_role("link", name="Benutzer").click()
    inhaber.field("Name").fill("Nora Neu")
    inhaber.presses("Lizenzen verwalten")
    inhaber.presses("Lizenzen kaufen")
    inhaber.is_on("Teammitglied hinzufügen")
    expect(inhaber.field("Name")).to_have_value("Nora Neu")
    assert numbers(suite_nine_of_ten)[0] == 11

    administrator = people(acme_admin, language)
    administrator.opens("/a/acme/seats/add/")
    administrator.presses("Agentenlizenzen anfordern")
    administrator.is_on("Agentenlizenzen anfordern")


def test_lizenzen_kaufen_bevor_jemand_hinzugefuegt_wird(
    people: People, acme_owner: Membership, suite_pool: SeatPool, language: str
) -> None:
    """R18: ohne freie Lizenz kommt erst der Kauf, dann die Person."""
    cast.fill(suite_pool, 10)
    inhaber = people(acme_owner, language)
    inhaber.opens("/a/acme/subscription/")
    header = inhaber.page.get_by_role("banner")
    header.get_by_text("Hinzufügen", exact=True).click()
    header.get_by_role("link", name="Benutzer").click()
    inhaber.is_on("Weitere Lizenzen hinzufügen")
    inhaber.presses("Lizenzen kaufen")
    inhaber.is_on("Teammitglied hinzufügen")
    assert numbers(suite_pool)[0] == 11
