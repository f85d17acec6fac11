"""The pages of an account that are about the account itself."""

from django.urls import path

from accounts.views import tokens

urlpatterns = [
    path("api-tokens/", tokens.api_tokens, name="api_tokens"),
    path("api-tokens/add/", tokens.add_api_token, name="add_api_token"),
    path("api-tokens/<int:pk>/rotate/", tokens.rotate_api_token, name="rotate_api_token"),
    path("api-tokens/<int:pk>/revoke/", tokens.revoke_api_token, name="revoke_api_token"),
]
