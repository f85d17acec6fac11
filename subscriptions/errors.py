"""Every refusal of this app: code, HTTP status and sentence, once."""

from django.utils.translation import gettext_lazy as _

from core.errors import Refusal

# Who may do what

ONLY_BUYERS_BUY = Refusal(
    "not_allowed", 403, _("Only the account owner and billing admins can buy seats.")
)
ONLY_BUYERS_CHANGE = Refusal(
    "not_allowed", 403, _("Only the account owner and billing admins can change this.")
)
CANNOT_REQUEST = Refusal("not_allowed", 403, _("You cannot request seats in this account."))
CAN_BUY = Refusal("not_allowed", 403, _("You can buy seats yourself."))
NOT_YOURS_TO_DECIDE = Refusal(
    "not_allowed", 403, _("This request can only be decided by: %(who)s.")
)
OWN_REQUEST = Refusal(
    "own_request", 403, _("You asked for these seats yourself. Ask a colleague to decide.")
)
ONLY_REQUESTER_WITHDRAWS = Refusal(
    "not_allowed", 403, _("Nothing in this request is yours to withdraw.")
)

# Seats of a member

NO_SEAT = Refusal(
    "no_seat",
    409,
    _("No %(pool)s seat is available. Add more seats or release a seat first."),
)
HAS_SEAT = Refusal("has_seat", 422, _("%(name)s already has a %(pool)s seat."))
NO_MEMBER = Refusal(
    "no_member", 422, _("%(name)s is not a team member. Only team members can have seats.")
)
NO_SEAT_HELD = Refusal("no_seat_held", 422, _("This seat has already been released."))
UNKNOWN_POOL = Refusal("unknown_pool", 422, _("These seats do not belong to this account."))

# Numbers of seats

BAD_NUMBER = Refusal("bad_number", 422, _("Enter a whole number from 1 to %(most)s."))
TOO_MANY = Refusal("too_many", 422, _("A product can have at most %(most)s seats."))
NO_CHANGE = Refusal("nothing", 422, _("That would not change anything. Enter a different number."))
NOTHING_ADDED = Refusal("nothing", 422, _("Enter how many seats to add."))
NOTHING_REQUESTED = Refusal("nothing", 422, _("Enter how many seats you need."))
ADD_OR_TOTAL = Refusal(
    "add_or_total",
    422,
    _(
        "For all pools, send either add or total. What you send with total only: timing and "
        "release."
    ),
)
POOL_TWICE = Refusal("pool_twice", 422, _("Name each pool once."))
NOT_ADDABLE = Refusal("not_addable", 422, _("%(pool)s is a legacy plan, so seats cannot be added."))
NOT_REMOVABLE = Refusal(
    "not_removable",
    422,
    _("You can only add %(pool)s seats here. To remove seats, contact %(name)s (%(email)s)."),
)
UNASSIGNED_ONLY = Refusal(
    "unassigned_only",
    422,
    _(
        "%(pool)s is a legacy plan. Only unassigned seats (%(available)s) can be removed, and only "
        "at renewal."
    ),
)

# What the vendor's people change

ONLY_STAFF = Refusal(
    "not_allowed", 403, _("Only the account representative changes this, at the sales desk.")
)
ONLY_SUPERUSERS_OVERRIDE = Refusal(
    "not_allowed", 403, _("Only superusers can make exceptions from the rules of legacy plans.")
)
LEGACY_FIXED = Refusal(
    "not_removable",
    422,
    _(
        "%(pool)s is a legacy plan of a sales-managed account, so its seats are not removed. A "
        "superuser can make an exception."
    ),
)
REASON_MISSING = Refusal(
    "reason_missing",
    422,
    _("Say why: the reason is kept in the history, and the owner reads it."),
    field="reason",
)
UNKNOWN_LINE = Refusal("unknown_line", 422, _("This line is not part of the subscription."))
UNKNOWN_PLAN = Refusal("unknown_plan", 422, _("This plan does not exist."))
ENDING = Refusal("ending", 422, _("%(name)s ends at renewal. Undo that first if it is to go on."))
SCHEDULED_ALREADY = Refusal(
    "scheduled_already",
    422,
    _("Something else is scheduled for %(name)s at renewal. Undo that first."),
)
NOT_SCHEDULED = Refusal("not_scheduled", 422, _("Nothing of the kind is scheduled any more."))
BELOW_MINIMUM = Refusal(
    "below_minimum",
    422,
    _("%(pool)s keeps at least %(minimum)s seats under its contract. Change the contract first."),
)
MINIMUM_TOO_HIGH = Refusal(
    "minimum_too_high",
    422,
    _("%(pool)s will have %(seats)s seats, so the minimum can be at most that."),
)
CONTRACT_DAY_PAST = Refusal(
    "past_day",
    422,
    _("The contract can end tomorrow at the earliest."),
    field="contract_ends_on",
)
CONTRACT_RUNS = Refusal(
    "contract_runs",
    422,
    _("The contract runs until %(day)s, beyond the renewal. Change its end first."),
)
NOT_ADDED_TODAY = Refusal(
    "not_added_today",
    422,
    _("%(name)s was not added today, so it cannot be corrected. End the line instead."),
)
BAD_PRICE = Refusal("bad_price", 422, _("Enter a price from 0.00 to 100,000.00."))
DOWNGRADE_AT_RENEWAL = Refusal(
    "downgrade_at_renewal",
    422,
    _("%(plan)s costs less. A plan is downgraded at renewal, not before."),
)
ENDED = Refusal(
    "subscription_ended",
    409,
    _("The subscription of %(account)s ended on %(day)s. It has to be reopened first."),
)
NOT_ENDED = Refusal("not_ended", 422, _("The subscription of %(account)s has not ended."))

