"""When sessions were last used: kept at most once a minute, and never while somebody waits for an answer."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from dean06_auth import accounts, sessions
from dean06_auth.callers import Visit
from dean06_core.database import Database
from dean06_server.clock import business_day

_log: Final = logging.getLogger(__name__)


class LastUses:
    """What this process has yet to write. ``noted`` counts beside what the database keeps.

    A long import may keep writers waiting for minutes; nobody's session ends
    because of that.
    """

    def __init__(self, database: Database) -> None:
        self.noted: dict[UUID, datetime] = {}
        self._database = database
        self._writing: dict[UUID, asyncio.Task[None]] = {}

    def note(self, visit: Visit, now: datetime) -> None:
        """A session was used just now, and its account with it."""
        account = visit.caller.account
        if not visit.is_session or account is None or now - visit.used_at < sessions.NOTED_EVERY:
            return
        self.noted[visit.token_id] = now
        if visit.token_id not in self._writing:
            self._writing[visit.token_id] = asyncio.create_task(self._write(visit.token_id, account))

    async def settle(self) -> None:
        """Wait until everything noted is written."""
        await asyncio.gather(*self._writing.values())

    async def _write(self, id_: UUID, account: UUID) -> None:
        try:
            while True:
                now = self.noted[id_]
                async with self._database.service(in_turn=False) as session:
                    await sessions.note_use(session, id_=id_, now=now)
                    await accounts.note_use(session, account_id=account, on=business_day(now))
                if self.noted[id_] == now:
                    del self.noted[id_]
                    return
        except (SQLAlchemyError, OSError) as error:
            _log.warning("The last use of a session was not kept: %s", type(error).__name__)
        finally:
            del self._writing[id_]
