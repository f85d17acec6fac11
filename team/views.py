from django.http import HttpResponse

from accounts.access import MemberRequest, requires
from accounts.permissions import Permission


@requires(Permission.VIEW_OWN_ACCESS)
def access(request: MemberRequest) -> HttpResponse: ...


@requires(Permission.MANAGE_TEAM)
def team(request: MemberRequest) -> HttpResponse: ...


@requires(Permission.MANAGE_TEAM)
def add_member(request: MemberRequest) -> HttpResponse: ...


@requires(Permission.MANAGE_TEAM)
def member(request: MemberRequest, pk: int) -> HttpResponse: ...
