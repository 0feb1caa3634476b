"""The command ``dean06``. Status 0: done; 1: refused or broken, with the reason; 2: called in a wrong way."""

from __future__ import annotations

from typing import Any, Final

import click
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError

from dean06_core.errors import BadInput, StartUpError
from dean06_server.commands.accounts import account
from dean06_server.commands.audits import audit
from dean06_server.commands.databases import doctor, migrate
from dean06_server.commands.demos import demo
from dean06_server.commands.entries import enter
from dean06_server.commands.imports import compute, import_
from dean06_server.commands.indicators import indicator
from dean06_server.commands.plugins import plugin, plugins
from dean06_server.commands.schemas import schema
from dean06_server.commands.servers import serve
from dean06_server.commands.tasks import task

_OF_LOGINS: Final = frozenset({"42501", "42704"})
"""A server's SQLSTATE for a privilege that is not given, and for a role that is not there."""


class _Told(click.Group):
    """Tells what was foreseen in its own words, without a traceback."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except (BadInput, StartUpError) as error:
            raise click.ClickException(str(error)) from error
        except DatabaseError as error:
            if getattr(error.orig, "sqlstate", None) in _OF_LOGINS:
                raise click.ClickException(
                    f"A login of the database lacks something: {_first_line(error)}. "
                    "docs/commands.md says how the three logins are made."
                ) from error
            if type(error) not in {DatabaseError, OperationalError}:
                raise
            raise click.ClickException(
                f"The database cannot be used: {_first_line(error)}. Ask: dean06 doctor"
            ) from error


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).splitlines()[0].rstrip(".")


@click.group(cls=_Told)
@click.version_option(package_name="dean06-server")
def main() -> None:
    """dean06: the backend of a province's Project 06 programme."""


for command in (
    account,
    audit,
    compute,
    demo,
    doctor,
    enter,
    import_,
    indicator,
    migrate,
    plugin,
    plugins,
    schema,
    serve,
    task,
):
    main.add_command(command)
