"""What staff fill in to change an account; each form calls one action."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.forms import AccountNameField
from accounts.models import Account, AccountKind, Membership, User

_REASON_LENGTH = 1000


class ReasonForm(forms.Form):
    """Every change by staff has a reason, which stands in the history."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=_REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
        help_text=_("It stands in the history, and the account owner reads it."),
    )

    def __init__(self, account: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account
        # First what is changed, then why.
        self.order_fields([*(name for name in self.fields if name != "reason"), "reason"])


class NameAndAddressForm(ReasonForm):
    name = AccountNameField(label=_("Name"))
    slug = forms.SlugField(
        label=_("Web address"),
        max_length=50,
        help_text=_("Links to the address it has now lead on to the new one, for its members."),
    )

    def __init__(self, account: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(account, *args, **kwargs)
        self.initial = {"name": account.name, "slug": account.slug}


class KindForm(ReasonForm):
    kind = forms.ChoiceField(label=_("Kind"), choices=AccountKind.choices, widget=forms.RadioSelect)

    def __init__(self, account: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(account, *args, **kwargs)
        self.initial = {"kind": account.kind}


class StaffChoice(forms.ModelChoiceField):
    def label_from_instance(self, user: Any) -> str:
        return f"{user} ({user.email})"


def representatives() -> Any:
    """Staff who may be chosen: superusers, and whose groups let them change accounts."""
    codename = "change_account"
    serving = Q(is_superuser=True) | Q(groups__permissions__codename=codename)
    return User.objects.filter(serving, is_staff=True, is_active=True).distinct().order_by("name")


class RepresentativeForm(ReasonForm):
    representative = StaffChoice(
        User.objects.none(),
        label=_("Account representative"),
        required=False,
        empty_label=_("Nobody: Support helps"),
    )

    def __init__(self, account: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(account, *args, **kwargs)
        field: Any = self.fields["representative"]
        field.queryset = representatives()
        self.initial = {"representative": account.representative_id}


class HandOverForm(forms.Form):
    """All accounts of somebody who leaves go to somebody else."""

    former = StaffChoice(User.objects.none(), label=_("From"))
    representative = StaffChoice(User.objects.none(), label=_("To"))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=_REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
        help_text=_("It stands in the history, and the account owners read it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        former: Any = self.fields["former"]
        former.queryset = (
            User.objects.filter(represented_accounts__isnull=False).distinct().order_by("name")
        )
        to: Any = self.fields["representative"]
        to.queryset = representatives()


class MemberChoice(forms.ModelChoiceField):
    def label_from_instance(self, member: Any) -> str:
        return f"{member.name} ({member.user.email}), {member.get_role_display()}"


class OwnershipForm(ReasonForm):
    to = MemberChoice(
        Membership.objects.none(),
        label=_("New account owner"),
        help_text=_("An active admin or billing admin of the account."),
    )

    def __init__(self, account: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(account, *args, **kwargs)
        field: Any = self.fields["to"]
        field.queryset = account.memberships.ownership_candidates().select_related("user")


class CloseForm(ReasonForm):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=_REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
        help_text=_("It stands in the history of the account."),
    )
    typed = forms.CharField(
        label=_("Name of the account"), help_text=_("Type it once more, as it is written above.")
    )
