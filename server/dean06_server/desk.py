"""The one desk at which every transport hands its operations in."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime
from http import HTTPStatus

from dean06_auth import attempts, callers, standing
from dean06_auth.attempts import DOOR, Door
from dean06_auth.callers import Visit
from dean06_auth.governing import asking, governing
from dean06_auth.making_way import QUESTIONS
from dean06_auth.sessions import CONSOLE, Origin
from dean06_auth.shared_use import WATCH, Watch
from dean06_core.acting import Act, Actor
from dean06_core.audit.reads import Reads
from dean06_core.database import Database
from dean06_core.directory import Directory
from dean06_core.errors import BadInput
from dean06_core.graphql import Context
from dean06_core.verbs import acting
from dean06_schema.engine import Answer, Engine, Operation
from dean06_schema.engine.visibility import LEAVING
from dean06_server import recorded_reads
from dean06_server.clock import Clock, business_day
from dean06_server.gate import gate
from dean06_server.last_uses import LastUses
from dean06_server.reference import NOTHING, Reference
from dean06_server.refusals import Refusal
from dean06_server.watching import Watching


@dataclass(frozen=True, slots=True)
class Desk:
    """Knows who asks, and gives each operation a context of its own: the caller's rows, units, sectors and day."""

    engine: Engine
    database: Database
    reference: Reference
    clock: Clock
    door: Door = DOOR
    watch: Watch = WATCH
    uses: LastUses = field(init=False)
    watching: Watching = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "uses", LastUses(self.database))
        object.__setattr__(self, "watching", Watching(self.database, self.watch))

    def admit(self, token: str | None, origin: Origin) -> None:
        """429 before anything is read of what somebody sends who is guessing passwords."""
        if token is not None:
            return
        try:
            attempts.refuse_flooding(origin, self.clock())
        except BadInput as refused:
            again = {"Retry-After": "5"}
            raise Refusal(HTTPStatus.TOO_MANY_REQUESTS, refused.code, refused.message, again) from None

    async def answer(self, operation: Operation, token: str | None, origin: Origin = CONSOLE) -> Answer:
        """Answer the caller for whom the token speaks, or nobody in particular; 401 with the reason if it does not.

        Whoever still has steps to do before he is signed in is answered like
        nobody in particular, and may do these steps.
        """
        with nullcontext() if token is None else QUESTIONS.asked():
            return await self._answer(operation, token, origin)

    async def _answer(self, operation: Operation, token: str | None, origin: Origin) -> Answer:
        now = self.clock()
        on = business_day(now)
        snapshot = NOTHING if token is None else await self.reference.current()
        visit = None if token is None else await self._visit(token, snapshot.directory, now, on)
        if visit is not None:
            self.watching.note(visit, origin, snapshot.directory, now, on)
        caller = None if visit is None or visit.steps else visit.caller
        units, sectors = (frozenset(), frozenset()) if caller is None else (caller.units(on), caller.sectors(on))
        directory, catalogue = snapshot.directory.limited_to(units), snapshot.catalogue.limited_to(sectors)
        actor = None if caller is None else Actor(caller, directory, catalogue, now, on)
        reads = Reads()
        async with (
            nullcontext() if caller is None else self.database.reading(caller.rights(on), reads=reads) as session
        ):
            context = Context(
                caller=caller,
                on=on,
                now=now,
                directory=directory,
                catalogue=catalogue,
                session=session,
                gate=gate(self.database, now=now, on=on, token=token, visit=visit, origin=origin, door=self.door),
                own=frozenset() if visit is None else frozenset({LEAVING, *visit.steps}),
                asking=None if actor is None else asking(self.database, actor, reads),
                doing=None if actor is None else _doing(self.database, actor),
            )
            answer = await self.engine.execute(operation, context)
        if actor is not None:
            await recorded_reads.keep(self.database, reads, actor, operation, answer)
        return answer

    async def _visit(self, token: str, reach: Directory, now: datetime, on: date) -> Visit:
        noted = dict(self.uses.noted)  # before the row is read: what is written meanwhile leaves the live one
        async with self.database.service_reading() as session:
            try:
                visit = await callers.visit_of(
                    session, token=token, now=now, reach=reach, on=on, profile=self.door.profile, noted=noted
                )
            except BadInput as refused:
                raise _unauthorised(refused) from None
        if visit is None:
            raise _unauthorised(standing.unknown_token())
        self.uses.note(visit, now)
        return visit


def _unauthorised(refused: BadInput) -> Refusal:
    challenge = {"WWW-Authenticate": 'Bearer realm="dean06", error="invalid_token"'}
    return Refusal(HTTPStatus.UNAUTHORIZED, refused.code, refused.message, challenge)


def _doing(database: Database, actor: Actor) -> Act:
    return governing(database, actor, acting(database, actor))
