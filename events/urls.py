"""The pages of an account about its webhooks."""

from django.urls import path

from events.views import deliveries, webhooks

urlpatterns = [
    path("webhooks/", webhooks.webhooks, name="webhooks"),
    path("webhooks/add/", webhooks.add_webhook, name="add_webhook"),
    path("webhooks/<int:pk>/", webhooks.webhook, name="webhook"),
    path("webhooks/<int:pk>/change/", webhooks.change_webhook, name="change_webhook"),
    path("webhooks/<int:pk>/rotate/", webhooks.rotate_webhook, name="rotate_webhook"),
    path("webhooks/<int:pk>/off/", webhooks.switch_webhook_off, name="switch_webhook_off"),
    path("webhooks/<int:pk>/on/", webhooks.switch_webhook_on, name="switch_webhook_on"),
    path("webhooks/<int:pk>/delete/", webhooks.delete_webhook, name="delete_webhook"),
    path("webhooks/<int:pk>/test/", deliveries.test_webhook, name="test_webhook"),
    path("webhooks/deliveries/<int:pk>/", deliveries.delivery, name="webhook_delivery"),
    path("webhooks/deliveries/<int:pk>/again/", deliveries.again, name="send_delivery_again"),
]
