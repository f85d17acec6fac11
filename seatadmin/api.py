"""The addresses of the API, `/api/v1/` (D19); their views stand in the `api` of each app."""

from django.urls import path, re_path

from accounts.api.accounts import AccountView
from core.api.views import UnknownView
from events.api.feed import EventsView, EventView
from seatadmin.api_docs import description, problems, reference
from subscriptions.api.charges import ChargesView
from subscriptions.api.entitlements import CheckView, SnapshotView
from subscriptions.api.requests import RequestsView, RequestView
from subscriptions.api.seats import LinesView, PoolsView, PoolView
from subscriptions.api.subscriptions import SubscriptionView
from team.api.members import MembersView, MemberView

urlpatterns = [
    path("openapi.json", description, name="api_description"),
    path("docs/", reference, name="api_docs"),
    path("docs/problems/", problems, name="api_problems"),
    path("v1/account", AccountView.as_view(), name="api_account"),
    path("v1/subscription", SubscriptionView.as_view(), name="api_subscription"),
    path("v1/pools", PoolsView.as_view(), name="api_pools"),
    path("v1/pools/<str:pool>", PoolView.as_view(), name="api_pool"),
    path("v1/lines", LinesView.as_view(), name="api_lines"),
    path("v1/charges", ChargesView.as_view(), name="api_charges"),
    path("v1/requests", RequestsView.as_view(), name="api_requests"),
    path("v1/requests/<str:seat_request>", RequestView.as_view(), name="api_request"),
    path("v1/members", MembersView.as_view(), name="api_members"),
    path("v1/members/<str:member>", MemberView.as_view(), name="api_member"),
    path("v1/entitlements", SnapshotView.as_view(), name="api_entitlements"),
    path("v1/entitlements/check", CheckView.as_view(), name="api_entitlements_check"),
    path("v1/events", EventsView.as_view(), name="api_events"),
    path("v1/events/<str:event>", EventView.as_view(), name="api_event"),
    re_path(r"^v\d+(/.*)?$", UnknownView.as_view(), name="api_unknown"),
]
