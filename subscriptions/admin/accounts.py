"""Accounts in Django admin, once subscriptions are known: a new one is set up next."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.admin.accounts import AccountAdmin
from accounts.models import Account
from subscriptions.actions import change_account_kind

admin.site.unregister(Account)


@admin.register(Account)
class SubscribingAccountAdmin(AccountAdmin):
    """As in accounts, where nothing is known of subscriptions."""

    call_change_kind = staticmethod(change_account_kind)

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """An account without a subscription is of no use to anyone yet: that is the next step."""
        opened = _(
            "%(account)s has been created and its owner invited. Next, set up the subscription."
        )
        self.message_user(request, opened % {"account": obj}, messages.SUCCESS)
        page = reverse("admin:subscriptions_subscription_add")
        return HttpResponseRedirect(f"{page}?account={obj.pk}")
