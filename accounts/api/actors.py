"""Who did something, and through what, as every answer with history says it (D18)."""

from typing import Any, ClassVar

from rest_framework import serializers

from accounts.models import Channel


class ActorSerializer(serializers.Serializer):
    """`by` of a row of history: a person, also through a token of theirs, or the system."""

    name = serializers.SerializerMethodField()
    channel = serializers.ChoiceField(Channel.choices)
    token = serializers.CharField(
        source="token.name", default=None, allow_null=True,
        help_text="The name of the API token a program used; else null.",
    )  # fmt: skip
    command = serializers.CharField(help_text="Which command the system ran; else empty.")
    example: ClassVar = {"name": "Ada Byron", "channel": "page", "token": None, "command": ""}

    def get_name(self, row: Any) -> str | None:
        return str(row.by) if row.by else None
