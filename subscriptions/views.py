from django.http import HttpResponse

from accounts.access import MemberRequest, requires
from accounts.permissions import Permission


@requires(Permission.VIEW_SUBSCRIPTION)
def subscription(request: MemberRequest) -> HttpResponse: ...


@requires(Permission.CHANGE_SUBSCRIPTION)
def manage(request: MemberRequest) -> HttpResponse: ...


@requires(Permission.CHANGE_SUBSCRIPTION)
def keep(request: MemberRequest) -> HttpResponse: ...


@requires(Permission.REQUEST_SEATS)
def requests(request: MemberRequest) -> HttpResponse: ...


@requires(Permission.REQUEST_SEATS)
def seat_request(request: MemberRequest, pk: int) -> HttpResponse: ...


@requires(Permission.ADD_SEATS)
def add_seats(request: MemberRequest) -> HttpResponse: ...


@requires(Permission.REQUEST_SEATS)
def request_seats(request: MemberRequest) -> HttpResponse: ...
