"""How a command is told whose an account is: the citizen number is typed unseen or read from a file, never given."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from dean06_auth import provider_people
from dean06_auth.people import PersonKey
from dean06_core.audit.operating import operated
from dean06_core.errors import StartUpError
from dean06_server import clock, operators
from dean06_server.commands.opening import fitting_database_of, settings
from dean06_server.doors import secret_in
from dean06_server.installation import Installation

number_file = click.option(
    "--citizen-number-file",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Take the citizen number from this file; only its keyed hash is kept.",
)


@click.command()
@click.argument("login")
@number_file
def identify(login: str, file: Path | None) -> None:
    """Say whose LOGIN is: asks for the citizen number, of which only a keyed hash is kept."""
    key, number = people_key(), number_of(login, file)
    click.echo(asyncio.run(_identify(login, number, key)))


def number_of(login: str, file: Path | None) -> str:
    """Typed twice and unseen, from standard input where there is no terminal; or what the file holds."""
    if file is not None:
        return file.read_text(encoding="utf-8", errors="replace").strip()
    number: str = click.prompt(
        f"Số định danh cá nhân của {login}", hide_input=True, confirmation_prompt="Nhập lại số định danh", err=True
    )
    return number


def people_key() -> PersonKey:
    """StartUpError where none is configured: without it nobody could be told from another."""
    path = settings().people_key
    if path is None:
        raise StartUpError(
            "People are known by a key that is not set. Set DEAN06_PEOPLE_KEY to a file, mode 0600, with 32 random "
            "bytes in base64, and keep a copy of it: with another key nobody is recognised."
        )
    return provider_people.key_of(secret_in(path, "DEAN06_PEOPLE_KEY"))


async def _identify(login: str, number: str, key: PersonKey) -> str:
    async with (
        fitting_database_of(Installation.found()) as database,
        operated(database, "provider_people.identify", by=operators.login(), now=clock.now(), login=login) as under_way,
    ):
        account = await provider_people.identify(under_way.session, login=login, number=number, key=key)
        under_way.subject = account.id
    return f"{account.login}: đã gắn với một số định danh"
