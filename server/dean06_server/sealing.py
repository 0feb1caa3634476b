"""The audit log is sealed each second for as long as the server runs, and signed when it ends."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.exc import SQLAlchemyError

from dean06_core.audit import checkpoints
from dean06_core.audit.sealing import AT_ONCE, Sealer
from dean06_core.database import Database
from dean06_core.errors import StartUpError
from dean06_server.clock import Clock
from dean06_server.settings import Settings

EVERY: Final = 1.0
"""Seconds between two looks for events; after a whole load there is none."""

_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Seal:
    """With what checkpoints are signed, and where their copies go."""

    key: Ed25519PrivateKey | None = field(default=None, repr=False)
    witness: Path | None = None

    @asynccontextmanager
    async def kept(self, database: Database, clock: Clock) -> AsyncIterator[None]:
        """Seal beside whatever the block does; what is there at its end is sealed and signed."""
        sealer, is_over = Sealer(database, self.key, self.witness), asyncio.Event()
        task = asyncio.create_task(_keep(sealer, clock, is_over))
        try:
            yield
        finally:
            is_over.set()
            await task
            with _told():
                await sealer.finish(clock())


def seal_of(settings: Settings) -> Seal:
    """The key is read when the server starts, and never again."""
    if settings.audit_key is None:
        if settings.audit_witness is not None:
            raise StartUpError("DEAN06_AUDIT_WITNESS is set and nothing is signed. Set DEAN06_AUDIT_KEY as well.")
        return Seal()
    witness = settings.audit_witness
    if witness is not None and not witness.is_dir() and not witness.parent.is_dir():
        raise StartUpError(f"DEAN06_AUDIT_WITNESS is '{witness}', in a folder that is not there. Make the folder.")
    return Seal(checkpoints.private_key(settings.audit_key), witness)


async def _keep(sealer: Sealer, clock: Clock, is_over: asyncio.Event) -> None:
    while not is_over.is_set():
        count = 0
        with _told():
            count = await sealer.seal()
            await sealer.sign(clock())
        if count < AT_ONCE:
            with suppress(TimeoutError):
                await asyncio.wait_for(is_over.wait(), EVERY)


@contextmanager
def _told() -> Iterator[None]:
    """What goes wrong is told and tried again; the events wait where they are."""
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        _log.error("The audit log was not sealed or signed: %s: %s", type(error).__name__, error)