# What was agreed to

QUOTE_CHANGED = Refusal(
    "stale",
    409,
    _(
        "Nothing has changed yet. The numbers or the price are different from what you saw. Check "
        "them and confirm again."
    ),
)
UNCONFIRMED = Refusal("unconfirmed", 409, _("%(question)s Nothing changes until you confirm."))

# Requests

OPEN_REQUEST = Refusal(
    "open_request",
    409,
    _("More %(pool)s seats have already been requested. Join the open request to ask for more."),
)
PAST_DAY = Refusal("past_day", 422, _("Choose today or a later date."), field="needed_by")
ALREADY_DECIDED = Refusal("already_decided", 409, _("This request is already closed: %(status)s."))
REQUEST_CHANGED = Refusal(
    "stale",
    409,
    _(
        "Nothing has changed yet. What is requested is not what you saw: somebody asked for more "
        "or took their part back. Read it again before you decline it."
    ),
)
NOTE_MISSING = Refusal(
    "note_missing", 422, _("Add a reason, so the requester knows what to do next.")
)

# Change requests

CANNOT_REQUEST_CHANGE = Refusal(
    "not_allowed", 403, _("You cannot request this change in this account.")
)
SAME_REQUEST = Refusal(
    "open_request",
    409,
    _("This has already been requested. It is decided first, or withdrawn by whoever asked."),
)
NOT_FEWER = Refusal(
    "not_fewer",
    422,
    _("Enter a number from 1 to %(most)s: %(pool)s has %(seats)s seats at renewal."),
    field="seats",
)
NOT_ON_OFFER = Refusal(
    "not_on_offer", 422, _("This is not on offer for this account. Choose another plan.")
)
PAST_WISH = Refusal(
    "past_day", 422, _("This day has passed. Choose today or a later date."), field="wanted_on"
)
NOTHING_TO_CHANGE = Refusal(
    "nothing_bought", 409, _("This account has no seats yet. Request a first order instead.")
)
OPEN_SUBSCRIPTION_FIRST = Refusal(
    "nothing_bought",
    409,
    _("This account has no subscription yet. Open it first, then approve the request."),
)
OWN_CHANGE_REQUEST = Refusal(
    "own_request", 403, _("You asked for this change yourself. Ask a colleague to decide.")
)

# What Sales sets up

FUTURE_DAY = Refusal("future_day", 422, _("Choose today or an earlier date."), field="started_on")
NO_PRICE = Refusal("no_price", 422, _("%(plan)s has no price for this currency and billing cycle."))
HAS_PLAN = Refusal("has_plan", 422, _("The subscription already includes %(plan)s."))
POOL_NAME_TAKEN = Refusal(
    "pool_name_taken", 422, _("The subscription already has seats named %(name)s.")
)

STILL_SUBSCRIBED = Refusal(
    "still_subscribed",
    409,
    _(
        "%(account)s still has a subscription. Cancel it first; the account can be closed once it "
        "has ended."
    ),
)

# The catalogue

PRICES_CHANGED = Refusal(
    "stale",
    409,
    _("Nothing has been saved yet. Somebody else changed these prices meanwhile. Read them again."),
)
PLAN_NAME_TAKEN = Refusal(
    "plan_name_taken",
    422,
    _("There is another plan called %(plan)s. Give one of the two another tier first."),
)

# Keys of products

KEY_NAME_TAKEN = Refusal(
    "name_taken", 422, _("%(product)s already has a valid key named %(name)s."), field="name"
)
ENDS_TOO_EARLY = Refusal("past_day", 422, _("Choose tomorrow or a later date."), field="expires_on")

# What programs ask

NO_SUBSCRIPTION = Refusal(
    "no_subscription", 404, _("This account has no subscription yet. Sales sets it up.")
)
ONE_PERSON = Refusal("one_person", 422, _("Name a person by email or by member, and by one only."))
ACCOUNT_MISSING = Refusal(
    "account_missing",
    422,
    _("Name the account, by its id or by its web address."),
    field="account",
)
ACCOUNT_OF_TOKEN = Refusal(
    "account_of_token",
    422,
    _("Leave out the account: a token opens its own account only."),
    field="account",
)
PRODUCT_OF_KEY = Refusal(
    "product_of_key",
    422,
    _("Leave out the product: a product key asks about its own product only."),
    field="product",
)
UNKNOWN_PRODUCT = Refusal("unknown_product", 422, _("Name a product by its id."), field="product")
UNKNOWN_ACCOUNT = Refusal("unknown_account", 404, _("There is no such account."), field="account")

# Repair

HISTORY = Refusal("history", 422, _("History is never rewritten. Someone needs to look into this."))
OVERSOLD = Refusal(
    "oversold",
    422,
    _("More seats are assigned than purchased. Add or release seats first."),
)
