from typing import ClassVar

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Event
from core.models import OutboxEntry
from events.models.endpoints import WebhookEndpoint


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def of_account(self, account: Account) -> "DeliveryQuerySet":
        endpoints = WebhookEndpoint.objects.of_account(account)
        return self.filter(endpoint__in=endpoints).select_related("endpoint", "entry", "event")


class Delivery(models.Model):
    """An event for one endpoint, or a test; how it stands, the outbox says."""

    endpoint = models.ForeignKey(
        WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries",
        db_index=False, verbose_name=_("webhook"),
    )  # fmt: skip
    # None: a test.
    event = models.ForeignKey(
        Event, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("event")
    )
    entry = models.OneToOneField(
        OutboxEntry, on_delete=models.CASCADE, related_name="webhook_delivery"
    )
    type = models.CharField(_("type"), max_length=40)
    # The same at every try, so that who gets it twice can tell.
    message_id = models.CharField(max_length=40)
    body = models.TextField(_("request"))
    created_at = models.DateTimeField(_("created"))

    objects: ClassVar = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["endpoint", "event"],
                condition=models.Q(event__isnull=False),
                name="events_delivery_once",
            ),
        )
        indexes = (models.Index(fields=["endpoint", "-id"], name="events_delivery_log"),)

    def __str__(self) -> str:
        return self.message_id

    @property
    def is_test(self) -> bool:
        return self.event_id is None


class Attempt(models.Model):
    """One try, and what was answered."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="attempts")
    at = models.DateTimeField(_("when"))
    milliseconds = models.PositiveIntegerField(_("duration"))
    # None where there was no answer; then `error` says why.
    status = models.PositiveSmallIntegerField(_("answered"), null=True)
    answer = models.TextField(_("answer"), blank=True)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        verbose_name = _("delivery attempt")
        verbose_name_plural = _("delivery attempts")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return str(self.status or self.error)

    @property
    def reason(self) -> str:
        """Why there was no answer, for people."""
        return gettext(self.error) if self.error else ""

    @property
    def is_taken(self) -> bool:
        """Whether the receiver said that it has it."""
        return self.status is not None and 200 <= self.status < 300
