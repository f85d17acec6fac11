from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import PersonRequest, signed_in


@require_safe
@signed_in
def home(request: PersonRequest) -> HttpResponse:
    """The start page: their only account, or accounts and invitations to choose from."""
    now = timezone.now()
    belongs = request.user.memberships.filter(account__closed_at=None)
    belongs = belongs.select_related("account").order_by("account__name", "pk")
    active = list(belongs.active())
    invitations = list(belongs.open_invitations(now))
    suspended = list(belongs.suspended())
    if len(active) == 1 and not invitations:
        return redirect(active[0].account.start_url)
    if request.user.is_staff and not (active or invitations):
        return redirect("admin:index")
    context = {"active": active, "invitations": invitations, "suspended": suspended}
    return render(request, "accounts/home.html", context)
