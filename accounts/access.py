"""Access marks: every view declares who may open it; a test refuses a view without one."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.decorators import login_not_required, login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails

from accounts.actors import Actor
from accounts.models import Membership, User, WebAddress
from accounts.permissions import (
    ONLY_REPRESENTATIVE,
    PERMISSIONS,
    Permission,
    Role,
    roles_with,
)
from accounts.selectors.contacts import ask_representative, read_only

View = Callable[..., HttpResponse]


class PersonRequest(HttpRequest):
    """A request that went through `signed_in`."""

    user: User
    htmx: HtmxDetails


class MemberRequest(PersonRequest):
    """A request that went through `requires`: the member is known and may be here."""

    membership: Membership
    actor: Actor


def requires(permission: Permission) -> Callable[[View], View]:
    """Let in the members of the URL's account whose role holds `permission`.

    A stranger gets 404, a member without the permission 403 with a sentence
    that says who can help (D8). The view finds `request.membership` and
    starts every query there, and `request.actor` for what it does; the account's slug
    is not passed on.
    """

    def decorate(view: View) -> View:
        @login_required
        @wraps(view)
        def guarded(request: Any, account: str, **kwargs: Any) -> HttpResponse:
            membership = member_of(request.user, account)
            if membership is None:
                return _at_its_new_address(request, account)
            # Before a refusal too: its page keeps the navigation of the account.
            request.membership, request.actor = membership, Actor.on_page(membership)
            _remember_visit(membership)
            if not membership.may(permission):
                raise PermissionDenied(denial_message(membership, permission))
            return view(request, **kwargs)

        guarded.access_policy = permission  # type: ignore[attr-defined]
        return guarded

    return decorate


def _at_its_new_address(request: HttpRequest, slug: str) -> HttpResponse:
    """Bookmarks of a member lead on; for anybody else, and for forms, nothing is there.

    Not for good: an account can take its former address back.
    """
    found = WebAddress.objects.filter(slug=slug).select_related("account").first()
    account = found.account if found else None
    match = request.resolver_match
    if account is None or match is None or request.method not in ("GET", "HEAD"):
        raise Http404
    if account.slug == slug or member_of(cast(User, request.user), account.slug) is None:
        raise Http404
    page = reverse(match.view_name, kwargs={**match.kwargs, "account": account.slug})
    query = request.META["QUERY_STRING"]
    return HttpResponseRedirect(f"{page}?{query}" if query else page)


def _remember_visit(membership: Membership) -> None:
    """When an active member was last here, to the hour: one more statement in that hour."""
    now = timezone.now()
    if membership.is_active and membership.is_new_visit(now):
        membership.last_visited_at = now
        # No lock is held beyond this statement, and nothing else of the row is written.
        Membership.objects.filter(pk=membership.pk).update(last_visited_at=now)


def member_of(user: User, slug: str) -> Membership | None:
    """The person as a member of the account of this address; none for a stranger (D8)."""
    memberships = user.memberships.present().select_related("account", "user")
    return memberships.filter(account__slug=slug, account__closed_at=None).first()


def signed_in(view: View) -> View:
    """A page for anyone who is signed in, outside of any account."""
    guarded = login_required(view)
    guarded.access_policy = "signed_in"  # type: ignore[attr-defined]
    return guarded


def public(view: View) -> View:
    """A page for anyone at all."""
    guarded = login_not_required(view)
    guarded.access_policy = "public"  # type: ignore[attr-defined]
    return guarded


def denial_message(membership: Membership, permission: Permission) -> str:
    """Why a member lacks `permission`, and who can help, in one sentence (D8)."""
    account = membership.account
    owner = account.memberships.select_related("user").filter(role="owner").first()
    whom = f"{owner.name} ({owner.user.email})" if owner else account.name
    if membership.is_invited:
        why = _(
            "You have not accepted your invitation yet. Follow the link in the invitation email."
        )
    elif membership.is_suspended:
        why = _("Your access to %(account)s is suspended.") % {"account": account.name}
    elif account.is_read_only and permission in PERMISSIONS[Role(membership.role)]:
        return str(read_only(account).message)
    elif account.is_sales_managed and permission in ONLY_REPRESENTATIVE:
        # No role can do this here: naming one would send the person to someone who cannot either.
        return ask_representative(account)
    else:
        roles = [str(role.label) for role in roles_with(permission)]
        why = _("Your role does not allow you to %(do)s. Roles that can: %(roles)s.") % {
            "do": permission.label,
            "roles": get_text_list(roles, _("and")),
        }
    return why + " " + _("%(whom)s can help.") % {"whom": whom}


def staff(request: HttpRequest) -> User:
    """The signed-in user: the admin admits nobody else."""
    return cast(User, request.user)
