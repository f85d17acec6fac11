from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    """Through what somebody acts (D18)."""

    PAGE = "page", _("Page")
    ADMIN = "admin", _("Sales desk")
    API = "api", _("API")
    IMPORT = "import", _("Import")
    DIRECTORY = "directory", _("Directory")
    SYSTEM = "system", _("System")


class ThroughChannel(models.Model):
    """A row of history that says through what it was made; who made it is a field of its own.

    Through the API it was a program: then who made its token is named, and the token.
    """

    channel = models.CharField(_("through"), max_length=10, choices=Channel)
    command = models.CharField(
        _("command"), max_length=40, blank=True, default="",
        help_text=_("What the system was doing; empty for what a person does."),
    )  # fmt: skip
    token = models.ForeignKey(
        "accounts.ApiToken", on_delete=models.PROTECT, null=True, related_name="+",
        verbose_name=_("API token"),
    )  # fmt: skip

    class Meta:
        abstract = True

    @property
    def is_by_system(self) -> bool:
        return self.channel == Channel.SYSTEM

    @property
    def is_on_page(self) -> bool:
        return self.channel == Channel.PAGE


def names_actor(name: str, who: str = "by") -> models.CheckConstraint:
    """Either the system and its command, or a person; never both, never neither.

    With a token through the API, and only there (D19).
    """
    nobody, no_token = Q((f"{who}__isnull", True)), Q(token__isnull=True)
    somebody = ~nobody & Q(command="")
    return models.CheckConstraint(
        condition=Q(channel=Channel.SYSTEM) & nobody & ~Q(command="") & no_token
        | Q(channel=Channel.API) & somebody & ~no_token
        | ~Q(channel__in=("", Channel.SYSTEM, Channel.API)) & somebody & no_token,
        name=name,
    )
