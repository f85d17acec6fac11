from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.formats import date_format

from accounts import errors, notifications
from accounts.actions.audit import record
from accounts.actions.idempotency import claim, finish
from accounts.actions.managers import in_person, locked_manager, managers
from accounts.actors import By, actor_of
from accounts.models import ApiToken, AuditKind, Membership
from accounts.permissions import Permission, Scope, covers, may_give_scope
from accounts.selectors.contacts import owner_of
from core.credentials import Overlap, SecretKey, end_of
from core.mail import after_commit

LONGEST = timedelta(days=365)


@transaction.atomic
def issue_token(
    *,
    name: str,
    scopes: Collection[Scope],
    expires_on: date,
    idempotency_key: str,
    by: By,
    at: datetime,
) -> tuple[ApiToken, SecretKey | None]:
    """A token of the maker's account, and its key, which nobody can ask for again (D19).

    It is valid until the end of `expires_on` (UTC). The same form again gets the token
    without its key (D6). Raises ValidationError `not_allowed`, `no_scope`, `bad_end`,
    `used_form`.
    """
    given = [scope for scope in Scope if scope in scopes]
    content = {"name": name, "scopes": given, "expires_on": expires_on}
    form = claim("issue_token", content, key=idempotency_key, by=in_person(by), at=at)
    if form.results:
        return ApiToken.objects.get(pk=form.results[0]), None
    maker = locked_manager(by)
    _check_scopes(given, maker)
    _check_end(expires_on, at.date())
    key = SecretKey.new(ApiToken.KIND)
    token = ApiToken(
        account=maker.account,
        made_by=maker,
        maker_role=maker.role,
        name=name,
        scopes=given,
        made_at=at,
        expires_at=end_of(expires_on),
    )
    token.take(key, at)
    token.save(force_insert=True)
    record(maker, AuditKind.TOKEN_MADE, by=by, at=at, after=_described(token), about=token)
    finish(form, [token])
    return token, key


@transaction.atomic
def rotate_token(
    *,
    token: ApiToken,
    overlap: Overlap,
    idempotency_key: str,
    by: By,
    at: datetime,
    expected: str = "",
) -> tuple[ApiToken, SecretKey | None]:
    """Give a token a new key; the one before works for `overlap` more, an earlier one no more.

    The same form again rotates nothing, and gets no key (D6). `expected` is the `key_since`
    that was looked at; empty: any. Raises ValidationError `not_allowed`, `key_ended`,
    `stale`, `used_form`.
    """
    content = {"token": token.pk, "overlap": overlap}
    form = claim("rotate_token", content, key=idempotency_key, by=in_person(by), at=at)
    if form.results:
        return ApiToken.objects.get(pk=form.results[0]), None
    manager = locked_manager(by)
    row = _locked(token, manager)
    check_may_rotate(row, manager)
    before = _described(row)
    key = row.rotate(overlap, at, expected=expected)
    after = {**before, "overlap_hours": int(overlap)}
    rotated = AuditKind.TOKEN_ROTATED
    record(row.made_by, rotated, by=by, at=at, before=before, after=after, about=row)
    finish(form, [row])
    return row, key


@transaction.atomic
def revoke_token(*, token: ApiToken, by: By, at: datetime) -> ApiToken:
    """End a token at once, for good; one that is revoked already stays as it is.

    Raises ValidationError `not_allowed`.
    """
    row = _locked(token, locked_manager(by))
    if not row.is_revoked:
        row.revoke(at)
        before = _described(row)
        record(row.made_by, AuditKind.TOKEN_REVOKED, by=by, at=at, before=before, about=row)
    return row


def check_may_rotate(token: ApiToken, member: Membership) -> None:
    """Whoever gets the new key can do what the token's maker could (D13).

    Raises ValidationError `not_allowed`.
    """
    if not covers(member.role, token.maker_role):
        owner = owner_of(token.account)
        raise errors.ABOVE_YOUR_ROLE.error(name=owner.name, email=owner.user.email)


def tell_of_tokens(members: Iterable[Membership], *, by: By, at: datetime) -> None:
    """Tell the owner which tokens go on although their makers are about to lose their access.

    Called with the members as they still are.
    """
    makers = [member for member in members if member.may(Permission.MANAGE_API)]
    tokens = list(ApiToken.objects.filter(made_by__in=makers).usable(at)) if makers else []
    if tokens:
        after_commit(notifications.tokens_go_on, tokens, *actor_of(by).member_and_token)


def _locked(token: ApiToken, manager: Membership) -> ApiToken:
    """The token, locked, for somebody who manages the tokens of its account."""
    if token.account_id != manager.account_id:
        raise errors.ONLY_ROLES_GIVE.error(roles=managers())
    row: ApiToken = ApiToken.objects.locked(token)
    return row


def _check_scopes(scopes: Collection[Scope], maker: Membership) -> None:
    if not scopes:
        raise errors.NO_SCOPE.error()
    for scope in scopes:
        if not may_give_scope(maker.role, scope, is_sales_managed=False):
            raise errors.SCOPE_NOT_YOURS.error(scope=scope.label)
        is_sales_managed = maker.account.is_sales_managed
        if not may_give_scope(maker.role, scope, is_sales_managed=is_sales_managed):
            raise errors.SCOPE_OF_REPRESENTATIVE.error(scope=scope.label)


def _check_end(day: date, today: date) -> None:
    first, last = today + timedelta(days=1), today + LONGEST
    if not first <= day <= last:
        raise errors.BAD_END.error(first=date_format(first), last=date_format(last))


def _described(token: ApiToken) -> dict[str, Any]:
    """What the history says of a token; nothing that opens anything."""
    end = token.expires_at.isoformat() if token.expires_at else None
    return {
        "name": token.name,
        "prefix": token.shown_as,
        "scopes": token.scopes,
        "expires_at": end,
    }
