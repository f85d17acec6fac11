"""What each role may do: the one table, and who may give which role to whom."""

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    OWNER = "owner", _("Account owner")
    BILLING_ADMIN = "billing_admin", _("Billing admin")
    ADMIN = "admin", _("Admin")
    AGENT = "agent", _("Agent")
    END_USER = "end_user", _("End user")


class Permission(TextChoices):
    """Something a member can do; the label completes "Your role does not allow you to …"."""

    VIEW_OWN_ACCESS = "view_own_access", _("view your own access")
    VIEW_SUBSCRIPTION = "view_subscription", _("view the subscription")
    CHANGE_SUBSCRIPTION = "change_subscription", _("change the subscription")
    REQUEST_SEATS = "request_seats", _("request seats")
    REQUEST_CHANGES = "request_changes", _("request changes to the subscription")
    DECIDE_REQUESTS = "decide_requests", _("approve or decline seat requests")
    OPEN_CART = "add_seats", _("add seats")
    MANAGE_TEAM = "manage_team", _("manage team members")
    MANAGE_API = "manage_api", _("manage API tokens and webhooks")
    TRANSFER_OWNERSHIP = "transfer_ownership", _("transfer ownership")


_END_USER = frozenset({Permission.VIEW_OWN_ACCESS})
_AGENT = _END_USER | {Permission.REQUEST_SEATS}
_ADMIN = _AGENT | {
    Permission.VIEW_SUBSCRIPTION,
    Permission.REQUEST_CHANGES,
    Permission.OPEN_CART,
    Permission.MANAGE_TEAM,
}
_BILLING_ADMIN = _ADMIN | {
    Permission.CHANGE_SUBSCRIPTION,
    Permission.DECIDE_REQUESTS,
    Permission.MANAGE_API,
}
_OWNER = _BILLING_ADMIN | {Permission.TRANSFER_OWNERSHIP}

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OWNER: _OWNER,
    Role.BILLING_ADMIN: _BILLING_ADMIN,
    Role.ADMIN: _ADMIN,
    Role.AGENT: _AGENT,
    Role.END_USER: _END_USER,
}

DESCRIPTIONS: dict[Role, str | Promise] = {
    Role.OWNER: _(
        "Can do everything. Only the owner can add billing admins and transfer ownership. Does "
        "not need a seat."
    ),
    Role.BILLING_ADMIN: _(
        "Manages seats, costs and the team, except other billing admins. Does not need a seat."
    ),
    Role.ADMIN: _("Manages the team and requests seats. Does not need a seat."),
    Role.AGENT: _("Works in the products. Needs at least one seat."),
    Role.END_USER: _("Has no seat and is not listed as a team member."),
}

_BELOW_BILLING = (Role.ADMIN, Role.AGENT, Role.END_USER)

# What shows something and changes nothing: all that is left in a read-only account (D15).
READING = (Permission.VIEW_OWN_ACCESS, Permission.VIEW_SUBSCRIPTION)

# Who gives a role also takes it away and manages those who have it. Only the owner does
# so with billing admins (D13); ownership is only ever transferred (D7), so it is in
# nobody's reach here.
GRANTABLE: dict[Role, tuple[Role, ...]] = {
    Role.OWNER: (Role.BILLING_ADMIN, *_BELOW_BILLING),
    Role.BILLING_ADMIN: _BELOW_BILLING,
    Role.ADMIN: _BELOW_BILLING,
    Role.AGENT: (),
    Role.END_USER: (),
}

# Roles that ownership can be transferred to (D7).
OWNERSHIP_CANDIDATES = (Role.BILLING_ADMIN, Role.ADMIN)


class Scope(TextChoices):
    """What a token may be used for; the label completes "This token may …"."""

    READ_SUBSCRIPTION = "read_subscription", _("read the subscription")
    READ_TEAM = "read_team", _("read the team")
    MANAGE_TEAM = "manage_team", _("manage the team")
    REQUEST_SEATS = "request_seats", _("request seats")
    BUY_SEATS = "buy_seats", _("buy seats")
    DECIDE_REQUESTS = "decide_requests", _("approve or decline seat requests")
    READ_HISTORY = "read_history", _("read the history")
    MANAGE_WEBHOOKS = "manage_webhooks", _("manage webhooks")


