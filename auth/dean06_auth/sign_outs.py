"""Ending one's own sessions: the one that is used, by signing out, or another; recorded with it."""

from __future__ import annotations

from uuid import UUID

from dean06_auth import sessions, sign_in_events, tokens
from dean06_auth.sign_in_events import Way
from dean06_core.access import Caller
from dean06_core.database import Database


async def leave(database: Database, way: Way, caller: Caller, *, token: str) -> None:
    """End the token that the caller came with."""
    async with database.service(in_turn=False) as session:
        await tokens.revoke(session, token=token, now=way.now)
        await sign_in_events.keep_own(session, way, caller)


async def end(database: Database, way: Way, caller: Caller, *, id_: UUID) -> None:
    """End one session; SESSION_UNKNOWN for another's, one that ended or never was."""
    assert caller.account is not None  # noqa: S101  whoever has a session has an account
    async with sign_in_events.refusals_kept(database, way, caller), database.service(in_turn=False) as session:
        await sessions.end(session, account_id=caller.account, id_=id_, now=way.now)
        await sign_in_events.keep_own(session, way, caller, ended=str(id_))
