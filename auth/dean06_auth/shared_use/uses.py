"""What the rules see of the use of accounts: facts of a minute. No text, no key stroke and no citizen is among them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from enum import StrEnum
from typing import Final
from uuid import UUID

from dean06_auth.profile import DeviceKind

VIETNAM: Final = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")


class Rule(StrEnum):
    INTERLEAVED = "INTERLEAVED"
    SIMULTANEOUS = "SIMULTANEOUS"
    VOLUME = "VOLUME"
    OUTSIDE_HOURS = "OUTSIDE_HOURS"

    @property
    def actor(self) -> str:
        """How the audit log names who acted."""
        return f"rule:{self.name.lower()}"


class Severity(StrEnum):
    """How hard it is to explain by one person: LOW easily, HIGH hardly."""

    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"


@dataclass(frozen=True, slots=True)
class Use:
    """One session on one device in one minute. ``device`` and ``source`` are keyed hashes, ``count`` requests."""

    account: UUID
    session: UUID
    kind: DeviceKind
    device: str
    source: str
    minute: datetime
    count: int = 1

    @property
    def day(self) -> date:
        return day_of(self.minute)


@dataclass(frozen=True, slots=True)
class Replaced:
    """A session took the place of the one on the same kind of device, which had last been used ``idle`` before."""

    account: UUID
    kind: DeviceKind
    at: datetime
    idle: timedelta


@dataclass(frozen=True, slots=True)
class Finding:
    """``evidence`` is Vietnamese. The facts lie from ``since`` to ``last``; a rule of days says when the day began.

    Findings of one rule within ``window`` of the first one's ``since`` are about the same thing.
    """

    account: UUID
    rule: Rule
    severity: Severity
    since: datetime
    last: datetime
    window: timedelta
    count: int
    evidence: str


def day_of(moment: datetime) -> date:
    return moment.astimezone(VIETNAM).date()


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), VIETNAM)


def clock_times(moments: Collection[datetime], *, most: int = 8) -> str:
    """As an official reads them; the first ones where there are many."""
    told = [f"{each.astimezone(VIETNAM):%H:%M}" for each in moments]
    return ", ".join(told[:most]) + (", …" if len(told) > most else "")
