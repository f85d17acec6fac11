from django.db import models
from django.db.models import Q

from accounts.models.members import Membership
from accounts.models.tokens import ApiToken


class IdempotencyRecord(models.Model):
    """A form a member sent and what came of it: the same form again changes nothing (D6).

    Or a request that a program sent with a token.
    """

    # Whoever sends another's key has a form of their own.
    member = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    token = models.ForeignKey(ApiToken, on_delete=models.PROTECT, null=True, related_name="+")
    # Chosen when the form is shown: the same form sent twice has the same key.
    key = models.CharField(max_length=64)
    at = models.DateTimeField()
    action = models.CharField(max_length=40)
    # Digest of everything the form asked of the action.
    content = models.CharField(max_length=64)
    # Primary keys of what the action made.
    results = models.JSONField(default=list)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["member", "key"], name="accounts_idempotencyrecord_once"
            ),
            models.UniqueConstraint(
                fields=["token", "key"], name="accounts_idempotencyrecord_token_once"
            ),
            models.CheckConstraint(
                condition=Q(member__isnull=True, token__isnull=False)
                | Q(member__isnull=False, token__isnull=True),
                name="accounts_idempotencyrecord_of_one",
            ),
        )

    def __str__(self) -> str:
        return self.key
