from django.urls import path

from subscriptions.views import cart, manage, requesting, requests, subscription

urlpatterns = [
    path("subscription/", subscription.subscription, name="subscription"),
    path("subscription/manage/", manage.manage, name="manage_subscription"),
    path("subscription/keep/", subscription.keep, name="keep_seats"),
    path("subscription/requests/", requests.requests, name="requests"),
    path("subscription/requests/<int:pk>/approve/", requests.approve, name="approve_request"),
    path("subscription/requests/<int:pk>/decline/", requests.decline, name="decline_request"),
    path("subscription/requests/<int:pk>/withdraw/", requests.withdraw, name="withdraw_request"),
    path("seats/add/", cart.add_seats, name="add_seats"),
    path("seats/request/", requesting.request_seats, name="request_seats"),
]
