"""A refusal keeps its code, its status and its facts all the way to the page (D10)."""

import copy
import pickle

import pytest
from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from core.errors import Refusal, RefusalError, status_of, status_of_form

FULL = Refusal("no_seat", 409, _("%(pool)s seats cannot be added online."))
LATE = Refusal("past_day", 422, _("Choose today or a later date."), field="needed_by")


class Form(forms.Form):
    seats = forms.IntegerField()
    needed_by = forms.CharField(required=False)


def sent(**fields: str) -> Form:
    form = Form(fields)
    form.full_clean()
    return form


def test_the_error_says_the_sentence_with_its_facts() -> None:
    error = FULL.error(pool="Sell")
    assert isinstance(error, RefusalError)
    assert error.message == "Sell seats cannot be added online."
    assert error.messages == [error.message]
    assert (error.code, error.status, error.facts) == ("no_seat", 409, {"pool": "Sell"})


def test_in_the_language_of_who_is_refused() -> None:
    with override("de"):
        assert LATE.error().messages == ["Wählen Sie den heutigen oder einen späteren Tag."]


def test_a_percent_sign_in_a_name_is_a_percent_sign() -> None:
    assert Refusal("x", 422, "%(name)s is full.").error(name="100 %(s").messages == [
        "100 %(s is full."
    ]


def test_a_fact_that_is_missing_is_noticed() -> None:
    with pytest.raises(KeyError):
        FULL.error(plan="Sell")


def test_a_refusal_of_one_input_is_shown_there() -> None:
    form = sent(seats="1")
    form.add_error(None, LATE.error())
    assert [error.code for error in form.errors.as_data()["needed_by"]] == ["past_day"]


def test_the_status_of_a_refusal() -> None:
    assert status_of(FULL.error(pool="Sell")) == 409
    assert status_of(LATE.error()) == 422
    assert status_of(ValidationError([ValidationError("a"), FULL.error(pool="Sell")])) == 422
    assert status_of(ValidationError("a text of somebody else")) == 422


def test_the_status_of_a_form_is_that_of_what_it_shows() -> None:
    form = sent(seats="1")
    assert status_of_form(form) == 200
    form.add_error(None, FULL.error(pool="Sell"))
    assert status_of_form(form) == 409
    assert form.errors[NON_FIELD_ERRORS] == ["Sell seats cannot be added online."]
    assert status_of_form(sent(seats="many")) == 422
    assert status_of_form(Form()) == 200


def test_a_refusal_can_be_copied() -> None:
    error = FULL.error(pool="Sell")
    for copied in (copy.deepcopy(error), pickle.loads(pickle.dumps(error))):
        assert (copied.messages, status_of(copied)) == (error.messages, 409)
