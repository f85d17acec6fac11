from django.urls import path

from subscriptions.views import change_requests, requests, subscription
from subscriptions.views.add_seats import add_seats
from subscriptions.views.join_request import join_request
from subscriptions.views.manage_subscription import manage_subscription
from subscriptions.views.request_change import request_change
from subscriptions.views.request_seats import request_seats

urlpatterns = [
    path("subscription/", subscription.subscription, name="subscription"),
    path("subscription/manage/", manage_subscription, name="manage_subscription"),
    path("subscription/keep/", subscription.cancel_reduction, name="cancel_scheduled_reduction"),
    path("subscription/requests/", requests.requests, name="requests"),
    path("subscription/requests/<int:pk>/approve/", requests.approve, name="approve_request"),
    path("subscription/requests/<int:pk>/decline/", requests.decline, name="decline_request"),
    path("subscription/requests/<int:pk>/withdraw/", requests.withdraw, name="withdraw_request"),
    path("subscription/requests/<int:pk>/join/", join_request, name="join_request"),
    path("subscription/requests/<int:pk>/resend/", requests.resend, name="resend_request_mails"),
    path("subscription/request-change/", request_change, name="request_change"),
    path(
        "subscription/changes/<int:pk>/withdraw/",
        change_requests.withdraw_change,
        name="withdraw_change",
    ),
    path(
        "subscription/changes/<int:pk>/approve/",
        change_requests.approve_change,
        name="approve_change",
    ),
    path(
        "subscription/changes/<int:pk>/decline/",
        change_requests.decline_change,
        name="decline_change",
    ),
    path("seats/add/", add_seats, name="add_seats"),
    path("seats/request/", request_seats, name="request_seats"),
]
