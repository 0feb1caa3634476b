"""``dean06 account``: what an operator may do about accounts without the API."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path

import click

from dean06_auth import accounts, beginnings, lockouts, moves, operator_tokens, people, roles
from dean06_auth.accounts import Account
from dean06_auth.people import PersonKey
from dean06_auth.tokens import IssuedToken
from dean06_core.audit.operating import operated
from dean06_core.directory import Directory
from dean06_server import clock, operators
from dean06_server.clock import VIETNAM, business_day
from dean06_server.commands import governing, identifying, own_ways_in, reviews, shared_use
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
@click.argument("login")
def unlock(login: str) -> None:
    """Let LOGIN try again after too many failed sign-ins, from wherever that was."""
    lifted = asyncio.run(_unlock(login))
    click.echo(f"{login}: đã bỏ khóa ở {lifted} nơi")


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


@account.command("open")
@click.argument("login")
@click.option("--name", required=True, help="The person's name.")
@click.option("--unit", "code", metavar="CODE", required=True, help="The unit at which the person works.")
@click.option(
    "--begin-as",
    type=click.Choice([role.name for role in beginnings.ROLES]),
    help="Give this role everywhere for 90 days; only while nobody has it.",
)
@click.option("--reason", default="", help="The decision behind --begin-as; kept with the grant.")
@click.option("--citizen-number", "asks_number", is_flag=True, help="Ask for the citizen number, unseen.")
@identifying.number_file
def open_(
    login: str, name: str, code: str, begin_as: str | None, reason: str, asks_number: bool, file: Path | None
) -> None:
    """Open LOGIN with a first password. Nothing is granted by it, but to begin an empty installation.

    With a citizen number, of which only a keyed hash is kept, nobody has a second account.
    """
    whose = None
    if asks_number or file is not None:
        whose = identifying.people_key(), identifying.number_of(login, file)
    password = click.prompt(f"Mật khẩu đầu tiên của {login}", hide_input=True, confirmation_prompt=True, err=True)
    click.echo(asyncio.run(_open(login, name, code, password, begin_as, reason, whose)))


account.add_command(identifying.identify)

for _command in (*own_ways_in.COMMANDS, *governing.COMMANDS, *reviews.COMMANDS, *shared_use.COMMANDS):
    account.add_command(_command)


async def _open(
    login: str,
    name: str,
    code: str,
    password: str,
    begin_as: str | None,
    reason: str,
    whose: tuple[PersonKey, str] | None,
) -> str:
    now = clock.now()
    on = business_day(now)
    async with (
        fitting_database_of(Installation.found()) as database,
        operated(database, "accounts.open", by=operators.login(), now=now, login=login) as opening,
    ):
        session = opening.session
        unit = (await Directory.load(session)).named(code, on)
        person = None if whose is None else await people.known(session, number=whose[1], key=whose[0])
        opened = await accounts.open(
            session, login=login, name=name, unit_key=unit.key, password=password, now=now, person=person
        )
        if begin_as is not None:
            role = roles.named(begin_as)
            operator = operators.name()
            await beginnings.begin(session, account=opened, role=role, operator=operator, reason=reason, on=on)
        opening.subject = opened.id
    return f"{opened.login}: {unit.name} ({unit.code})"


async def _unlock(login: str) -> int:
    by = operators.login()
    async with (
        fitting_database_of(Installation.found()) as database,
        operated(database, "lockouts.lift", by=by, now=clock.now(), in_turn=False, login=login) as lifting,
    ):
        lifted = await lockouts.lift(lifting.session, login=accounts.login_of(login))
        lifting.details["sources"] = lifted
    return lifted


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
    now = clock.now()
    on = business_day(now)
    async with (
        fitting_database_of(Installation.found()) as database,
        operated(database, "moves.move", by=operators.login(), now=now, login=login) as moving,
    ):
        unit = (await Directory.load(moving.session)).named(code, on)
        moved = await moves.move(moving.session, login=login, unit=unit, on=on)
        moving.subject = moved.id
    return f"{moved.login}: {unit.name} ({unit.code})"


async def _issue(login: str, reason: str | None) -> IssuedToken:
    now = clock.now()
    async with fitting_database_of(Installation.found()) as database:
        is_demo = await mark.is_demo(database)
        by = operators.login()
        async with operated(database, "operator_tokens.issue", by=by, now=now, login=login) as issuing:
            issued = await operator_tokens.issue(
                issuing.session,
                login=login,
                operator=operators.name(),
                reason=reason,
                is_demo=is_demo,
                now=now,
                on=business_day(now),
            )
            account = await accounts.find(issuing.session, login=login)
            issuing.subject = None if account is None else account.id
        return issued
