"""``dean06 migrate`` and ``dean06 doctor``: whether the database fits what is installed."""

from __future__ import annotations

import asyncio
import platform

import click

from dean06_auth import profile
from dean06_auth.shared_use import watch
from dean06_core import migrating
from dean06_core.database import Database
from dean06_core.errors import StartUpError
from dean06_server.commands.opening import database_of, owned_database_of, settings
from dean06_server.doors import door_of
from dean06_server.installation import Installation
from dean06_server.watches import watch_of


@click.command()
def migrate() -> None:
    """Bring the database to the newest revisions, and keep the declared indicators."""
    asyncio.run(_migrate())


async def _migrate() -> None:
    installation = Installation.found()
    async with owned_database_of(installation) as database:
        steps = await installation.bring_up(database)
    for step in steps:
        click.echo(f"{step.history}: {step.revision} {step.title}")
    if not steps:
        click.echo(f"{database.name} is at the newest revisions.")


@click.command()
def doctor() -> None:
    """Say in plain lines what works and what does not; status 1 if something does not."""
    if not asyncio.run(_examine()):
        raise click.exceptions.Exit(1)


async def _examine() -> bool:
    click.echo(f"ok      python {platform.python_version()}")
    installation = Installation.found()
    are_plugins_well = _examine_plugins(installation)
    async with database_of(installation) as database:
        is_database_well = await _examine_database(installation, database)
    are_files_well = [_examine_door(), _examine_watch()]
    return all(are_files_well) and are_plugins_well and is_database_well


def _examine_door() -> bool:
    """The running values of the compliance profile, and whether anybody can enrol a second factor."""
    try:
        door = door_of(settings())
    except StartUpError as error:
        click.echo(f"broken  signing in: {error}")
        return False
    tightened = [each.name for each in profile.running(door.profile) if each.is_tightened]
    click.echo(f"ok      profile {profile.NAME}, tightened here: {', '.join(tightened) or 'nothing'}")
    for each in profile.running(door.profile):
        click.echo(f"rule    {each}")
    click.echo(f"note    deviation: {profile.DEVIATION}")
    if door.box is None:
        click.echo("note    DEAN06_SECRETS_KEY is not set, so nobody can enrol a second factor")
    return True


def _examine_watch() -> bool:
    """The running values of the rules of shared use."""
    try:
        running = watch.running(watch_of(settings()))
    except StartUpError as error:
        click.echo(f"broken  shared use: {error}")
        return False
    for line in running:
        click.echo(f"watch   {line}")
    return True


def _examine_plugins(installation: Installation) -> bool:
    for plugin in installation.plugins.plugins:
        state = f"broken  plugin {plugin.name}: {plugin.broken}" if plugin.broken else f"ok      plugin {plugin.name}"
        click.echo(f"{state} ({plugin.distribution} {plugin.version})")
    return not installation.plugins.broken


async def _examine_database(installation: Installation, database: Database) -> bool:
    if (fault := await database.backend.fault()) is not None:
        click.echo(f"broken  database {database.name} {fault}")
        return False
    click.echo(f"ok      database {database.name}")
    states = await migrating.state(database, installation.histories)
    for state in states:
        if state.is_newer:
            click.echo(f"broken  {state.history.name} is at {state.current}, newer than {state.head} here")
        elif not state.is_current:
            click.echo(f"broken  {state.history.name} is at {state.current or 'nothing'}: dean06 migrate")
        else:
            click.echo(f"ok      {state.history.name} is at {state.current}")
    for orphan in await migrating.orphans(database, installation.histories):
        click.echo(f"note    {orphan.name} is not installed; its tables at {orphan.revision} are kept")
    if not all(state.is_current for state in states):
        return False
    try:
        await database.backend.refuse_unless_walled()
    except StartUpError as error:
        click.echo(f"broken  walls: {error}")
        return False
    click.echo("ok      walls")
    return True
