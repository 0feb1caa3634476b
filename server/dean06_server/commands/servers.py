"""``dean06 serve``: the API over HTTP."""

from __future__ import annotations

import asyncio
import gc

import click
import uvicorn

from dean06_server import app
from dean06_server.commands.opening import fitting_database_of, settings
from dean06_server.doors import door_of
from dean06_server.installation import Installation
from dean06_server.provider_routes import provider_door
from dean06_server.sealing import seal_of
from dean06_server.watches import watch_of


@click.command()
def serve() -> None:
    """Serve the API until interrupted."""
    chosen, installation = settings(), Installation.found()
    door, seal, provider = door_of(chosen), seal_of(chosen), provider_door(chosen)
    watch = watch_of(chosen)
    asyncio.run(_refuse_unless_current(installation))
    for plugin in installation.plugins.broken:
        click.echo(f"Plugin '{plugin.name}' is left out: {plugin.broken}", err=True)
    click.echo(f"{chosen.address}/graphql, {chosen.address}/graphiql/")
    site = app.create(
        installation, chosen.database, door=door, watch=watch, seal=seal, provider=provider, origin=chosen.origin
    )
    gc.collect()
    gc.freeze()  # what lives as long as the server need not be walked again: p99 five times lower
    gc.set_threshold(2_000, 10, 50)  # 200,000 at once stopped everybody for 0.2 s
    uvicorn.run(site, host=chosen.host, port=chosen.port, server_header=False, access_log=False)


async def _refuse_unless_current(installation: Installation) -> None:
    async with fitting_database_of(installation):
        pass
