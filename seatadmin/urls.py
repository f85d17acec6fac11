from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import include, path

from accounts.access import public
from accounts.views.home import home
from accounts.views.invitations import accept, join
from accounts.views.preferences import preferences
from seatadmin.demo.sign_in import demo_sign_in
from seatadmin.styleguide import styleguide

handler400 = "seatadmin.error_pages.bad_request"
handler403 = "seatadmin.error_pages.permission_denied"
handler404 = "seatadmin.error_pages.page_not_found"
handler500 = "seatadmin.error_pages.server_error"


@public
def missing_page(request: HttpRequest) -> HttpResponse:
    """Answer 404 for an address that a library adds and this product does not use."""
    raise Http404


def admin_login(request: HttpRequest, extra_context: object = None) -> HttpResponse:
    return redirect("admin:index")


def change_own_password(request: HttpRequest, extra_context: object = None) -> HttpResponse:
    return redirect("account_change_password")


# Guessing passwords is limited in one place, for staff too: the admin's own forms, which
# count nothing, are not served.
admin.autodiscover()
# Here a person has the one address of their user; a second table would say otherwise.
admin.site.unregister(EmailAddress)
admin.site.login = secure_admin_login(admin_login)  # type: ignore[method-assign]
admin.site.password_change = change_own_password  # type: ignore[assignment,method-assign]

urlpatterns = [
    path("", home, name="home"),
    path("preferences/", preferences, name="preferences"),
    path("invitations/<int:pk>/accept/", join, name="join"),
    path("auth/invitation/<str:token>/", accept, name="invitation"),
    # An address is proven by its invitation; nobody gives themselves another one.
    path("auth/email/", missing_page),
    path("auth/", include("allauth.account.urls")),
    path("a/<slug:account>/", include("accounts.urls")),
    path("a/<slug:account>/", include("events.urls")),
    path("a/<slug:account>/", include("subscriptions.urls")),
    path("a/<slug:account>/", include("team.urls")),
    path("api/", include("seatadmin.api")),
    path("admin/", admin.site.urls),
    # Both are 404 without DEBUG.
    path("styleguide/", styleguide, name="styleguide"),
    path("demo/sign-in/", demo_sign_in, name="demo_sign_in"),
]
