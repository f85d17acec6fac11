from django.http import HttpRequest

from accounts.access import staff


def sees_desk(request: HttpRequest) -> bool:
    """Whether the pages about accounts are for this person: Sales, also read-only, superusers."""
    return staff(request).has_perm("accounts.view_account")
