from accounts.models import ApiToken
from core.api.authentication import BearerAuthentication


class TokenAuthentication(BearerAuthentication):
    """By a token of an account (D19)."""

    model = ApiToken
    scheme = "token"
    description = (
        "A token of an account. The owner or a billing admin makes it, with its scopes; it "
        "opens that account and no other."
    )
    has_scopes = True
    related = ("account", "made_by__user")
