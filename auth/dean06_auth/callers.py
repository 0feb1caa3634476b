"""A caller is an account that was recognised, by its password once and by its token from then on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import accounts, grants, sessions, standing, tokens
from dean06_auth.accounts import Account, AccountState
from dean06_auth.grants import Reach
from dean06_auth.profile import VN_L3_2026, Profile
from dean06_auth.sessions import Step
from dean06_auth.tokens import Presented
from dean06_core.access import Action, Caller, DataClass, Decision, Scope, decide
from dean06_core.errors import BadInput

_NOTHING_NOTED: Final[Mapping[UUID, datetime]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Visit:
    """A caller with the token that he came with. With ``steps`` left he may do these and nothing else."""

    caller: Caller
    token_id: UUID
    used_at: datetime
    is_session: bool
    steps: frozenset[Step] = field(default=frozenset())


async def as_caller(
    session: AsyncSession, *, login: str, reach: Reach, on: date, profile: Profile = VN_L3_2026
) -> Caller | None:
    """An active account as if it were calling; None for one that is not there or not active. Two statements."""
    account = await accounts.find(session, login=login)
    if account is None or account.state is not AccountState.ACTIVE:
        return None
    held = await grants.live(session, account_id=account.id, reach=reach, on=on, profile=profile)
    return Caller(account.login, account.name, account.unit_key, held, account.id)


async def visit_of(
    session: AsyncSession,
    *,
    token: str,
    now: datetime,
    reach: Reach,
    on: date,
    profile: Profile = VN_L3_2026,
    noted: Mapping[UUID, datetime] = _NOTHING_NOTED,
) -> Visit | None:
    """Who calls with a token, and what he holds on that day; None if nobody was ever given the token.

    BadInput says why a token that was given speaks for nobody any more, or why
    its account is not let in. Two statements, so that a suspension, a
    revocation, the end of a grant or of a duty, an overdue review or a day too
    many unused hold from the next request. ``noted``: uses of sessions, by
    their id, that are not yet kept.
    """
    presented = await tokens.known(session, token=token)
    if presented is None:
        return None
    account, found = presented.account, presented.token
    refused = standing.end_of(presented, now=now)
    if refused is not None:
        raise refused
    held = await grants.held(session, account_id=account.id, reach=reach, on=on, profile=profile)
    refused = standing.refusal(account, duties_over=presented.duties_over, held=held, on=on, profile=profile)
    if refused is not None:
        raise refused
    roles = {grant.role for grant in held.counting}
    used_at = max(sessions.used_at(found), noted.get(found.id, found.issued_at))
    if sessions.is_idle(found, used_at=used_at, roles=roles, profile=profile, now=now):
        raise standing.idle()
    return Visit(
        Caller(login=account.login, name=account.name, unit=account.unit_key, grants=held.counting, account=account.id),
        found.id,
        used_at,
        is_session=found.device_kind is not None,
        steps=_steps(presented, roles, profile, now),
    )


def _steps(presented: Presented, roles: Collection[str], profile: Profile, now: datetime) -> frozenset[Step]:
    if presented.token.confirm_again:
        return frozenset({Step.CONFIRM_AGAIN})
    if presented.token.device_kind is None or presented.password_set_at is None:
        return frozenset()
    by_provider = presented.token.issued_by == tokens.BY_PROVIDER
    return steps(
        set_at=now if by_provider else presented.password_set_at,
        change_required=presented.change_required and not by_provider,
        has_second_factor=presented.token.second_factor,
        roles=roles,
        profile=profile,
        now=now,
    )


def steps(
    *,
    set_at: datetime,
    change_required: bool,
    has_second_factor: bool,
    roles: Collection[str],
    profile: Profile,
    now: datetime,
) -> frozenset[Step]:
    """What has to be done before anything else: an old password changed, a device enrolled where a role needs one."""
    found = set()
    if change_required or set_at + profile.password_lasts(roles) <= now:
        found.add(Step.CHANGE_PASSWORD)
    if profile.needs_second_factor(roles) and not has_second_factor:
        found.add(Step.ENROL_SECOND_FACTOR)
    return frozenset(found)


async def administered(session: AsyncSession, *, login: str, by: Caller, on: date) -> Account:
    """The account of that login, whatever its state, for whoever administers accounts of its unit on that day.

    One error, ACCOUNT_UNKNOWN, whether nobody has the login or ``by`` does not
    administer there. Ask in a session of ``by``: then one and the same
    statement finds nothing in both cases.
    """
    account = await accounts.find(session, login=login)
    if account is None or not decide(by, Action.ADMINISTER, Scope(DataClass.GOVERNANCE, account.unit_key), on):
        raise BadInput(
            "ACCOUNT_UNKNOWN",
            f"Không có tài khoản “{login[: accounts.LONGEST_LOGIN]}” trong phạm vi quản trị của bạn. "
            "Hãy kiểm tra tên đăng nhập.",
            field=("login",),
        )
    return account


async def decided(
    session: AsyncSession,
    *,
    account: Account,
    action: Action,
    scope: Scope,
    reach: Reach,
    on: date,
    profile: Profile = VN_L3_2026,
) -> Decision:
    """What ``decide`` says of an account, knowing also what it once held and is still to hold; one statement.

    An account that is not active is never let in, whatever is decided here.
    """
    held = await grants.ever_given(session, account_id=account.id, reach=reach, on=on, profile=profile)
    caller = Caller(login=account.login, name=account.name, unit=account.unit_key, grants=held, account=account.id)
    return decide(caller, action, scope, on)
