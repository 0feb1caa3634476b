"""What is done about a finding: it is kept, told to the audit log, and answered as far as it climbed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import sessions, suspensions
from dean06_auth.accounts import Account, AccountState
from dean06_auth.shared_use import ladder, notes
from dean06_auth.shared_use.notes import SharedUseNote
from dean06_auth.shared_use.uses import Finding
from dean06_auth.shared_use.watch import Rung, Watch
from dean06_auth.tokens import AccessToken, TokenEnd
from dean06_core import audit
from dean06_core.audit import Event


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose use is looked at: an account with its unit, by key, code and name."""

    account: UUID
    login: str
    unit: int
    unit_code: str
    unit_name: str


async def respond(
    session: AsyncSession, findings: Collection[Finding], whose: Whose, *, now: datetime, on: date, watch: Watch
) -> list[Rung]:
    """Answer what is found of one account, each finding on its own; the rungs to which those climbed that are new.

    In a service's session, in turn: of two processes that find the same the
    second finds it answered. Nothing is done to an account that is not active.
    """
    state = await session.scalar(sa.select(Account.state).where(Account.id == whose.account))
    if state is not AccountState.ACTIVE:
        return []
    standings = dict(await notes.standings(session, [whose.account]))
    reached: list[Rung] = []
    for finding in findings:
        rung = ladder.climbed(standings.get((finding.account, finding.rule)), finding, watch)
        if rung is None:
            continue
        standings[finding.account, finding.rule] = ladder.Standing(rung, finding.since)
        reached.append(rung)
        session.add(
            SharedUseNote(
                account_id=finding.account,
                rule=finding.rule,
                severity=finding.severity,
                rung=rung,
                since=finding.since,
                last=finding.last,
                found_at=now,
                found_on=on,
                evidence=finding.evidence,
            )
        )
        await _answer(session, rung, finding, now)
        await audit.record(session, _event(rung, finding, whose, now))
    await session.flush()
    return reached


async def _answer(session: AsyncSession, rung: Rung, finding: Finding, now: datetime) -> None:
    match rung:
        case Rung.STEP_UP:
            await session.execute(
                sa.update(AccessToken)
                .where(
                    AccessToken.account_id == finding.account,
                    AccessToken.device_kind.is_not(None),
                    AccessToken.revoked_at.is_(None),
                )
                .values(confirm_again=True)
            )
        case Rung.END_SESSIONS:
            await sessions.end_all(session, account_id=finding.account, now=now, why=TokenEnd.SHARED_USE)
        case Rung.SUSPEND:
            account = await session.get_one(Account, finding.account)
            await suspensions.shut(session, account, by=finding.rule.actor, reason=finding.evidence, now=now)


def _event(rung: Rung, finding: Finding, whose: Whose, now: datetime) -> Event:
    return Event(
        action=f"shared_use.{rung.lower()}",
        at=now,
        login=finding.rule.actor,
        unit=whose.unit,
        unit_name=whose.unit_name,
        subject=whose.login,
        details={
            "rule": finding.rule,
            "severity": finding.severity,
            "since": finding.since.isoformat(),
            "last": finding.last.isoformat(),
            "count": finding.count,
            "evidence": finding.evidence,
        },
    )
