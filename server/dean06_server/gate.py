"""Signing in and out and what one does with one's own way in, as the API asks for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from dean06_auth import own_ways_in, provider_sign_ins, sessions, sign_ins, sign_outs
from dean06_auth.attempts import Door, Shown
from dean06_auth.callers import Visit
from dean06_auth.profile import Profile
from dean06_auth.second_factors import Enrolment
from dean06_auth.sessions import Origin
from dean06_auth.sign_in_events import Way
from dean06_auth.sign_ins import SignedIn
from dean06_auth.tokens import AccessToken
from dean06_core.database import Database


@dataclass(frozen=True, slots=True)
class Gate:
    """For one operation. It holds ways through and not the database: every resolver can reach it."""

    sign_in: Callable[[str, str, str | None], Awaitable[SignedIn]]
    sign_out: Callable[[], Awaitable[None]]
    sessions: Callable[[], Awaitable[Sequence[AccessToken]]]
    end_session: Callable[[UUID], Awaitable[None]]
    change_password: Callable[[str, str], Awaitable[None]]
    enrol_second_factor: Callable[[str], Awaitable[Enrolment]]
    confirm_second_factor: Callable[[str], Awaitable[Sequence[str]]]
    confirm_again: Callable[[str | None, str | None], Awaitable[None]]
    is_current: Callable[[UUID], bool]
    profile: Profile
    complete_sign_in: Callable[[str, str | None], Awaitable[SignedIn]]


def gate(
    database: Database,
    *,
    now: datetime,
    on: date,
    token: str | None,
    visit: Visit | None,
    origin: Origin,
    door: Door,
) -> Gate:
    """``token`` is the one that the operation came with, ``visit`` what it stands for."""

    async def sign_in(login: str, password: str, second_factor: str | None) -> SignedIn:
        """A session for whoever shows the right things; SIGN_IN_FAILED or SECOND_FACTOR_REQUIRED otherwise."""
        shown = Shown(login, password, second_factor)
        return await sign_ins.sign_in(database, shown, now=now, on=on, origin=origin, door=door)

    async def complete_sign_in(code: str, second_factor: str | None) -> SignedIn:
        """A session for whoever was handed over by the identity provider; HANDOVER_UNKNOWN otherwise."""
        return await provider_sign_ins.complete(
            database, code=code, second_factor=second_factor, now=now, on=on, origin=origin, door=door
        )

    async def sign_out() -> None:
        """End the token that the operation came with."""
        if token is not None:
            way = Way("sign_outs.leave", origin, now)
            await sign_outs.leave(database, way, present(visit).caller, token=token)

    async def own_sessions() -> Sequence[AccessToken]:
        caller = present(visit).caller
        async with database.service_reading() as session:
            return await sessions.live(
                session,
                account_id=account_of(visit),
                roles={grant.role for grant in caller.grants},
                profile=door.profile,
                now=now,
            )

    async def end_session(id_: UUID) -> None:
        way = Way("sign_outs.end", origin, now)
        await sign_outs.end(database, way, present(visit).caller, id_=id_)

    async def change_password(current: str, new: str) -> None:
        here = present(visit)
        await own_ways_in.change_password(
            database,
            caller=here.caller,
            token_id=here.token_id,
            current=current,
            new=new,
            now=now,
            on=on,
            origin=origin,
            door=door,
        )

    async def enrol_second_factor(password: str) -> Enrolment:
        caller = present(visit).caller
        return await own_ways_in.enrol_second_factor(
            database, caller=caller, password=password, now=now, origin=origin, door=door
        )

    async def confirm_second_factor(code: str) -> Sequence[str]:
        here = present(visit)
        return await own_ways_in.confirm_second_factor(
            database, caller=here.caller, token_id=here.token_id, code=code, now=now, origin=origin, door=door
        )

    async def confirm_again(current: str | None, second_factor: str | None) -> None:
        here = present(visit)
        await own_ways_in.confirm_again(
            database,
            caller=here.caller,
            token_id=here.token_id,
            password=current,
            code=second_factor,
            now=now,
            origin=origin,
            door=door,
        )

    def is_current(id_: UUID) -> bool:
        return visit is not None and visit.token_id == id_

    return Gate(
        sign_in,
        sign_out,
        own_sessions,
        end_session,
        change_password,
        enrol_second_factor,
        confirm_second_factor,
        confirm_again,
        is_current,
        door.profile,
        complete_sign_in,
    )


def present(visit: Visit | None) -> Visit:
    assert visit is not None  # noqa: S101  whoever came without a token is shown no field that leads here
    return visit


def account_of(visit: Visit | None) -> UUID:
    account = present(visit).caller.account
    assert account is not None  # noqa: S101  whoever came with a token has an account
    return account
