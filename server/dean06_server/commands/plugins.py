"""``dean06 plugins``: what was found, and why one is left out; ``dean06 plugin check``: one of them, tested."""

from __future__ import annotations

from importlib.metadata import entry_points

import click

from dean06_core import plugins as finding
from dean06_core.plugins import Plugin
from dean06_server import checking
from dean06_server.checking import Promise
from dean06_server.installation import Installation


@click.command()
def plugins() -> None:
    """List the installed plugins; status 1 if one is broken."""
    installation = Installation.found()
    for each in installation.plugins.plugins:
        if each.sector is not None:
            state = f"active, {len(each.sector.indicators)} indicators, {len(each.sector.tables)} tables"
        else:
            state = f"broken: {each.broken}"
        click.echo(f"{_named(each)}: {state}")
    if installation.plugins.broken:
        raise click.exceptions.Exit(1)


@click.group()
def plugin() -> None:
    """One plugin, seen from its author's side."""


@plugin.command()
@click.argument("code")
def check(code: str) -> None:
    """Hold the installed plugin of sector CODE to the promises of every plugin; status 1 if one is broken."""
    found = _installed(code)
    if found.broken is not None:
        _tell(Promise("can be loaded beside the others", found.broken))
        broken = 1
    else:
        broken = len(checking.check(_module(found), _tell))
    if broken:
        click.echo(f"{_named(found)} breaks {broken} of its promises.")
        raise click.exceptions.Exit(1)
    click.echo(f"{_named(found)} keeps its promises.")


def _installed(code: str) -> Plugin:
    installed = Installation.found().plugins.plugins
    for each in installed:
        if code == (each.sector.code if each.sector is not None else each.name):
            return each
    names = ", ".join(each.sector.code if each.sector is not None else each.name for each in installed) or "nothing"
    raise click.BadParameter(f"'{code}' is not installed here. Installed: {names}.", param_hint="CODE")


def _module(found: Plugin) -> str:
    points = entry_points(group=finding.GROUP, name=found.name)
    return next(point.value for point in points if point.dist is not None and point.dist.name == found.distribution)


def _tell(promise: Promise) -> None:
    if promise.broken is None:
        click.echo(f"ok      {promise.sentence}")
    else:
        first, *more = promise.broken.splitlines() or [""]
        click.echo(f"broken  {promise.sentence}: {first}")
        for line in more:
            click.echo(f"        {line}")


def _named(found: Plugin) -> str:
    return f"{found.name} ({found.distribution} {found.version})"
