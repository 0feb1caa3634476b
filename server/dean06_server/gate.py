"""Signing in and out, as the API asks for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from dean06_auth import callers, tokens
from dean06_auth.tokens import IssuedToken
from dean06_core.database import Database


@dataclass(frozen=True, slots=True)
class Gate:
    """For one operation; ``token`` is the one it came with."""

    database: Database
    now: datetime
    on: date
    token: str | None = field(default=None, repr=False)

    async def sign_in(self, login: str, password: str) -> IssuedToken:
        """A token for whoever knows the password; SIGN_IN_FAILED otherwise."""
        return await callers.sign_in(self.database, login=login, password=password, now=self.now, on=self.on)

    async def sign_out(self) -> None:
        """End the token that the operation came with."""
        if self.token is not None:
            async with self.database.service() as session:
                await tokens.revoke(session, token=self.token, now=self.now)
