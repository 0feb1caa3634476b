"""What is done about accounts. Callers write no row of theirs: each verb decides who may, and writes as a service."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from dean06_auth import duties, holdings, proposals, stand_ins, suspensions
from dean06_core.acting import Act, Actor, Done, P, Verb
from dean06_core.database import Database

VERBS: Final[frozenset[Callable[..., Any]]] = frozenset(
    {
        duties.assign,
        duties.end,
        proposals.propose,
        proposals.approve,
        proposals.revoke,
        suspensions.suspend,
        stand_ins.name,
    }
)
QUESTIONS: Final[frozenset[Callable[..., Any]]] = frozenset(
    {holdings.of_accounts, holdings.of_login, holdings.of_grants}
)
"""What may be asked of accounts. A service reads for them because one's own account is behind the wall as well."""


def asking(database: Database, actor: Actor) -> Act:
    """How the actor is told of accounts: each question decides what is his to know."""
    return partial(_ask, database, actor)


def governing(database: Database, actor: Actor, act: Act) -> Act:
    """How the actor does the verbs of accounts, each in one transaction in turn; whatever else, ``act`` does.

    ACCOUNT_READ_ONLY while his unit is gone.
    """
    return partial(_act, database, actor, act)


async def _ask(database: Database, actor: Actor, question: Verb[P, Done], /, *args: P.args, **kwargs: P.kwargs) -> Done:
    if question not in QUESTIONS:
        raise PermissionError(f"{question!r} is no question about accounts.")
    async with database.service_reading() as session:
        return await question(session, actor, *args, **kwargs)


async def _act(
    database: Database, actor: Actor, act: Act, verb: Verb[P, Done], /, *args: P.args, **kwargs: P.kwargs
) -> Done:
    if verb not in VERBS:
        return await act(verb, *args, **kwargs)
    actor.refuse_if_read_only()
    async with database.service() as session:
        return await verb(session, actor, *args, **kwargs)
