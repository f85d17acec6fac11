from django.http import HttpRequest, HttpResponse

from accounts.access import public


@public
def styleguide(request: HttpRequest) -> HttpResponse: ...
