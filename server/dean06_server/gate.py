"""Signing in and out, as the API asks for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime

from dean06_auth import callers, tokens
from dean06_auth.tokens import IssuedToken
from dean06_core.database import Database


@dataclass(frozen=True, slots=True)
class Gate:
    """For one operation. It holds two ways through and not the database: every resolver can reach it."""

    sign_in: Callable[[str, str], Awaitable[IssuedToken]]
    sign_out: Callable[[], Awaitable[None]]


def gate(database: Database, *, now: datetime, on: date, token: str | None) -> Gate:
    """``token`` is the one that the operation came with."""

    async def sign_in(login: str, password: str) -> IssuedToken:
        """A token for whoever knows the password; SIGN_IN_FAILED otherwise."""
        return await callers.sign_in(database, login=login, password=password, now=now, on=on)

    async def sign_out() -> None:
        """End the token that the operation came with."""
        if token is not None:
            async with database.service(in_turn=False) as session:
                await tokens.revoke(session, token=token, now=now)

    return Gate(sign_in, sign_out)
