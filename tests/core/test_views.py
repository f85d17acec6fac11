"""What an action refuses is shown to the person (D10); any other error is an error."""

import pytest
from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.test import Client, RequestFactory

from core.errors import Refusal, status_of_form
from core.views import refusals_as_messages, refusals_on

NOT_NOW = Refusal("not_now", 409, "Not now.")


def test_a_refusal_is_put_on_the_form_and_the_view_reads_on() -> None:
    form, done = forms.Form({}), []
    with refusals_on(form):
        done.append("before")
        raise NOT_NOW.error()
    assert done == ["before"]
    assert form.non_field_errors() == ["Not now."]
    assert status_of_form(form) == 409


def test_what_is_done_leaves_the_form_as_it_was() -> None:
    form = forms.Form({})
    with refusals_on(form):
        pass
    assert form.is_valid()


def test_a_refusal_becomes_a_message_where_there_is_no_form(
    request_of_a_session: HttpRequest,
) -> None:
    with refusals_as_messages(request_of_a_session):
        raise NOT_NOW.error()
    assert [str(message) for message in messages.get_messages(request_of_a_session)] == ["Not now."]


def test_an_error_that_is_no_refusal_is_not_shown_as_one() -> None:
    with pytest.raises(ZeroDivisionError), refusals_on(forms.Form({})):
        raise ZeroDivisionError


@pytest.fixture
def request_of_a_session(db: None) -> HttpRequest:
    request = RequestFactory().get("/")
    request.session = Client().session
    request._messages = messages.storage.default_storage(request)  # type: ignore[attr-defined]
    return request
