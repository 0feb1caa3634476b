"""What is done about accounts. Callers write no row of theirs: each verb decides who may, and writes as a service."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from dean06_auth import (
    duties,
    holdings,
    lookups,
    own_report,
    proposals,
    reviews,
    stand_ins,
    standing_lists,
    suspensions,
    waking,
)
from dean06_auth.shared_use import notes
from dean06_core.acting import Act, Actor, Done, P, Verb
from dean06_core.audit import deeds
from dean06_core.audit.reads import Reads
from dean06_core.database import Database

VERBS: Final[frozenset[Callable[..., Any]]] = frozenset(
    {
        duties.assign,
        duties.end,
        proposals.propose,
        proposals.approve,
        proposals.revoke,
        suspensions.suspend,
        suspensions.restore,
        suspensions.close,
        waking.wake,
        reviews.open,
        reviews.decide,
        stand_ins.name,
        notes.see,
    }
)
QUESTIONS: Final[frozenset[Callable[..., Any]]] = frozenset(
    {
        holdings.of_accounts,
        holdings.of_login,
        holdings.of_grants,
        holdings.pending,
        standing_lists.of_accounts,
        standing_lists.idle,
        reviews.listed,
        reviews.of_ids,
        own_report.of_day,
        lookups.of_accounts,
    }
)
"""What may be asked of accounts. A service reads for them because one's own account is behind the wall as well."""


def asking(database: Database, actor: Actor, reads: Reads | None = None) -> Act:
    """How the actor is told of accounts: each question decides what is his to know.

    ``reads`` notes what he is told of others; what is his own he may look at unrecorded.
    """
    return partial(_ask, database, actor, reads)


def governing(database: Database, actor: Actor, act: Act) -> Act:
    """How the actor does the verbs of accounts, each in one transaction in turn; whatever else, ``act`` does.

    Each is recorded as core's are, with the rows of accounts that it made and changed.
    ACCOUNT_READ_ONLY while his unit is gone.
    """
    return partial(_act, database, actor, act)


async def _ask(
    database: Database,
    actor: Actor,
    reads: Reads | None,
    question: Verb[P, Done],
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> Done:
    if question not in QUESTIONS:
        raise PermissionError(f"{question!r} is no question about accounts.")
    noting = None if _is_own(actor, args) else reads
    async with database.service_reading(reads=noting) as session:
        return await question(session, actor, *args, **kwargs)


def _is_own(actor: Actor, asked: tuple[object, ...]) -> bool:
    """Whether it is of the actor's own account and of the grants that count for him, and of nobody else."""
    caller = actor.caller
    own = {caller.account, caller.login, *(grant.id for grant in caller.grants)} - {None}
    named = list[object]()
    for each in asked:
        named += each if isinstance(each, list | tuple | set | frozenset) else [each]
    return bool(named) and all(each in own for each in named)


async def _act(
    database: Database, actor: Actor, act: Act, verb: Verb[P, Done], /, *args: P.args, **kwargs: P.kwargs
) -> Done:
    if verb not in VERBS:
        return await act(verb, *args, **kwargs)
    return await deeds.do(database, actor, database.service, verb, *args, **kwargs)
