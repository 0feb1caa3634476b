"""Who used which session on which device, noted beside the answer and held against the rules of shared use."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from dean06_auth import sessions
from dean06_auth.callers import Visit
from dean06_auth.profile import DeviceKind
from dean06_auth.sessions import Origin
from dean06_auth.shared_use import WATCH, Watch, kept_uses, looking
from dean06_auth.shared_use.responses import Whose
from dean06_auth.shared_use.uses import Use
from dean06_core.database import Database
from dean06_core.directory import Directory

_log: Final = logging.getLogger(__name__)
_LONGEST_SESSION: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a minute's requests are counted."""

    account: UUID
    session: UUID
    kind: DeviceKind
    device: str
    source: str
    minute: datetime


class Watching:
    """What this process has yet to write. At most once a minute a session, and never while somebody waits.

    A failure loses the counts of that minute and is told to the log: it
    hinders nobody's work.
    """

    def __init__(self, database: Database, watch: Watch = WATCH) -> None:
        self._database = database
        self._watch = watch
        self._counts: Counter[_Place] = Counter()
        self._written: dict[UUID, datetime] = {}
        self._writing: set[asyncio.Task[None]] = set()

    def note(self, visit: Visit, origin: Origin, directory: Directory, now: datetime, on: date) -> None:
        """A session was used just now, by whoever sent the request."""
        account, id_ = visit.caller.account, visit.token_id
        if not visit.is_session or account is None:
            return
        device, source = kept_uses.hashed(account, origin.device), kept_uses.hashed(account, origin.source)
        self._counts[_Place(account, id_, origin.kind, device, source, _minute(now))] += 1
        before = self._written.get(id_)
        if before is not None and now - before < sessions.NOTED_EVERY:
            return
        self._written[id_] = now
        unit = directory.unit(visit.caller.unit, on)
        whose = Whose(account, visit.caller.login, unit.key, unit.code, unit.name)
        task = asyncio.create_task(self._write(whose, self._taken(id_, now), now, on, begins=before is None))
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    async def settle(self) -> None:
        """Wait until everything noted is written and looked at; what was not yet due is written as well."""
        await asyncio.gather(*self._writing)
        left, self._counts = _uses(self._counts), Counter()
        if left:
            await self._kept(left, left[-1].day)

    def _taken(self, id_: UUID, now: datetime) -> list[Use]:
        """What is to be written: of that session all, of others whose minute is over what they left behind."""
        over = _minute(now) - sessions.NOTED_EVERY
        due = Counter(
            {place: count for place, count in self._counts.items() if place.session == id_ or place.minute < over}
        )
        for place in due:
            del self._counts[place]
        return _uses(due)

    async def _write(self, whose: Whose, uses: list[Use], now: datetime, on: date, *, begins: bool) -> None:
        if begins:
            self._written = {id_: at for id_, at in self._written.items() if now - at < _LONGEST_SESSION}
        if await self._kept(uses, on, forget=begins):
            try:
                await looking.look(self._database, whose, now=now, on=on, watch=self._watch)
            except (SQLAlchemyError, OSError) as error:
                _log.warning("An account was not held against the rules of shared use: %s", type(error).__name__)

    async def _kept(self, uses: list[Use], on: date, *, forget: bool = False) -> bool:
        try:
            await looking.note(self._database, uses, on=on, watch=self._watch, forget=forget)
        except (SQLAlchemyError, OSError) as error:
            _log.warning("The use of %d sessions was not kept: %s", len(uses), type(error).__name__)
            return False
        return True


def _uses(counts: Counter[_Place]) -> list[Use]:
    return [
        Use(place.account, place.session, place.kind, place.device, place.source, place.minute, count)
        for place, count in counts.items()
    ]


def _minute(now: datetime) -> datetime:
    return now.replace(second=0, microsecond=0)
