from datetime import datetime, timedelta
from typing import Any, ClassVar, Self
from urllib.parse import urlsplit

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Event, Membership
from core.encryption import decrypt, encrypt

# Failing for so long, without one success, it is switched off.
GIVEN_UP_AFTER = timedelta(days=5)
# After so long without a failure, counting starts over: nothing was tried meanwhile.
_COUNTING_ENDS_AFTER = timedelta(days=1)


class EndpointStatus(models.TextChoices):
    """Why it is told, or not."""

    ON = "on", _("On")
    OFF = "off", _("Switched off")
    FAILED = "failed", _("Switched off after 5 days of failures")
    GONE = "gone", _("Switched off because it answered “410 Gone”")
    DELETED = "deleted", _("Deleted")


class EndpointQuerySet(models.QuerySet["WebhookEndpoint"]):
    def of_account(self, account: Account) -> Self:
        """Those that are not deleted."""
        return self.filter(account=account).exclude(status=EndpointStatus.DELETED)

    def on(self) -> Self:
        return self.filter(status=EndpointStatus.ON)

    def locked(self, endpoint: "WebhookEndpoint") -> "WebhookEndpoint":
        """The row as it is now, held until the transaction ends."""
        return self.select_for_update(of=("self",), no_key=True).get(pk=endpoint.pk)


class WebhookEndpoint(models.Model):
    """An address of a program that is told what happens in an account (D17, D19)."""

    # What events call it.
    EVENT_OBJECT: ClassVar[str] = "webhook_endpoint"

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="webhook_endpoints",
        verbose_name=_("account"),
    )  # fmt: skip
    made_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="webhook_endpoints",
        verbose_name=_("created by"),
    )  # fmt: skip
    made_at = models.DateTimeField(_("created"))
    url = models.CharField(_("address"), max_length=2000)
    # None: all, those that are still to come as well.
    event_types = models.JSONField(_("events"), null=True)
    status = models.CharField(_("status"), max_length=10, choices=EndpointStatus)
    status_since = models.DateTimeField(_("since"))
    # The newest event when it was last switched on: what happened before is no news to it.
    after_event = models.PositiveBigIntegerField(default=0, editable=False)
    encrypted_secret = models.TextField(editable=False)
    encrypted_previous_secret = models.TextField(editable=False, blank=True)
    rotated_at = models.DateTimeField(_("rotated"), null=True, editable=False)
    previous_until = models.DateTimeField(_("secret before valid until"), null=True, editable=False)
    # Since when every try has failed, and when the last one did.
    failing_since = models.DateTimeField(_("failing since"), null=True, editable=False)
    failed_at = models.DateTimeField(null=True, editable=False)
    # How often in a row there was no answer at all, and until when it is left alone for that.
    misses = models.PositiveIntegerField(default=0, editable=False)
    rest_until = models.DateTimeField(null=True, editable=False)

    objects: ClassVar = EndpointQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.url

    @property
    def host(self) -> str:
        """The short name of where it is; the address may be long."""
        return urlsplit(self.url).netloc

    @property
    def is_on(self) -> bool:
        return self.status == EndpointStatus.ON

    @property
    def secret_since(self) -> str:
        """Since when its secret of today signs: another moment after every rotation."""
        return (self.rotated_at or self.made_at).isoformat()

    @property
    def secret(self) -> str:
        """Raises UnreadableError."""
        return decrypt(self.encrypted_secret)

    def overlap_until(self, at: datetime) -> datetime | None:
        """Until when the secret before the last rotation signs as well; None if it does not."""
        return self.previous_until if self.previous_until and at < self.previous_until else None

    def secrets_at(self, at: datetime) -> list[str]:
        """Those that sign, the newest first. Raises UnreadableError."""
        before = [self.encrypted_previous_secret] if self.overlap_until(at) else []
        return [decrypt(each) for each in (self.encrypted_secret, *before)]

    def take_secret(self, secret: str) -> None:
        self.encrypted_secret = encrypt(secret)

    def wants(self, event: Event) -> bool:
        """Whether it is told of an event: of its type, and not of what happened before.

        A renewal that comes late is dated back; it is news all the same, by its number.
        """
        is_older = event.pk <= self.after_event and event.at < self.status_since
        return not is_older and (self.event_types is None or event.type in self.event_types)

    def note_failure(self, at: datetime) -> None:
        """Begin to count, or go on; the caller holds the row's lock."""
        if self.failed_at is None or at - self.failed_at > _COUNTING_ENDS_AFTER:
            self.failing_since = None
        self.failing_since = self.failing_since or at
        self.failed_at = at

    def is_given_up(self, at: datetime) -> bool:
        """Whether it has failed for so long that it is switched off."""
        return self.failing_since is not None and at - self.failing_since >= GIVEN_UP_AFTER

    def forget_failures(self) -> None:
        self.failing_since = self.failed_at = self.rest_until = None
        self.misses = 0

    @property
    def described(self) -> dict[str, Any]:
        """What the history says of it; nothing secret."""
        return {"url": self.url, "event_types": self.event_types}
