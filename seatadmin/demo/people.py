"""Who may sign in to the demo, as its sign-in page lists them."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from accounts.models import Status, User
from seatadmin.demo.accounts import ACCOUNTS, DemoAccount, DemoPerson

PASSWORD = "demo"  # noqa: S105
REP = ("rep@vendor.example", "Rebecca Stone")
REP2 = ("rep2@vendor.example", "Ravi Patel")
READ_ONLY = ("readonly@vendor.example", "Renate Vogel")
ROOT = ("root@vendor.example", "Robin Root")


def demo_people(request: HttpRequest) -> dict[str, Any]:
    """Context processor: the list, worked out only where a template asks for it."""
    return {"demo_people": SimpleLazyObject(people)}


def people() -> list[dict[str, Any]]:
    """Groups of people with title, e-mail and what each is; none unless the demo is loaded."""
    if not settings.DEBUG or not User.objects.filter(email=ROOT[0]).exists():
        return []
    consultant = _("Admin in Acme, billing admin in Globex")
    return [
        *(_group(account) for account in ACCOUNTS),
        {
            "title": _("Partner"),
            "people": [{"email": "consultant@partner.example", "what": consultant}],
        },
        {
            "title": _("Vendor"),
            "people": [
                {"email": REP[0], "what": _("Account representative of Globex, Initech and Oldco")},
                {
                    "email": REP2[0],
                    "what": _("Account representative, but of none of these accounts"),
                },
                {"email": READ_ONLY[0], "what": _("Sales (read only): sees every account")},
                {"email": ROOT[0], "what": _("Superuser")},
            ],
        },
    ]


def _group(account: DemoAccount) -> dict[str, Any]:
    listed = [person for person in account.people() if _is_listed(account, person)]
    return {
        "title": f"{account.name} · {account.kind.label}",
        "people": [{"email": person.email, "what": _what(person)} for person in listed],
    }


def _is_listed(account: DemoAccount, person: DemoPerson) -> bool:
    in_cast = person.name in [name for name, _pools in account.cast]
    return in_cast or person.status == Status.SUSPENDED


def _what(person: DemoPerson) -> str:
    role = str(person.role.label)
    return f"{role} ({person.status.label})" if person.status == Status.SUSPENDED else role
