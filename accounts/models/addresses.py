from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.accounts import Account


class WebAddress(models.Model):
    """An address an account has, or had: nobody else is ever given it, and it leads on."""

    slug = models.SlugField(_("web address"), max_length=50, unique=True)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="web_addresses", verbose_name=_("account")
    )

    class Meta:
        verbose_name = _("web address")
        verbose_name_plural = _("web addresses")

    def __str__(self) -> str:
        return f"/a/{self.slug}/"
