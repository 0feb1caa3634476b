"""What officials do, and the action for which each verb asks. They are done here and nowhere else, and recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sized
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from inspect import signature
from typing import Any, Final
from uuid import UUID

from dean06_core import audit, figure_entries, target_entries, task_entries, task_reports
from dean06_core.access import Action, Allowed, Decision, Grant, Scope
from dean06_core.acting import Act, Actor, Done, P, Verb
from dean06_core.audit import Event
from dean06_core.database import Database
from dean06_core.errors import BadInput, DatabaseBusy
from dean06_core.outcomes import Refused
from dean06_core.periods import Period

VERBS: Final[Mapping[Callable[..., Any], Action]] = {
    figure_entries.enter: Action.RECORD,
    target_entries.assign: Action.ASSIGN,
    task_entries.assign: Action.ASSIGN,
    task_reports.report: Action.RECORD,
    task_reports.extend: Action.ASSIGN,
    task_reports.confirm: Action.ASSIGN,
}


def acting(database: Database, actor: Actor) -> Act:
    """How the actor does core's verbs: each in one transaction with his rights to its action, kept whole or not at all.

    So is the event that tells of it; that a verb was refused is kept by itself.
    Nothing is kept of a dry run. ACCOUNT_READ_ONLY while his unit is gone,
    WRITE_REFUSED where the wall stops him. A function that is none of core's
    verbs is a PermissionError: on SQLite a writing session reads without a wall.
    """
    return partial(_act, database, actor)


@dataclass(frozen=True, slots=True)
class _Noted(Actor):
    """Notes by which grants he was allowed what is more than to look."""

    allowed_by: list[Grant] = field(default_factory=list)

    @staticmethod
    def like(actor: Actor) -> _Noted:
        return _Noted(actor.caller, actor.directory, actor.catalogue, actor.now, actor.on)

    def may(self, action: Action, scope: Scope) -> Decision:
        decision = Actor.may(self, action, scope)
        if isinstance(decision, Allowed) and action is not Action.READ and decision.by not in self.allowed_by:
            self.allowed_by.append(decision.by)
        return decision


async def _act(database: Database, actor: Actor, verb: Verb[P, Done], /, *args: P.args, **kwargs: P.kwargs) -> Done:
    action = VERBS.get(verb)
    if action is None:
        raise PermissionError(f"{verb!r} is no verb of core.")
    noted = _Noted.like(actor)
    told = _told(verb, args, kwargs)
    is_kept = not kwargs.get("dry_run")
    try:
        actor.refuse_if_read_only()
        async with database.writing(actor.caller.rights(actor.on, action)) as session:
            done = await verb(session, noted, *args, **kwargs)
            if is_kept:
                await audit.record(session, _event(noted, verb, {**told, **_made(done)}))
    except DatabaseBusy:
        raise
    except BadInput as refused:
        if is_kept:
            async with database.service(in_turn=False) as session:
                await audit.record(session, _event(noted, verb, {**told, **_refusals(refused)}, refused.code))
        raise
    return done


def _event(actor: _Noted, verb: Callable[..., Any], told: Mapping[str, Any], outcome: str = audit.DONE) -> Event:
    """Of the grants that allowed it; where nothing was allowed, of those that he holds."""
    caller = actor.caller
    by = actor.allowed_by or [grant for grant in caller.grants if grant.is_live(actor.on)]
    grants = sorted(str(grant.id) for grant in by if grant.id is not None)
    return Event(
        action=_name(verb),
        outcome=outcome,
        at=actor.now,
        account=caller.account,
        login=caller.login,
        role=", ".join(sorted({grant.role for grant in by})),
        unit=caller.unit,
        unit_name=actor.directory.unit(caller.unit, actor.on).name,
        subject=str(told.get("task", "")),
        details={**told, "grants": grants},
    )


def _name(verb: Callable[..., Any]) -> str:
    return f"{verb.__module__.rpartition('.')[2]}.{verb.__name__}"


def _told(verb: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments that are keys, days or counts; whatever else somebody wrote stays in the tables that keep it."""
    given = signature(verb).bind_partial(None, None, *args, **kwargs).arguments
    told: dict[str, Any] = {}
    for name, value in given.items():
        if isinstance(value, Period):
            told[name] = value.code
        elif isinstance(value, UUID | date):
            told[name] = str(value)
        elif isinstance(value, bool):
            told[name] = value
        elif isinstance(value, list | tuple):
            told[name] = len(value)
    return told


def _made(done: object) -> dict[str, Any]:
    """The key of what was made, or how many there were."""
    if isinstance(done, UUID):
        return {"task": str(done)}
    return {"made": len(done)} if isinstance(done, Sized) else {}


def _refusals(refused: BadInput) -> dict[str, Any]:
    """Where and why; not the messages, which repeat what was written."""
    each = refused.refusals if isinstance(refused, Refused) else [refused]
    return {"refused": [{"code": refusal.code, "field": list(refusal.field)} for refusal in each[:_MOST]]}


_MOST: Final = 20
"""How many refusals of one list are told."""
