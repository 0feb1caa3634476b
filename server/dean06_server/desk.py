"""The one desk at which every transport hands its operations in."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime
from http import HTTPStatus

from dean06_auth import callers
from dean06_auth.callers import Visit
from dean06_auth.governing import asking, governing
from dean06_auth.sessions import CONSOLE, Origin
from dean06_auth.sign_ins import DOOR, Door
from dean06_core.acting import Act, Actor
from dean06_core.database import Database
from dean06_core.directory import Directory
from dean06_core.graphql import Context
from dean06_core.verbs import acting
from dean06_schema.engine import Answer, Engine, Operation
from dean06_schema.engine.visibility import LEAVING
from dean06_server.clock import Clock, business_day
from dean06_server.gate import gate
from dean06_server.last_uses import LastUses
from dean06_server.reference import Reference
from dean06_server.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Desk:
    """Knows who asks, and gives each operation a context of its own: the caller's rows, units, sectors and day."""

    engine: Engine
    database: Database
    reference: Reference
    clock: Clock
    door: Door = DOOR
    uses: LastUses = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "uses", LastUses(self.database))

    async def answer(self, operation: Operation, token: str | None, origin: Origin = CONSOLE) -> Answer:
        """Answer the caller for whom the token speaks, or nobody in particular; TOKEN_INVALID if it speaks for none.

        Whoever still has steps to do before he is signed in is answered like
        nobody in particular, and may do these steps.
        """
        now = self.clock()
        on = business_day(now)
        snapshot = await self.reference.current()
        visit = None if token is None else await self._visit(token, snapshot.directory, now, on)
        caller = None if visit is None or visit.steps else visit.caller
        units, sectors = (frozenset(), frozenset()) if caller is None else (caller.units(on), caller.sectors(on))
        directory, catalogue = snapshot.directory.limited_to(units), snapshot.catalogue.limited_to(sectors)
        actor = None if caller is None else Actor(caller, directory, catalogue, now, on)
        async with nullcontext() if caller is None else self.database.reading(caller.rights(on)) as session:
            context = Context(
                caller=caller,
                on=on,
                now=now,
                directory=directory,
                catalogue=catalogue,
                session=session,
                gate=gate(self.database, now=now, on=on, token=token, visit=visit, origin=origin, door=self.door),
                own=frozenset() if visit is None else frozenset({LEAVING, *visit.steps}),
                asking=None if actor is None else asking(self.database, actor),
                doing=None if actor is None else _doing(self.database, actor),
            )
            return await self.engine.execute(operation, context)

    async def _visit(self, token: str, reach: Directory, now: datetime, on: date) -> Visit:
        noted = dict(self.uses.noted)  # before the row is read: what is written meanwhile leaves the live one
        async with self.database.service_reading() as session:
            visit = await callers.visit_of(
                session, token=token, now=now, reach=reach, on=on, profile=self.door.profile, noted=noted
            )
        if visit is None:
            raise Refusal(
                HTTPStatus.UNAUTHORIZED,
                "TOKEN_INVALID",
                "Mã truy cập không đúng, đã hết hạn hoặc đã thu hồi. Hãy bỏ mã này và đăng nhập lại bằng signIn.",
                {"WWW-Authenticate": 'Bearer realm="dean06", error="invalid_token"'},
            )
        self.uses.note(visit, now)
        return visit


def _doing(database: Database, actor: Actor) -> Act:
    return governing(database, actor, acting(database, actor))
