"""``dean06 account``: who is ordered to do what, and what is granted for it, with one's own grants, as over the API."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Final
from uuid import UUID

import click

from dean06_auth import duties, holdings, proposals, stand_ins, suspensions
from dean06_auth.duties import DutyEntry
from dean06_auth.holdings import Holdings
from dean06_auth.proposals import GrantEntry
from dean06_core.access import DataClass
from dean06_core.outcomes import Refused
from dean06_server.commands.signing import Signed, by, password_of, signed_in

_DAY: Final = click.DateTime(formats=["%Y-%m-%d"])
_reason = click.option("--reason", required=True, help="Why.")
_starts = click.option("--starts", metavar="DAY", type=_DAY, required=True, help="As 2026-01-01.")
_ends = click.option("--ends", metavar="DAY", type=_DAY, required=True, help="The first day without it.")
Doing = Callable[[Signed], Awaitable[list[str]]]


@click.command()
@click.argument("account")
@by
def show(account: str, login: str) -> None:
    """Print the duties and grants of ACCOUNT with their ids."""

    async def ask(signed: Signed) -> list[str]:
        return _told(await signed.ask(holdings.of_login, account), signed.actor.on)

    do(login, ask)


@click.command()
@click.argument("account")
@click.option("--unit", metavar="CODE", required=True, help="The unit at which the duty is done.")
@click.option("--sector", metavar="CODE", help="Of which sector; every one if none.")
@click.option("--function", required=True, help="What is to be done.")
@click.option("--decision", required=True, help="The decision that orders it, by number and day.")
@_starts
@_ends
@by
def duty(
    account: str,
    login: str,
    unit: str,
    sector: str | None,
    function: str,
    decision: str,
    starts: datetime,
    ends: datetime,
) -> None:
    """Order ACCOUNT to do something; nothing is granted by it."""
    entry = DutyEntry(account, unit, function, decision, starts.date(), ends.date(), sector)

    async def assign(signed: Signed) -> list[str]:
        return await told_account(signed, await signed.act(duties.assign, entry))

    do(login, assign)


@click.command("end-duty")
@click.argument("duty", type=click.UUID)
@click.option("--on", metavar="DAY", type=_DAY, help="The first day without it; today if none.")
@_reason
@by
def end_duty(duty: UUID, login: str, on: datetime | None, reason: str) -> None:
    """End DUTY, what was granted on it, and whoever stands in."""

    async def end(signed: Signed) -> list[str]:
        day = signed.actor.on if on is None else on.date()
        return await told_account(signed, await signed.act(duties.end, duty, on=day, reason=reason))

    do(login, end)


@click.command()
@click.argument("role")
@click.argument("duty", type=click.UUID, nargs=-1, required=True)
@click.option("--class", "classes", type=click.Choice([*DataClass]), multiple=True, required=True, help="Of data.")
@click.option("--sector", "sectors", metavar="CODE", multiple=True, help="Those of the duty if none.")
@click.option("--unit", "units", metavar="CODE", multiple=True, help="That of the duty if none.")
@_starts
@_ends
@by
def propose(
    role: str,
    duty: tuple[UUID, ...],
    login: str,
    classes: tuple[str, ...],
    sectors: tuple[str, ...],
    units: tuple[str, ...],
    starts: datetime,
    ends: datetime,
) -> None:
    """Propose ROLE on each DUTY, all or none; prints the ids that approve takes."""
    held = frozenset(DataClass(letter) for letter in classes)
    entries = [
        GrantEntry(each, role, held, starts.date(), ends.date(), sectors or None, units or None) for each in duty
    ]

    async def say(signed: Signed) -> list[str]:
        return [str(id_) for id_ in await signed.act(proposals.propose, entries)]

    do(login, say)


@click.command()
@click.argument("grant", type=click.UUID, nargs=-1, required=True)
@click.option("--decision", required=True, help="The decision that approves them, by number and day.")
@by
def approve(grant: tuple[UUID, ...], login: str, decision: str) -> None:
    """Approve each GRANT that somebody else proposed, all or none."""

    async def say(signed: Signed) -> list[str]:
        return [str(id_) for id_ in await signed.act(proposals.approve, grant, decision=decision)]

    do(login, say)


@click.command()
@click.argument("grant", type=click.UUID, nargs=-1, required=True)
@_reason
@by
def revoke(grant: tuple[UUID, ...], login: str, reason: str) -> None:
    """Take each GRANT back from today on, all or none."""

    async def say(signed: Signed) -> list[str]:
        return [str(id_) for id_ in await signed.act(proposals.revoke, grant, reason=reason)]

    do(login, say)


@click.command()
@click.argument("account")
@_reason
@by
def suspend(account: str, login: str, reason: str) -> None:
    """Suspend ACCOUNT; whoever is signed in with it is out at once."""

    async def shut(signed: Signed) -> list[str]:
        return await told_account(signed, await signed.act(suspensions.suspend, account, reason=reason))

    do(login, shut)


@click.command("stand-in")
@click.argument("duty", type=click.UUID)
@click.argument("account")
@click.option("--until", metavar="DAY", type=_DAY, required=True, help="The first day without; fifteen at most.")
@by
def stand_in(duty: UUID, account: str, login: str, until: datetime) -> None:
    """Have ACCOUNT do DUTY in its holder's place from today; by the head of the unit."""

    async def name(signed: Signed) -> list[str]:
        return await told_account(signed, await signed.act(stand_ins.name, duty, stand_in=account, until=until.date()))

    do(login, name)


COMMANDS: Final = (show, duty, end_duty, propose, approve, revoke, suspend, stand_in)


def do(login: str, doing: Doing) -> None:
    """Do it and print what it told; of a list that is refused, every entry that is wrong."""
    try:
        lines = asyncio.run(_done(login, password_of(login), doing))
    except Refused as refused:
        told = (f"{int(each.field[0]) + 1}: {each.message}" for each in refused.refusals)
        raise click.ClickException("\n".join(told)) from None
    for line in lines:
        click.echo(line)


async def _done(login: str, password: str, doing: Doing) -> list[str]:
    async with signed_in(login, password) as signed:
        return await doing(signed)


async def told_account(signed: Signed, id_: UUID) -> list[str]:
    found = await signed.ask(holdings.of_accounts, [id_])
    return [line for held in found.values() for line in _told(held, signed.actor.on)]


def _told(held: Holdings, on: date) -> list[str]:
    lines = [f"{held.account.login}: {held.account.name} ({held.account.state})"]
    for duty in held.duties:
        doing = held.standing_in.get(duty.id)
        instead = "" if doing is None else f", {doing.login} làm thay"
        lines.append(f"duty {duty.id}: {duty.function}, {_day(duty.starts)} đến trước {_day(duty.over)}{instead}")
    for given in held.grants:
        row = given.row
        days = f"{_day(row.starts)} đến trước {_day(row.ends)}"
        lines.append(f"grant {row.id}: {row.role} [{row.data_classes}], {days}, {given.state(on)}")
    return lines


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"
