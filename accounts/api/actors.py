"""Who did something, and through what, as every answer with history says it (D18)."""

from typing import Any

from rest_framework import serializers


class ActorSerializer(serializers.Serializer):
    """`by` of a row of history: a person, or the system and its command."""

    name = serializers.SerializerMethodField()
    channel = serializers.CharField()
    command = serializers.CharField()

    def get_name(self, row: Any) -> str | None:
        return str(row.by) if row.by else None
