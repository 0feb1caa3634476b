"""What officials do, and the action for which each verb asks. They are done here and nowhere else, and recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from dean06_core import figure_entries, target_entries, task_entries, task_reports
from dean06_core.access import Action
from dean06_core.acting import Act, Actor, Done, P, Verb
from dean06_core.audit import deeds
from dean06_core.database import Database

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


async def _act(database: Database, actor: Actor, verb: Verb[P, Done], /, *args: P.args, **kwargs: P.kwargs) -> Done:
    action = VERBS.get(verb)
    if action is None:
        raise PermissionError(f"{verb!r} is no verb of core.")
    rights = actor.caller.rights(actor.on, action)
    return await deeds.do(database, actor, partial(database.writing, rights), verb, *args, **kwargs)
