"""Builds the demo through the actions, so that its history is a real one."""

from datetime import UTC, date, datetime, time, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.actions import accept_invitation, open_account, suspend
from accounts.actors import Actor, By
from accounts.models import AccountKind, Membership, Status, User
from accounts.permissions import Role
from core.mail import no_mail
from core.periods import add_months
from seatadmin.demo.accounts import (
    ACCOUNTS,
    DemoAccount,
    DemoPerson,
    DemoPrice,
    DemoPurchase,
    DemoReduction,
    DemoRequest,
)
from seatadmin.demo.catalog import load_catalogue
from seatadmin.demo.people import PASSWORD, READ_ONLY, REP, REP2, ROOT
from subscriptions.actions import (
    add_line,
    approve_request,
    assign_seat,
    buy_seats,
    carry_out,
    join_request,
    open_subscription,
    propose,
    renew,
    request_change,
    request_seats,
)
from subscriptions.actions.sales_group import ensure_read_only_group, ensure_sales_group
from subscriptions.models import (
    AssignmentSource,
    ChangeRequestKind,
    Line,
    Plan,
    SeatPool,
    SeatRequest,
    Subscription,
)
from subscriptions.rules.change_requests import Wish
from subscriptions.rules.changes import AgreePrice
from subscriptions.selectors.quotes import quote_addition
from team.actions import add_member


@transaction.atomic
def load(today: date) -> None:
    """Fill an empty database with the demo, as if it had been in use until `today`."""
    with no_mail():
        plans = load_catalogue()
        rep = _load_staff(today)
        for account in ACCOUNTS:
            _Loading(account, plans, rep if account.is_represented else None, today).run()
    # Hashed once, and past the validators: nobody would accept this password.
    who_signed_up = User.objects.exclude(memberships__status=Status.INVITED)
    who_signed_up.update(password=make_password(PASSWORD))


def _load_staff(today: date) -> User:
    joined = _moment(today, 1200)
    people = [
        User.objects.create_user(email, name=name, is_staff=True, date_joined=joined)
        for email, name in (REP, REP2, READ_ONLY)
    ]
    *representatives, onlooker = people
    ensure_sales_group().user_set.add(*representatives)
    ensure_read_only_group().user_set.add(onlooker)
    User.objects.create_superuser(ROOT[0], name=ROOT[1], date_joined=joined)
    return people[0]


def _moment(today: date, days_ago: int, place: int = 0) -> datetime:
    """A time in office hours, always before `today` for at least one day ago."""
    morning = datetime.combine(today, time(8), tzinfo=UTC)
    return morning - timedelta(days=days_ago) + timedelta(minutes=place * 7 % 480)


