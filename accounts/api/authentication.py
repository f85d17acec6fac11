from accounts.models import ApiToken
from core.api.authentication import BearerAuthentication


class TokenAuthentication(BearerAuthentication):
    """By a token of an account (D19)."""

    model = ApiToken
    related = ("account", "made_by__user")
