from django.db import models

from accounts.models.members import Membership


class IdempotencyRecord(models.Model):
    """A form a member sent and what came of it: the same form again changes nothing (D6)."""

    # Whoever sends another member's key has a form of their own.
    member = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
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
        )

    def __str__(self) -> str:
        return self.key
