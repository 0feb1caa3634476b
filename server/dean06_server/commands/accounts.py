"""``dean06 account``: what an operator may do about accounts without the API."""

from __future__ import annotations

import asyncio
import getpass
import os
from datetime import date

import click

from dean06_auth import accounts, operator_tokens
from dean06_auth.accounts import Account
from dean06_auth.tokens import IssuedToken
from dean06_core.directory import Directory
from dean06_server import clock
from dean06_server.clock import VIETNAM, business_day
from dean06_server.commands.opening import fitting_database_of
from dean06_server.demo import mark
from dean06_server.installation import Installation


@click.group()
def account() -> None:
    """Accounts, from the operator's side."""


@account.command()
@click.argument("login")
@click.option("--reason", help="Why; needed outside a demo database, and kept with the token.")
def token(login: str, reason: str | None) -> None:
    """Print a short-lived token that speaks for LOGIN."""
    issued = asyncio.run(_issue(login, reason))
    click.echo(f"Hết hạn lúc {issued.expires_at.astimezone(VIETNAM):%H:%M:%S ngày %d/%m/%Y}", err=True)
    click.echo(issued.token)


@account.command()
def stranded() -> None:
    """List the accounts whose unit is gone; they may only look until they are moved."""
    for line in asyncio.run(_stranded()) or ["Mọi tài khoản đều ở đơn vị đang hoạt động"]:
        click.echo(line)


@account.command()
@click.argument("login")
@click.argument("unit", metavar="CODE")
def move(login: str, unit: str) -> None:
    """Move LOGIN to the unit CODE. What was granted stays as it is."""
    click.echo(asyncio.run(_move(login, unit)))


async def _stranded() -> list[str]:
    on = business_day(clock.now())
    async with fitting_database_of(Installation.found()) as database, database.service_reading() as session:
        directory = await Directory.load(session)
        return [
            _told_stranded(account, directory, on)
            for account in await accounts.at_ended_units(session, directory=directory, on=on)
        ]


def _told_stranded(account: Account, directory: Directory, on: date) -> str:
    unit = directory.unit(account.unit_key, on)
    heirs = [directory.unit(key, on) for key in directory.successors(unit.key)]
    taken_over = ", ".join(f"{heir.name} ({heir.code})" for heir in heirs) or "không có đơn vị kế thừa"
    return f"{account.login}: {unit.name} ({unit.code}) không còn từ ngày {unit.valid_to:%d/%m/%Y}; {taken_over}"


async def _move(login: str, code: str) -> str:
    on = business_day(clock.now())
    async with fitting_database_of(Installation.found()) as database, database.service() as session:
        unit = (await Directory.load(session)).named(code, on)
        moved = await accounts.move(session, login=login, unit=unit, on=on)
    return f"{moved.login}: {unit.name} ({unit.code})"


async def _issue(login: str, reason: str | None) -> IssuedToken:
    now = clock.now()
    async with fitting_database_of(Installation.found()) as database:
        is_demo = await mark.is_demo(database)
        async with database.service() as session:
            return await operator_tokens.issue(
                session,
                login=login,
                operator=_operator(),
                reason=reason,
                is_demo=is_demo,
                now=now,
                on=business_day(now),
            )


def _operator() -> str:
    """The name that the system knows the operator by; not the environment's, which he could choose."""
    try:
        import pwd
    except ImportError:  # Windows
        return getpass.getuser()
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container's user without a name
        return f"uid {os.getuid()}"
