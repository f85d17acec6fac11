"""The addresses of the API, `/api/v1/` (D19); their views stand in the `api` of each app."""

from django.urls import path, re_path

from accounts.api.accounts import AccountView
from core.api.views import UnknownView
from events.api.feed import EventsView, EventView
from events.api.webhooks import (
    DeliveriesView,
    DeliveryView,
    EndpointsView,
    EndpointView,
    RotateView,
    SendAgainView,
    TestView,
)
from seatadmin.api_docs import description, problems, reference
from subscriptions.api.charges import ChargesView
from subscriptions.api.entitlements import CheckView, SnapshotView
from subscriptions.api.orders import OrdersView, OrderView, ReductionView
from subscriptions.api.quotes import QuotesView
from subscriptions.api.requests import (
    ApproveView,
    DeclineView,
    JoinView,
    RequestQuoteView,
    RequestsView,
    RequestView,
    WithdrawView,
)
from subscriptions.api.seats import LinesView, PoolsView, PoolView
from subscriptions.api.subscriptions import SubscriptionView
from team.api.member_actions import (
    DowngradeView,
    ReactivateView,
    ReleaseView,
    ResendView,
    SuspendView,
)
from team.api.members import MembersView, MemberView
from team.api.seats import SeatView

urlpatterns = [
    path("openapi.json", description, name="api_description"),
    path("docs/", reference, name="api_docs"),
    path("docs/problems/", problems, name="api_problems"),
    path("v1/account", AccountView.as_view(), name="api_account"),
    path("v1/subscription", SubscriptionView.as_view(), name="api_subscription"),
    path("v1/pools", PoolsView.as_view(), name="api_pools"),
    path("v1/pools/<str:pool>", PoolView.as_view(), name="api_pool"),
    path("v1/pools/<str:pool>/scheduled-reduction", ReductionView.as_view(), name="api_reduction"),
    path("v1/pools/<str:pool>/seats/<str:member>", SeatView.as_view(), name="api_seat"),
    path("v1/lines", LinesView.as_view(), name="api_lines"),
    path("v1/quotes", QuotesView.as_view(), name="api_quotes"),
    path("v1/orders", OrdersView.as_view(), name="api_orders"),
    path("v1/orders/<str:order>", OrderView.as_view(), name="api_order"),
    path("v1/charges", ChargesView.as_view(), name="api_charges"),
    path("v1/requests", RequestsView.as_view(), name="api_requests"),
    path("v1/requests/<str:seat_request>", RequestView.as_view(), name="api_request"),
    path("v1/requests/<str:seat_request>/quote", RequestQuoteView.as_view(), name="api_quote"),
    path("v1/requests/<str:seat_request>/approve", ApproveView.as_view(), name="api_approve"),
    path("v1/requests/<str:seat_request>/decline", DeclineView.as_view(), name="api_decline"),
    path("v1/requests/<str:seat_request>/join", JoinView.as_view(), name="api_join"),
    path("v1/requests/<str:seat_request>/withdraw", WithdrawView.as_view(), name="api_withdraw"),
    path("v1/members", MembersView.as_view(), name="api_members"),
    path("v1/members/<str:member>", MemberView.as_view(), name="api_member"),
    path("v1/members/<str:member>/suspend", SuspendView.as_view(), name="api_suspend"),
    path("v1/members/<str:member>/reactivate", ReactivateView.as_view(), name="api_reactivate"),
    path("v1/members/<str:member>/downgrade", DowngradeView.as_view(), name="api_downgrade"),
    path("v1/members/<str:member>/release", ReleaseView.as_view(), name="api_release"),
    path("v1/members/<str:member>/resend", ResendView.as_view(), name="api_resend"),
    path("v1/entitlements", SnapshotView.as_view(), name="api_entitlements"),
    path("v1/entitlements/check", CheckView.as_view(), name="api_entitlements_check"),
    path("v1/events", EventsView.as_view(), name="api_events"),
    path("v1/events/<str:event>", EventView.as_view(), name="api_event"),
    path("v1/webhook-endpoints", EndpointsView.as_view(), name="api_webhook_endpoints"),
    path(
        "v1/webhook-endpoints/<str:endpoint>", EndpointView.as_view(), name="api_webhook_endpoint"
    ),
    path("v1/webhook-endpoints/<str:endpoint>/rotate", RotateView.as_view(), name="api_rotate"),
    path("v1/webhook-endpoints/<str:endpoint>/test", TestView.as_view(), name="api_test"),
    path("v1/deliveries", DeliveriesView.as_view(), name="api_deliveries"),
    path("v1/deliveries/<str:delivery>", DeliveryView.as_view(), name="api_delivery"),
    path("v1/deliveries/<str:delivery>/send-again", SendAgainView.as_view(), name="api_again"),
    re_path(r"^v\d+(/[\s\S]*)?$", UnknownView.as_view(), name="api_unknown"),
]
