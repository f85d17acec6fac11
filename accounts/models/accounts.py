from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.users import User


class AccountKind(models.TextChoices):
    SELF_SERVICE = "self_service", _("Self-service")
    ONLINE_ASSISTED = "online_assisted", _("Online-assisted")
    SALES_MANAGED = "sales_managed", _("Sales-managed")


class AccountQuerySet(models.QuerySet["Account"]):
    def locked(self, account: "Account") -> "Account":
        """The row as it is now, held until the transaction ends; new members may join it."""
        return self.select_for_update(no_key=True).get(pk=account.pk)

    def visible_to_staff(self, user: User) -> Self:
        """Those they represent; all for superusers and for read-only Sales (R22)."""
        return self if user.sees_every_account() else self.filter(representative=user)


class Account(models.Model):
    """The customer's organisation: the tenant everything else belongs to."""

    # What events call it.
    EVENT_OBJECT: ClassVar[str] = "account"

    name = models.CharField(_("name"), max_length=100)
    slug = models.SlugField(_("web address"), max_length=50, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=AccountKind)
    representative = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True,
        related_name="represented_accounts", limit_choices_to={"is_staff": True},
        verbose_name=_("account representative"),
    )  # fmt: skip
    # What there is can be read, and nothing changed (D15).
    read_only_since = models.DateField(_("read-only since"), null=True, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    # For good: its people's data are erased, and none of its pages is there any more.
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)

    objects = AccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ("name",)
        permissions = (("view_every_account", "Can view every account"),)

    def __str__(self) -> str:
        return self.name

    @property
    def start_url(self) -> str:
        """The address of the page on which members start; the site says which (settings)."""
        return reverse(settings.ACCOUNT_START_URL, args=[self.slug])

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None

    @property
    def is_read_only(self) -> bool:
        return self.read_only_since is not None

    @property
    def is_self_service(self) -> bool:
        return self.kind == AccountKind.SELF_SERVICE

    @property
    def is_sales_managed(self) -> bool:
        return self.kind == AccountKind.SALES_MANAGED
