from typing import ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.ids import ACCOUNT
from accounts.api.views import AccountApiView
from accounts.models import Account, AccountKind
from accounts.permissions import Scope
from accounts.selectors.contacts import representative_or_support
from core.api.ids import PublicIdField, public_id
from core.api.operations import operation
from core.api.serializers import Constant


class ContactSerializer(serializers.Serializer):
    """Whom to ask: the account representative, or support (R6)."""

    name = serializers.CharField()
    email = serializers.EmailField()


class AccountSerializer(serializers.Serializer):
    """The customer's organisation."""

    id = PublicIdField(ACCOUNT, source="pk")
    object = Constant("account")
    name = serializers.CharField()
    slug = serializers.CharField(help_text="As in the addresses of its pages.")
    kind = serializers.ChoiceField(AccountKind.choices)
    contact = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()
    example: ClassVar = {
        "id": public_id(ACCOUNT, 1),
        "object": "account",
        "name": "Acme",
        "slug": "acme",
        "kind": "self_service",
        "contact": {"name": "Support", "email": "support@vendor.example"},
        "created_at": "2026-01-12T08:00:00Z",
    }

    @extend_schema_field(ContactSerializer)
    def get_contact(self, account: Account) -> dict[str, str]:
        """The representative, or support (R6)."""
        return dict(ContactSerializer(representative_or_support(account)).data)


class AccountView(AccountApiView):
    scopes: ClassVar = {"GET": Scope.READ_SUBSCRIPTION}

    @operation("get_account", answer=AccountSerializer)
    def get(self, request: Request) -> Response:
        """The account that the token belongs to."""
        return Response(AccountSerializer(self.account).data)
