from django.http import HttpRequest, HttpResponse

from accounts.access import public, signed_in


@signed_in
def home(request: HttpRequest) -> HttpResponse: ...


@public
def accept(request: HttpRequest, token: str) -> HttpResponse: ...


@public
def preferences(request: HttpRequest) -> HttpResponse: ...
