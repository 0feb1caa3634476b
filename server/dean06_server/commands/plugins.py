"""``dean06 plugins``: what was found, and why a broken one is left out."""

from __future__ import annotations

import click

from dean06_server.installation import Installation


@click.command()
def plugins() -> None:
    """List the installed plugins; status 1 if one is broken."""
    installation = Installation.found()
    for plugin in installation.plugins.plugins:
        if plugin.sector is not None:
            state = f"active, {len(plugin.sector.indicators)} indicators, {len(plugin.sector.tables)} tables"
        else:
            state = f"broken: {plugin.broken}"
        click.echo(f"{plugin.name} ({plugin.distribution} {plugin.version}): {state}")
    if installation.plugins.broken:
        raise click.exceptions.Exit(1)
