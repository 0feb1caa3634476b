"""``dean06 schema``: the API as it is written down, whole or as one account sees it."""

from __future__ import annotations

import asyncio

import click

from dean06_auth import accounts, callers
from dean06_core.catalogue import Catalogue
from dean06_core.directory import Directory
from dean06_core.errors import StartUpError
from dean06_core.graphql import Context
from dean06_server import clock
from dean06_server.clock import business_day
from dean06_server.commands.opening import fitting_database_of
from dean06_server.installation import Installation


@click.command()
@click.option("--as", "login", metavar="LOGIN", help="Only what this account is shown.")
def schema(login: str | None) -> None:
    """Print the API in the GraphQL schema language."""
    installation = Installation.found()
    if login is None:
        click.echo(installation.engine.schema.as_str())
    else:
        click.echo(asyncio.run(_shown_to(login, installation)))


async def _shown_to(login: str, installation: Installation) -> str:
    now = clock.now()
    on = business_day(now)
    async with fitting_database_of(installation) as database, database.service_reading() as session:
        directory = await Directory.load(session)
        catalogue = await Catalogue.load(session, installation.sectors)
        if await accounts.find(session, login=login) is None:
            raise StartUpError(f"There is no account '{login}'.")
        caller = await callers.as_caller(session, login=login, reach=directory, on=on)
    return installation.engine.written(Context(caller, on, now, directory, catalogue))
