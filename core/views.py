"""The frame of a view that calls an action: what is refused is shown to the person (D10).

    if form.is_valid():
        with refusals_on(form):
            made = make_it(by=…, at=…)
            messages.success(request, _("… has been made.") % …)
            return redirect(made)
    return _page(request, form)

Whatever stands in the block after the refusal is left out, and the view reads on.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest


@contextmanager
def refusals_on(form: BaseForm) -> Iterator[None]:
    """Show a refusal on the form, at the field it is about or at the top."""
    try:
        yield
    except ValidationError as refusal:
        form.add_error(None, refusal)


@contextmanager
def refusals_as_messages(request: HttpRequest) -> Iterator[None]:
    """Show a refusal as a message on the next page, where a button has no form to show it."""
    try:
        yield
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
