"""Looking at what an account did lately, when it is used: no job runs at night, and nobody waits for it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth.accounts import Account
from dean06_auth.shared_use import kept_uses, ladder, notes, responses, rules
from dean06_auth.shared_use.responses import Whose
from dean06_auth.shared_use.uses import Finding, Use, midnight
from dean06_auth.shared_use.watch import Rung, Watch
from dean06_core.database import Database
from dean06_core.directory import Directory

_MINUTE: Final = timedelta(minutes=1)


async def note(database: Database, uses: Collection[Use], *, on: date, watch: Watch, forget: bool = False) -> None:
    """Keep uses, and forget those that are too old if told to; waits for nobody who writes in turn, where it can."""
    async with database.service(in_turn=False) as session:
        await kept_uses.keep(session, uses)
        if forget:
            await kept_uses.forget_old(session, days=watch.kept_days, on=on)


async def look(database: Database, whose: Whose, *, now: datetime, on: date, watch: Watch) -> list[Rung]:
    """Hold one account's last hour and day against every rule, and answer what is new; the rungs to which it climbed.

    Two statements read what happened; two more, above the floor of ``volume``
    only, how many requests there usually are; one more, where something is
    found, what was answered before. Only what is new is written, in turn.
    """
    async with database.service_reading() as session:
        findings = await found(session, whose, now=now, on=on, watch=watch)
        if not findings:
            return []
        standings = await notes.standings(session, [whose.account])
    fresh = [
        finding for finding in findings if ladder.climbed(standings.get((whose.account, finding.rule)), finding, watch)
    ]
    if not fresh:
        return []
    async with database.service() as session:
        return await responses.respond(session, fresh, whose, now=now, on=on, watch=watch)


async def found(session: AsyncSession, whose: Whose, *, now: datetime, on: date, watch: Watch) -> list[Finding]:
    """What the rules say of one account's last window and business day."""
    account, window = whose.account, now - watch.window
    uses = await kept_uses.since(session, min(midnight(on), window), account=account)
    replaced = await kept_uses.replaced_since(session, window, account=account)
    today = [use for use in uses if use.day == on]
    return [
        *rules.interleaved((use for use in uses if use.minute > window - _MINUTE), watch),
        *rules.simultaneous(replaced, watch),
        *await _volume(session, account, sum(use.count for use in today), on, watch),
        *rules.outside_hours(today, {account: watch.hours_at(whose.unit_code)}, watch),
    ]


async def _volume(session: AsyncSession, account: UUID, count: int, on: date, watch: Watch) -> list[Finding]:
    if count < watch.volume_floor:
        return []
    [peers] = (await kept_uses.peers(session, [account], on=on)).values()
    starts = on - timedelta(days=watch.volume_history_days)
    counts = await kept_uses.counts(session, [account, *peers], starts=starts, ends=on)
    return rules.volume({account: {}, **counts}, {account: peers}, watch, days=[on])


async def over(
    session: AsyncSession, directory: Directory, *, starts: date, ends: date, watch: Watch
) -> list[tuple[Account, Finding]]:
    """What the rules say of everybody from a day to before another, of what is kept; nothing is done about it."""
    first, end = midnight(starts), midnight(ends)
    uses = await kept_uses.since(session, first, until=end)
    replaced = await kept_uses.replaced_since(session, first, until=end)
    owners = {use.account for use in uses} | {each.account for each in replaced}
    accounts = {
        account.id: account for account in await session.scalars(sa.select(Account).where(Account.id.in_(owners)))
    }
    last = ends - timedelta(days=1)
    hours = {id_: watch.hours_at(directory.unit(account.unit_key, last).code) for id_, account in accounts.items()}
    counts = await kept_uses.counts(
        session, owners, starts=starts - timedelta(days=watch.volume_history_days), ends=last
    )
    peers = await kept_uses.peers(session, accounts, on=last)
    days = {starts + timedelta(days=each) for each in range((ends - starts).days)}
    findings = [
        *rules.interleaved(uses, watch),
        *rules.simultaneous(replaced, watch),
        *rules.volume(counts, peers, watch, days=days),
        *rules.outside_hours(uses, hours, watch),
    ]
    return sorted(
        ((accounts[finding.account], finding) for finding in findings),
        key=lambda each: (each[1].since, each[0].login, each[1].rule),
    )
