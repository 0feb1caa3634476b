"""What one operation knows: who asks, on which business day, and the database as that caller may see it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from strawberry.dataloader import DataLoader

from dean06_core.access import All, Caller
from dean06_core.acting import Act, Done, P, Verb
from dean06_core.catalogue import Catalogue
from dean06_core.directory import Directory

Batch = Callable[..., Awaitable[Sequence[Any]]]


@dataclass
class Context:
    """Made anew for each operation.

    ``directory`` is limited to the caller's units and ``catalogue`` to the
    caller's sectors; ``reading`` gives the walled session, one user at a time,
    because sibling fields resolve side by side. ``gate`` and ``doing`` are the
    server's: the way in and out, and the way to do one of core's verbs. ``own``
    names what somebody may do of his own who has not finished signing in, and
    ``asking`` is the way to ask about accounts.
    """

    caller: Caller | None
    on: date
    now: datetime
    directory: Directory
    catalogue: Catalogue
    session: AsyncSession | None = None
    gate: Any = None
    own: frozenset[str] = frozenset()
    asking: Act | None = None
    doing: Act | None = None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _loaders: dict[tuple[Batch, str], DataLoader[Any, Any]] = field(default_factory=dict)

    @property
    def sectors(self) -> frozenset[str] | All:
        return frozenset() if self.caller is None else self.caller.sectors(self.on)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """The session that sees the caller's rows. Take it for one statement or a few, never across another field."""
        if self.session is None:
            raise PermissionError("An anonymous operation has no session to read with.")
        async with self._lock:
            yield self.session

    async def ask(self, question: Verb[P, Done], /, *args: P.args, **kwargs: P.kwargs) -> Done:
        """Ask about accounts as the caller; what is not his to know is left out."""
        if self.asking is None:
            raise PermissionError("An anonymous operation is told of nobody's account.")
        return await self.asking(question, *args, **kwargs)

    async def act(self, verb: Verb[P, Done], /, *args: P.args, **kwargs: P.kwargs) -> Done:
        """Do one of core's verbs as the caller; what is read from here on knows of it."""
        if self.doing is None:
            raise PermissionError("An anonymous operation changes nothing.")
        done = await self.doing(verb, *args, **kwargs)
        async with self.reading() as session:
            session.expunge_all()
            await session.rollback()
        return done

    async def resolve_together(self, batch: Batch, parent: object, arguments: dict[str, Any]) -> Any:
        """Collect the parents that ask the same thing at the same moment and answer them with one call."""
        key = (batch, repr(sorted(arguments.items())))
        loader = self._loaders.get(key)
        if loader is None:

            async def load(parents: list[Any]) -> Sequence[Any]:
                return await batch(parents, self, **arguments)

            loader = self._loaders[key] = DataLoader(load, cache=False)
        return await loader.load(parent)
