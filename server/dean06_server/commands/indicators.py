"""``dean06 indicator``: the second pair of eyes on indicators that no sector owns."""

from __future__ import annotations

import asyncio

import click

from dean06_core import proposals
from dean06_core.audit.operating import operated
from dean06_core.outcomes import Tally
from dean06_server import clock
from dean06_server.clock import VIETNAM
from dean06_server.commands.opening import fitting_database_of
from dean06_server.commands.signing import password_of, recognise
from dean06_server.importing import secretary
from dean06_server.installation import Installation


@click.group()
def indicator() -> None:
    """Indicators that are only reported: proposed by one person, confirmed by another."""


@indicator.command(name="list")
def list_() -> None:
    """What waits for a second person."""
    for line in asyncio.run(_pending()) or ["Không có chỉ tiêu nào chờ xác nhận"]:
        click.echo(line)


@indicator.command()
@click.argument("codes", metavar="CODE...", nargs=-1, required=True)
@click.option("--by", "login", metavar="LOGIN", required=True, help="Whose account confirms; not the proposer's.")
def confirm(codes: tuple[str, ...], login: str) -> None:
    """Let proposed indicators stand; asks for the password of LOGIN."""
    tally = asyncio.run(_confirm(codes, login, password_of(login)))
    click.echo(f"Đã xác nhận {tally.created + tally.updated} chỉ tiêu: {', '.join(codes)}")


async def _pending() -> list[str]:
    async with fitting_database_of(Installation.found()) as database, database.service_reading() as session:
        return [
            f"{waiting.code}: {waiting.definition['name']} "
            f"({waiting.proposed_by} nhập lúc {waiting.proposed_at.astimezone(VIETNAM):%H:%M ngày %d/%m/%Y})"
            for waiting in await proposals.pending(session)
        ]


async def _confirm(codes: tuple[str, ...], login: str, password: str) -> Tally:
    now = clock.now()
    async with fitting_database_of(Installation.found()) as database:
        await recognise(database, login, password, now)
        person = await secretary(database, login=login, now=now)
        async with operated(database, "proposals.confirm", by=person, now=now) as confirming:
            tally = await proposals.confirm(confirming.session, codes, by=person, now=now)
            confirming.details = {"created": tally.created, "updated": tally.updated, "indicators": sorted(codes)}
    return tally
