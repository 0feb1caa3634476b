"""The one desk at which every transport hands its operations in."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus

from dean06_auth import callers
from dean06_core.access import Caller
from dean06_core.acting import Actor
from dean06_core.database import Database
from dean06_core.directory import Directory
from dean06_core.graphql import Context
from dean06_core.verbs import acting
from dean06_schema.engine import Answer, Engine, Operation
from dean06_server.clock import Clock, business_day
from dean06_server.gate import gate
from dean06_server.reference import Reference
from dean06_server.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Desk:
    """Knows who asks, and gives each operation a context of its own: the caller's rows, units, sectors and day."""

    engine: Engine
    database: Database
    reference: Reference
    clock: Clock

    async def answer(self, operation: Operation, token: str | None) -> Answer:
        """Answer the caller for whom the token speaks, or nobody in particular; TOKEN_INVALID if it speaks for none."""
        now = self.clock()
        on = business_day(now)
        snapshot = await self.reference.current()
        caller = None if token is None else await self._caller(token, snapshot.directory, now, on)
        units, sectors = (frozenset(), frozenset()) if caller is None else (caller.units(on), caller.sectors(on))
        directory, catalogue = snapshot.directory.limited_to(units), snapshot.catalogue.limited_to(sectors)
        async with nullcontext() if caller is None else self.database.reading(caller.rights(on)) as session:
            context = Context(
                caller=caller,
                on=on,
                now=now,
                directory=directory,
                catalogue=catalogue,
                session=session,
                gate=gate(self.database, now=now, on=on, token=token),
                doing=None if caller is None else acting(self.database, Actor(caller, directory, catalogue, now, on)),
            )
            return await self.engine.execute(operation, context)

    async def _caller(self, token: str, reach: Directory, now: datetime, on: date) -> Caller:
        async with self.database.service_reading() as session:
            caller = await callers.caller_of(session, token=token, now=now, reach=reach, on=on)
        if caller is None:
            raise Refusal(
                HTTPStatus.UNAUTHORIZED,
                "TOKEN_INVALID",
                "Mã truy cập không đúng, đã hết hạn hoặc đã thu hồi. Hãy bỏ mã này và đăng nhập lại bằng signIn.",
                {"WWW-Authenticate": 'Bearer realm="dean06", error="invalid_token"'},
            )
        return caller
