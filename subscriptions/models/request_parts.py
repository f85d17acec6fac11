from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import named
from accounts.models import ApiToken, Channel, Membership


def with_token_if_api(what: str) -> Q:
    """The token is named where a program did it, and only there (D18)."""
    through, no_token = Q((f"{what}_through", Channel.API)), Q((f"{what}_token__isnull", True))
    return through & ~no_token | ~through & no_token


class RequestPartQuerySet(models.QuerySet["RequestPart"]):
    def standing(self) -> Self:
        return self.filter(withdrawn_at=None)

    def with_details(self) -> Self:
        return self.select_related("requested_by__user", "requested_token")


class RequestPart(models.Model):
    """What one member asks for in a seat request: a number and a reason of their own (D20).

    The first is that of whoever opened the request. A part stands unless it was withdrawn
    while others stood; with the last one the request itself is withdrawn.
    """

    seat_request = models.ForeignKey(
        "SeatRequest", on_delete=models.PROTECT, related_name="parts",
        verbose_name=_("seat request"),
    )  # fmt: skip
    requested_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="request_parts",
        verbose_name=_("requested by"),
    )  # fmt: skip
    requested_at = models.DateTimeField(_("requested"))
    requested_through = models.CharField(_("requested through"), max_length=10, choices=Channel)
    requested_token = models.ForeignKey(
        ApiToken, on_delete=models.PROTECT, null=True, related_name="+",
        verbose_name=_("requested with"),
    )  # fmt: skip
    seats = models.PositiveIntegerField(_("additional seats"))
    # Of the pool, when this was asked for: what comes from then on counts towards it.
    pool_seats = models.PositiveIntegerField()
    reason = models.TextField(_("reason"), max_length=1000)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)
    withdrawn_through = models.CharField(
        _("withdrawn through"), max_length=10, choices=Channel, blank=True
    )
    withdrawn_token = models.ForeignKey(
        ApiToken, on_delete=models.PROTECT, null=True, related_name="+",
        verbose_name=_("withdrawn with"),
    )  # fmt: skip

    objects = RequestPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("part of a seat request")
        verbose_name_plural = _("parts of seat requests")
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(seats__gt=0), name="subscriptions_requestpart_positive"
            ),
            models.CheckConstraint(
                condition=~Q(requested_through="")
                & (
                    Q(withdrawn_at__isnull=True, withdrawn_through="")
                    | Q(withdrawn_at__isnull=False) & ~Q(withdrawn_through="")
                ),
                name="subscriptions_requestpart_names_channels",
            ),
            models.CheckConstraint(
                condition=with_token_if_api("requested") & with_token_if_api("withdrawn"),
                name="subscriptions_requestpart_names_tokens",
            ),
        )

    def __str__(self) -> str:
        return f"+{self.seats}"

    @property
    def requester(self) -> str:
        """By whom, in the account's name for them, and with which token."""
        return named(self.requested_by.name, self.requested_token)

    @property
    def withdrawer(self) -> str:
        """Who took it back: whoever asked, in person or with a token."""
        return named(self.requested_by.name, self.withdrawn_token)

    @property
    def stands(self) -> bool:
        return self.withdrawn_at is None