SCOPE_DESCRIPTIONS: dict[Scope, str | Promise] = {
    Scope.READ_SUBSCRIPTION: _(
        "Products, seats, prices, the renewal, what was charged, and requests with their reasons."
    ),
    Scope.READ_TEAM: _("Team members with their role, status and seats."),
    Scope.MANAGE_TEAM: _("Invite, change, suspend and remove team members, and assign seats."),
    Scope.REQUEST_SEATS: _(
        "Ask for more seats, read the requests there are, and withdraw what was asked for."
    ),
    Scope.BUY_SEATS: _("Buy and remove seats. What it buys, your account pays for."),
    Scope.DECIDE_REQUESTS: _(
        "Read seat requests, and approve them, which buys the seats, or decline them."
    ),
    Scope.READ_HISTORY: _("Every change of roles, access and seats, and who made it."),
    Scope.MANAGE_WEBHOOKS: _(
        "Say which addresses are told of changes, read what was sent, and send it again."
    ),
}

# What whoever makes a token must be able to do themselves to give it a scope (D19).
NEEDED_FOR: dict[Scope, Permission] = {
    Scope.READ_SUBSCRIPTION: Permission.VIEW_SUBSCRIPTION,
    Scope.READ_TEAM: Permission.MANAGE_TEAM,
    Scope.MANAGE_TEAM: Permission.MANAGE_TEAM,
    Scope.REQUEST_SEATS: Permission.REQUEST_SEATS,
    Scope.BUY_SEATS: Permission.CHANGE_SUBSCRIPTION,
    Scope.DECIDE_REQUESTS: Permission.DECIDE_REQUESTS,
    Scope.READ_HISTORY: Permission.VIEW_SUBSCRIPTION,
    Scope.MANAGE_WEBHOOKS: Permission.MANAGE_API,
}

# What a token may do for itself, by which scope: to read is no permission to change. What is
# not listed, such as making tokens or transferring ownership, only people do.
SCOPE_FOR: dict[Permission, Scope] = {
    Permission.VIEW_SUBSCRIPTION: Scope.READ_SUBSCRIPTION,
    Permission.CHANGE_SUBSCRIPTION: Scope.BUY_SEATS,
    Permission.REQUEST_SEATS: Scope.REQUEST_SEATS,
    Permission.DECIDE_REQUESTS: Scope.DECIDE_REQUESTS,
    Permission.MANAGE_TEAM: Scope.MANAGE_TEAM,
}

# What no role can do in a sales-managed account, and what those who try are told (R6, D8).
ONLY_REPRESENTATIVE = (Permission.CHANGE_SUBSCRIPTION, Permission.OPEN_CART)
ASK_REPRESENTATIVE = _(
    "Your account representative makes changes to the %(account)s subscription. Contact "
    "%(name)s (%(email)s)."
)

# Besides, requests are decided by the representative (D1).
_DONE_BY_REPRESENTATIVE = (*ONLY_REPRESENTATIVE, Permission.DECIDE_REQUESTS)

TEAM_ROLES = (Role.OWNER, Role.BILLING_ADMIN, Role.ADMIN, Role.AGENT)


def may_give_scope(role: str, scope: Scope, *, is_sales_managed: bool) -> bool:
    """Whether a role gives a token the scope; never what only a representative does (R6)."""
    needed = NEEDED_FOR[scope]
    is_representatives = is_sales_managed and needed in _DONE_BY_REPRESENTATIVE
    return needed in PERMISSIONS[Role(role)] and not is_representatives


def covers(role: str, other: str) -> bool:
    """Whether a role may do everything that the other one may."""
    return PERMISSIONS[Role(other)] <= PERMISSIONS[Role(role)]


def roles_with(permission: Permission) -> list[Role]:
    """The roles that hold a permission, highest first."""
    return [role for role, held in PERMISSIONS.items() if permission in held]


def givers_of(role: str) -> list[Role]:
    """The roles that may give a role and manage those who have it, highest first."""
    return [giver for giver, roles in GRANTABLE.items() if role in roles]
