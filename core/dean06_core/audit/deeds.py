"""A deed is one verb done by one actor: told to the log in the transaction that does it, or refused and told alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sized
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from enum import Enum
from inspect import signature
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import audit
from dean06_core.access import Action, Allowed, Decision, Grant, Scope
from dean06_core.acting import Actor, Done, P, Verb
from dean06_core.audit import changes
from dean06_core.audit.changes import Changes
from dean06_core.audit.events import Event
from dean06_core.database import Database
from dean06_core.errors import BadInput, DatabaseBusy
from dean06_core.outcomes import Refused
from dean06_core.periods import Period

MOST_REFUSALS: Final = 20
"""How many refusals of one list are told."""

_LOGINS: Final = frozenset({"login", "stand_in"})
"""What verbs call somebody's login; it is told as personal data."""

Opening = Callable[[], AbstractAsyncContextManager[AsyncSession]]


async def do(
    database: Database, actor: Actor, opening: Opening, verb: Verb[P, Done], /, *args: P.args, **kwargs: P.kwargs
) -> Done:
    """Do it in a session of ``opening``, which commits; the event is kept with it, or neither is.

    That it was refused is kept by itself. Nothing is kept of a dry run, nor of
    a wait for other writers that was too long. ACCOUNT_READ_ONLY while the
    actor's unit is gone.
    """
    deed = _Deed(_Noted.like(actor), verb, *_told(verb, args, kwargs))
    is_kept = not kwargs.get("dry_run")
    try:
        actor.refuse_if_read_only()
        async with opening() as session:
            with changes.noted(session) as changed:
                done = await verb(session, deed.actor, *args, **kwargs)
                await session.flush()
            if is_kept:
                await audit.record(session, deed.done(done, changed))
    except DatabaseBusy:
        raise
    except BadInput as refused:
        if is_kept:
            async with database.service(in_turn=False) as session:
                await audit.record(session, deed.refused(refused))
        raise
    return done


def refusals(refused: BadInput) -> dict[str, Any]:
    """Where and why; not the messages, which repeat what was written."""
    each = refused.refusals if isinstance(refused, Refused) else [refused]
    return {"refused": [{"code": refusal.code, "field": list(refusal.field)} for refusal in each[:MOST_REFUSALS]]}


@dataclass(frozen=True, slots=True)
class _Noted(Actor):
    """Notes by which grants he was allowed what is more than to look."""

    allowed_by: list[Grant] = field(default_factory=list)

    @staticmethod
    def like(actor: Actor) -> _Noted:
        given = {each.name: getattr(actor, each.name) for each in fields(Actor)}
        return _Noted(**given)

    def may(self, action: Action, scope: Scope) -> Decision:
        decision = Actor.may(self, action, scope)
        if isinstance(decision, Allowed) and action is not Action.READ and decision.by not in self.allowed_by:
            self.allowed_by.append(decision.by)
        return decision


@dataclass(frozen=True, slots=True)
class _Deed:
    """``told`` are the arguments that are keys, days or counts, ``logins`` those that name somebody."""

    actor: _Noted
    verb: Callable[..., Any]
    told: Mapping[str, Any]
    logins: Mapping[str, Any]

    def done(self, made: object, changed: Changes) -> Event:
        concerned = sorted(changed.accounts)
        told = {**self.told, **(_made(made) if not changed.rows else {"changes": changed.rows})}
        return self._event(told, concerned[0] if len(concerned) == 1 else str(told.get("task", "")))

    def refused(self, refused: BadInput) -> Event:
        return self._event({**self.told, **refusals(refused)}, str(self.told.get("task", "")), refused.code)

    def _event(self, told: Mapping[str, Any], subject: str, outcome: str = audit.DONE) -> Event:
        """Of the grants that allowed it; where nothing was allowed, of those that he holds."""
        actor, caller = self.actor, self.actor.caller
        by = actor.allowed_by or [grant for grant in caller.grants if grant.is_live(actor.on)]
        return Event(
            action=f"{self.verb.__module__.rpartition('.')[2]}.{self.verb.__name__}",
            outcome=outcome,
            at=actor.now,
            account=caller.account,
            login=caller.login,
            role=", ".join(sorted({grant.role for grant in by})),
            unit=caller.unit,
            unit_name=actor.directory.unit(caller.unit, actor.on).name,
            subject=subject,
            details={**told, "grants": sorted(str(grant.id) for grant in by if grant.id is not None)},
            personal=self.logins,
        )


def _told(
    verb: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What may stand in the log for ever, and what may be erased.

    Whatever else somebody wrote stays in the tables that keep it.
    """
    logins: dict[str, Any] = {}
    given = signature(verb).bind_partial(None, None, *args, **kwargs).arguments
    return _said_of(given.items(), logins), logins


def _said_of(given: Iterable[tuple[str, Any]], logins: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for name, value in given:
        if name in _LOGINS and isinstance(value, str):
            logins[name] = value[:_LONGEST_LOGIN]
        elif (said := _said(value, logins)) is not None:
            told[name] = said
    return told


def _said(value: object, logins: dict[str, Any]) -> Any:
    """None for what is no key, day or code; of a list without keys how long it is."""
    match value:
        case Period():
            return value.code
        case bool():
            return value
        case Enum():
            return value.value
        case UUID() | date():
            return str(value)
        case list() | tuple() | frozenset():
            are_keys = value and all(isinstance(each, UUID | Enum) for each in value)
            return [_said(each, logins) for each in value] if are_keys else len(value)
    if is_dataclass(value) and not isinstance(value, type):
        return _said_of(((each.name, getattr(value, each.name)) for each in fields(value)), logins) or None
    return None


def _made(done: object) -> dict[str, Any]:
    """The key of what was made, or how many there were."""
    if isinstance(done, UUID):
        return {"task": str(done)}
    return {"made": len(done)} if isinstance(done, Sized) else {}


_LONGEST_LOGIN: Final = 100