class _Loading:
    """One account, told in the order in which it happened."""

    def __init__(
        self, account: DemoAccount, plans: dict[str, Plan], rep: User | None, today: date
    ) -> None:
        self.account, self.plans, self.rep, self.today = account, plans, rep, today
        # Nobody at the vendor looks after a self-service account.
        self.vendor: By = rep or Actor.system("load_demo")
        self.pools: list[SeatPool] = []
        self.members: dict[Role, Membership] = {}

    def run(self) -> None:
        owner, *others = self.account.people()
        self._open(owner)
        events: list[DemoPerson | DemoPurchase] = [*others, *self.account.purchases]
        events.sort(key=lambda event: -event.days_ago)
        for place, event in enumerate(events):
            at = _moment(self.today, event.days_ago, place)
            self._renew_until(at)
            if isinstance(event, DemoPurchase):
                self._buy(event, at)
            else:
                self._add(event, at)
        if self.account.request:
            self._request(self.account.request)
        if self.account.reduction:
            self._reduce(self.account.reduction)
        if self.account.price and self.rep:
            self._agree(self.account.price, self.rep)
        self._renew_until(_moment(self.today, 0))

    def _renew_until(self, at: datetime) -> None:
        """Period by period, soon after midnight, as the daily command did."""
        while self.subscription.is_due(at.date()):
            due = datetime.combine(self.subscription.period_end, time(0, 5), tzinfo=UTC)
            renew(subscription=self.subscription, at=due)
            self.subscription.refresh_from_db()

    def _open(self, owner: DemoPerson) -> None:
        started = add_months(self.today - timedelta(days=self.account.days), -self.account.months)
        at = datetime.combine(started, time(9), tzinfo=UTC)
        invited = open_account(
            name=self.account.name,
            slug=self.account.slug,
            kind=self.account.kind,
            representative=self.rep,
            owner_email=owner.email,
            owner_name=owner.name,
            by=self.vendor,
            at=at,
        )
        self._welcome(invited, owner, at)
        self.subscription: Subscription = open_subscription(
            account=invited.account,
            currency=self.account.currency,
            cycle=self.account.cycle,
            started_on=started,
            at=at,
        )
        for pool in self.account.pools:
            first, *linked = (self.plans[name] for name in pool.plans)
            line = self._line(first, None, pool.opened, at)
            for plan in linked:
                self._line(plan, line.pool, 0, at)
            self.pools.append(line.pool)
        for index in owner.pools:
            assign_seat(
                pool=self.pools[index],
                membership=self.members[Role.OWNER],
                source=AssignmentSource.OPENING,
                by=self.vendor,
                at=at,
            )

    def _line(self, plan: Plan, pool: SeatPool | None, seats: int, at: datetime) -> Line:
        return add_line(
            subscription=self.subscription, plan=plan, pool=pool, seats=seats, by=self.vendor, at=at
        )

    def _add(self, person: DemoPerson, at: datetime) -> None:
        hired_by = Role.ADMIN if person.role == Role.AGENT else Role.OWNER
        member = add_member(
            email=person.email,
            name=person.name,
            role=person.role,
            pool_ids=[self.pools[index].pk for index in person.pools],
            by=self.members[hired_by],
            at=at,
        )
        if person.status != Status.INVITED:
            self._welcome(member, person, at)
        if person.status == Status.SUSPENDED:
            left = _moment(self.today, person.seen_days_ago - 5)
            suspend(membership=member, by=self.members[Role.ADMIN], at=left)

    def _welcome(self, invited: Membership, person: DemoPerson, at: datetime) -> None:
        member = accept_invitation(membership=invited, at=at + timedelta(minutes=50))
        seen = _moment(self.today, person.seen_days_ago, member.pk)
        User.objects.filter(pk=member.user_id).update(date_joined=at, last_login=seen)
        Membership.objects.filter(pk=member.pk).update(last_visited_at=seen)
        self.members.setdefault(person.role, member)

    def _buy(self, purchase: DemoPurchase, at: datetime) -> None:
        additions = {self.pools[purchase.pool].pk: purchase.seats}
        fingerprint = quote_addition(self.subscription, additions, at.date()).fingerprint
        if self.rep and self.account.kind == AccountKind.SALES_MANAGED:
            request = self._ask(additions, "The second shift begins.", at - timedelta(days=3))
            approve_request(
                seat_request=request,
                note="",
                quote_fingerprint=fingerprint,
                by=self.rep,
                at=at,
                confirmed=True,
            )
        else:
            buy_seats(
                subscription=self.subscription,
                additions=additions,
                quote_fingerprint=fingerprint,
                idempotency_key=f"demo-{at:%Y%m%d}",
                by=self.members[Role.BILLING_ADMIN],
                at=at,
                confirmed=True,
            )

    def _request(self, wanted: DemoRequest) -> None:
        at = _moment(self.today, wanted.days_ago)
        request = self._ask({self.pools[wanted.pool].pk: wanted.seats}, wanted.reason, at)
        if wanted.joined_seats:
            join_request(
                seat_request=request,
                seats=wanted.joined_seats,
                reason=wanted.joined_reason,
                idempotency_key=f"demo-{at:%Y%m%d}",
                by=self.members[Role.AGENT],
                at=at + timedelta(hours=20),
            )

    def _reduce(self, wanted: DemoReduction) -> None:
        at, member = _moment(self.today, wanted.days_ago), self.members[Role.ADMIN]
        pool = self.pools[wanted.pool].pk
        request_change(
            account=member.account,
            wish=Wish(ChangeRequestKind.FEWER_SEATS, pool=pool, seats=wanted.seats),
            reason=wanted.reason,
            wanted_on=None,
            idempotency_key=f"demo-change-{at:%Y%m%d}",
            by=member,
            at=at,
        )

    def _agree(self, price: DemoPrice, rep: User) -> None:
        at = _moment(self.today, price.days_ago)
        line = self.pools[price.pool].lines.order_by("pk")[0]
        change = AgreePrice(line.pk, price.unit_cents)
        subscription = Subscription.objects.select_related("account").get(pk=self.subscription.pk)
        proposal = propose(subscription=subscription, change=change, by=rep, at=at)
        carry_out(
            subscription=subscription,
            change=change,
            quote_fingerprint=proposal.fingerprint,
            idempotency_key=f"demo-{at:%Y%m%d}",
            reason=price.reason,
            by=rep,
            at=at,
        )

    def _ask(self, additions: dict[int, int], reason: str, at: datetime) -> SeatRequest:
        requests = request_seats(
            subscription=self.subscription,
            additions=additions,
            reason=reason,
            needed_by=None,
            idempotency_key=f"demo-{at:%Y%m%d}",
            by=self.members[Role.ADMIN],
            at=at,
        )
        return requests[0]
