from django.urls import path

from subscriptions.views import add_seats as cart
from subscriptions.views import manage_subscription as manage
from subscriptions.views import request_seats as requesting
from subscriptions.views import requests, subscription

urlpatterns = [
    path("subscription/", subscription.subscription, name="subscription"),
    path("subscription/manage/", manage.manage, name="manage_subscription"),
    path("subscription/keep/", subscription.keep, name="cancel_scheduled_reduction"),
    path("subscription/requests/", requests.requests, name="requests"),
    path("subscription/requests/<int:pk>/approve/", requests.approve, name="approve_request"),
    path("subscription/requests/<int:pk>/decline/", requests.decline, name="decline_request"),
    path("subscription/requests/<int:pk>/withdraw/", requests.withdraw, name="withdraw_request"),
    path("subscription/requests/<int:pk>/resend/", requests.resend, name="resend_request_mails"),
    path("seats/add/", cart.add_seats, name="add_seats"),
    path("seats/request/", requesting.request_seats, name="request_seats"),
]
