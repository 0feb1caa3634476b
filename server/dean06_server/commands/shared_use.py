"""``dean06 account``: what the rules say of shared use over some days, and marking a note about it as seen."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import click

from dean06_auth.shared_use import looking, notes
from dean06_core.audit.operating import operated
from dean06_core.directory import Directory
from dean06_server import clock, operators
from dean06_server.clock import business_day
from dean06_server.commands.opening import fitting_database_of, settings
from dean06_server.commands.signing import by, password_of, signed_in
from dean06_server.installation import Installation
from dean06_server.watches import watch_of

_DAY: Final = click.DateTime(formats=["%Y-%m-%d"])


@click.command("shared-use")
@click.option("--from", "starts", metavar="DAY", type=_DAY, help="The first day; thirty days ago if none.")
@click.option("--to", "ends", metavar="DAY", type=_DAY, help="The last day; today if none.")
def shared_use(starts: datetime | None, ends: datetime | None) -> None:
    """Hold what is kept of the use of sessions against the rules, and print what they find; nothing is done."""
    today = business_day(clock.now())
    first = today - timedelta(days=30) if starts is None else starts.date()
    last = today if ends is None else ends.date()
    if last < first:
        raise click.UsageError(f"--to {last} comes before --from {first}. Exchange the two.")
    lines = asyncio.run(_found(first, last + timedelta(days=1)))
    for line in lines or ["Không có dấu hiệu nào trong dữ liệu còn giữ của những ngày này"]:
        click.echo(line)


@click.command("note-seen")
@click.argument("note", type=click.UUID)
@by
def note_seen(note: UUID, login: str) -> None:
    """Mark NOTE about an account of your unit as seen."""
    click.echo(asyncio.run(_seen(note, login, password_of(login))))


COMMANDS: Final = (shared_use, note_seen)


async def _found(starts: date, ends: date) -> list[str]:
    watch, now = watch_of(settings()), clock.now()
    async with (
        fitting_database_of(Installation.found()) as database,
        operated(database, "looking.over", by=operators.login(), now=now, in_turn=False) as asking,
    ):
        directory = await Directory.load(asking.session)
        found = await looking.over(asking.session, directory, starts=starts, ends=ends, watch=watch)
        asking.details = {"from": str(starts), "before": str(ends), "findings": len(found)}
    return [f"{account.login}: {finding.rule} ({finding.severity}) {finding.evidence}" for account, finding in found]


async def _seen(note: UUID, login: str, password: str) -> str:
    async with signed_in(login, password) as signed:
        return f"{await signed.act(notes.see, note)}: đã xem"
