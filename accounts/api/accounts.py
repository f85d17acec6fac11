from typing import ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.ids import ACCOUNT
from accounts.api.views import AccountApiView
from accounts.models import Account
from accounts.permissions import Scope
from accounts.selectors.contacts import representative_or_support
from core.api.ids import PublicIdField
from core.api.serializers import Constant, StrictSerializer, filtered


class ContactSerializer(serializers.Serializer):
    name = serializers.CharField()
    email = serializers.EmailField()


class AccountSerializer(serializers.Serializer):
    id = PublicIdField(ACCOUNT, source="pk")
    object = Constant("account")
    name = serializers.CharField()
    slug = serializers.CharField()
    kind = serializers.CharField()
    contact = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()

    def get_contact(self, account: Account) -> dict[str, str]:
        """The representative, or support (R6)."""
        return dict(ContactSerializer(representative_or_support(account)).data)


class AccountView(AccountApiView):
    """The account that the token belongs to."""

    scopes: ClassVar = {"GET": Scope.READ_SUBSCRIPTION}

    def get(self, request: Request) -> Response:
        filtered(StrictSerializer, request)
        return Response(AccountSerializer(self.account).data)
