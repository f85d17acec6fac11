"""Every refusal of this app: code, HTTP status and sentence, once."""

from django.utils.translation import gettext_lazy as _

from core.errors import Refusal

# Who may do what

ONLY_OWNER_GIVES = Refusal(
    "not_allowed",
    403,
    _("Only the account owner, %(name)s (%(email)s), can add, change or remove billing admins."),
)
ONLY_ROLES_GIVE = Refusal("not_allowed", 403, _("You cannot do this. Roles that can: %(roles)s."))
ONLY_OWNER_TRANSFERS = Refusal(
    "not_allowed", 403, _("Only the account owner can transfer ownership.")
)
OWN_MEMBERSHIP = Refusal(
    "own_membership", 422, _("You cannot do this to yourself. Ask another admin.")
)

OWN_ACCOUNT = Refusal(
    "own_account",
    403,
    _("You are a member of %(account)s yourself. Ask a colleague to do this."),
)
NOT_REPRESENTED = Refusal(
    "not_allowed",
    403,
    _("Only the account representative of %(account)s or a superuser can do this."),
)
ONLY_SUPERUSERS = Refusal("not_allowed", 403, _("Only superusers can do this. Ask one of them."))

SCOPE_MISSING = Refusal(
    "scope_missing",
    403,
    _("The token %(token)s was not given this scope: %(scope)s. Create a token that has it."),
)

# Members

REMOVED = Refusal("removed", 422, _("This person is no longer a member."))
OWNER_UNCHANGED = Refusal(
    "owner",
    422,
    _("The account owner cannot be changed. Only the owner can transfer ownership."),
)
OWNER_NOT_GIVEN = Refusal(
    "owner", 422, _("An account has exactly one owner. Transfer ownership instead.")
)
NOT_ACTIVE = Refusal("not_active", 422, _("Only active members can be suspended."))
NOT_SUSPENDED = Refusal("not_suspended", 422, _("This member is not suspended."))
NOT_AN_ADMIN = Refusal(
    "not_an_admin",
    422,
    _(
        "Ownership can only be transferred to an active admin or billing admin. Change the role "
        "first."
    ),
)

# What the vendor changes in an account

REASON_MISSING = Refusal(
    "reason_missing", 422, _("Say why. The reason stands in the history."), field="reason"
)
CANNOT_REPRESENT = Refusal(
    "cannot_represent",
    422,
    _(
        "%(name)s cannot represent %(account)s. Choose active staff in the group Sales who are "
        "not members of the account."
    ),
)
ADDRESS_TAKEN = Refusal(
    "address_taken",
    422,
    _("Another account has this web address, or had it. Choose another one."),
    field="slug",
)
ALREADY_ASKED = Refusal(
    "already_asked",
    409,
    _("Somebody has asked for this already. Confirm what was asked, or withdraw it first."),
)
PROPOSAL_CLOSED = Refusal(
    "proposal_closed", 409, _("This has been confirmed or withdrawn, or it has expired.")
)
SAME_PERSON = Refusal(
    "same_person", 403, _("You asked for this yourself. Another superuser has to confirm it.")
)
OWNER_CHANGED = Refusal(
    "owner_changed",
    409,
    _("The account has another owner by now. Withdraw this and look again."),
)
NAME_DIFFERS = Refusal(
    "name_differs",
    422,
    _("Nothing has been closed. Type the name exactly as it is written: %(name)s."),
    field="typed",
)
ACCOUNT_CLOSED = Refusal("account_closed", 409, _("%(account)s is closed. Nothing changes there."))

# Invitations

ALREADY_MEMBER = Refusal("already_member", 422, _("%(email)s is already a member of this account."))
SUSPENDED = Refusal(
    "suspended", 422, _("%(email)s is suspended in this account. Reactivate them first.")
)
SECOND_OWNER = Refusal("second_owner", 422, _("This account already has an owner."))
NOT_INVITED = Refusal("not_invited", 422, _("This invitation has already been accepted."))
LINK_USED = Refusal("used", 409, _("This invitation is no longer valid."))
HAS_PASSWORD = Refusal("used", 409, _("You already have a password. Sign in with it."))
LINK_EXPIRED = Refusal("expired", 422, _("This invitation has expired. Ask for a new one."))
TOO_MANY_TO_ONE = Refusal(
    "too_many_invitations",
    429,
    _(
        "%(email)s has been sent %(count)d invitations in the last 24 hours. Ask them to check "
        "their spam folder, and try again tomorrow."
    ),
)
TOO_MANY_FROM_ACCOUNT = Refusal(
    "too_many_invitations",
    429,
    _(
        "This account has sent %(count)d invitations in the last 24 hours. You can send more "
        "tomorrow."
    ),
)

# API tokens

ABOVE_YOUR_ROLE = Refusal(
    "not_allowed",
    403,
    _(
        "This token can do more than your role. Only the account owner, %(name)s (%(email)s), can "
        "rotate it."
    ),
)
SCOPE_NOT_YOURS = Refusal(
    "not_allowed", 403, _("You cannot give a token what your role cannot do: %(scope)s.")
)
SCOPE_OF_REPRESENTATIVE = Refusal(
    "not_allowed",
    403,
    _("Only your account representative does this, so no token can: %(scope)s."),
)
NO_SCOPE = Refusal(
    "no_scope", 422, _("Choose at least one thing that the token may do."), field="scopes"
)
BAD_END = Refusal(
    "bad_end", 422, _("Choose a date from %(first)s to %(last)s."), field="expires_on"
)

# Passwords, in the sentences allauth has for them

INCORRECT_PASSWORD = Refusal("incorrect_password", 422, _("Incorrect password."))
TOO_MANY_GUESSES = Refusal(
    "too_many_login_attempts", 429, _("Too many failed login attempts. Try again later.")
)

# Forms

READ_ONLY = Refusal(
    "read_only",
    403,
    _(
        "%(account)s has been read-only since %(day)s: everything can be read, and nothing "
        "changed. Contact %(name)s (%(email)s) to have it reopened."
    ),
)
USED_FORM = Refusal(
    "used_form",
    409,
    _("This form was already sent with different entries. Check them and send it again."),
)
WEB_ADDRESS_AS_NAME = Refusal(
    "web_address", 422, _("This looks like a web address. Enter only the name.")
)
NO_SLUG = Refusal("no_slug", 422, _("Enter a web address. It cannot be made from this name."))

# What programs send with an Idempotency-Key

USED_KEY = Refusal(
    "used_key",
    422,
    _("This Idempotency-Key was already sent with different content. Use a new one."),
)
IN_FLIGHT = Refusal(
    "in_flight",
    409,
    _("A request with this Idempotency-Key is still being processed. Send it again in a moment."),
)
