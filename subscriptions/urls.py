from django.urls import path

from subscriptions import views

urlpatterns = [
    path("subscription/", views.subscription, name="subscription"),
    path("subscription/manage/", views.manage, name="manage_subscription"),
    path("subscription/keep/", views.keep, name="keep_seats"),
    path("subscription/requests/", views.requests, name="requests"),
    path("subscription/requests/<int:pk>/", views.seat_request, name="seat_request"),
    path("seats/add/", views.add_seats, name="add_seats"),
    path("seats/request/", views.request_seats, name="request_seats"),
]
