"""What goes out, stored with the change that caused it (D17)."""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.summaries import in_words


class Status(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    DELIVERED = "delivered", _("Delivered")
    GIVEN_UP = "given_up", _("Given up")
    DISCARDED = "discarded", _("Discarded")


OPEN = (Status.WAITING, Status.GIVEN_UP)
DONE = (Status.DELIVERED, Status.DISCARDED)


def reference(row: models.Model) -> str:
    """How an entry names the row it is about, whichever app the row is of."""
    return f"{row._meta.label_lower}:{row.pk}"


class OutboxQuerySet(models.QuerySet["OutboxEntry"]):
    def due(self, channel: str, at: datetime) -> Self:
        """What may be tried now, the longest waiting first."""
        waiting = self.filter(channel=channel, status=Status.WAITING, due_at__lte=at)
        return waiting.order_by("due_at", "pk")

    def given_up(self) -> Self:
        return self.filter(status=Status.GIVEN_UP)

    def about(self, rows: Iterable[models.Model]) -> Self:
        return self.filter(subject__in=[reference(row) for row in rows])


class OutboxEntry(models.Model):
    """One thing to deliver over one channel: a mail, a notification to be made into mails.

    There is no status for being worked on. Whoever takes an entry moves `due_at` behind
    the lease; a worker that dies leaves nothing but an entry that comes due again. The
    number of tries is counted when it is taken, and names the taking: only who took it
    last may say how it ended.
    """

    channel = models.CharField(_("channel"), max_length=20)
    # What it is, for people; what is secret in it stands in `payload` alone.
    summary = models.CharField(_("what"), max_length=250)
    receiver = models.CharField(_("to"), max_length=254, blank=True)
    # The row it is about, as `reference` names it: other apps find what became of it.
    subject = models.CharField(_("about"), max_length=100, blank=True)
    # Emptied once it has arrived or is discarded: links in it let people in.
    payload = models.JSONField()
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.WAITING
    )
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    # Of these, those after which it may have arrived although nobody said so. The database
    # knows the default, too: servers not yet restarted go on storing entries.
    uncertain_tries = models.PositiveSmallIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField(_("stored"), default=timezone.now)
    due_at = models.DateTimeField(_("next try"), default=timezone.now)
    settled_at = models.DateTimeField(_("settled"), null=True)
    error = models.TextField(_("last error"), blank=True)

    objects: ClassVar = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("outgoing message")
        verbose_name_plural = _("outgoing messages")
        ordering = ("-pk",)
        indexes = (
            # All that a worker with nothing to do reads.
            models.Index(
                fields=("channel", "due_at", "id"),
                condition=models.Q(status="waiting"),
                name="outbox_due",
            ),
            # What pages ask about their rows.
            models.Index(
                fields=("subject",),
                condition=models.Q(status__in=("waiting", "given_up")),
                name="outbox_open",
            ),
            # What is too old to keep.
            models.Index(
                fields=("settled_at",),
                condition=models.Q(status__in=("delivered", "discarded")),
                name="outbox_done",
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(status="waiting", settled_at=None)
                | models.Q(
                    status__in=("delivered", "given_up", "discarded"), settled_at__isnull=False
                ),
                name="outbox_settled_or_waiting",
            ),
        )

    def __str__(self) -> str:
        return in_words(self.summary)
