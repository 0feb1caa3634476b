"""``dean06 account``: what an operator may do about accounts without the API."""

from __future__ import annotations

import asyncio
import getpass
import os

import click

from dean06_auth import operator_tokens
from dean06_auth.tokens import IssuedToken
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
