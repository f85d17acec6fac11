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


# Through what a person acts; the system acts by itself.
_OF_PEOPLE = tuple(channel for channel in Channel if channel != Channel.SYSTEM)


class ThroughChannel(models.Model):
    """A row of history that says through what it was made; who made it is a field of its own."""

    channel = models.CharField(_("through"), max_length=10, choices=Channel)
    command = models.CharField(
        _("command"), max_length=40, blank=True, default="",
        help_text=_("What the system was doing; empty for what a person does."),
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
    """Either the system and its command, or a person through a channel there is; never both."""
    nobody = Q((f"{who}__isnull", True))
    return models.CheckConstraint(
        condition=Q(channel=Channel.SYSTEM) & nobody & ~Q(command="")
        | Q(channel__in=_OF_PEOPLE) & ~nobody & Q(command=""),
        name=name,
    )
