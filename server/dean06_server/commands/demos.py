"""``dean06 demo``: a database to look at, three people's questions, and how to go on."""

from __future__ import annotations

import asyncio
import sys

import click
from rich.console import Console

from dean06_server import app, clock
from dean06_server import demo as demonstration
from dean06_server.commands.opening import owned_database_of, settings
from dean06_server.demo import Made, accounts, asking
from dean06_server.installation import Installation
from dean06_server.settings import Settings


@click.command()
@click.option("--no-questions", is_flag=True, help="Only create and fill the database.")
def demo(no_questions: bool) -> None:
    """Make a demo database, serve it on this machine, and ask it three people's questions."""
    asyncio.run(_demonstrate(settings(), asks=not no_questions))


async def _demonstrate(chosen: Settings, *, asks: bool) -> None:
    installation = Installation.found()
    async with owned_database_of(installation) as database:
        made = await demonstration.make(installation, database, now=clock.now())
    if asks:
        console = Console() if sys.stdout.isatty() else Console(width=150)
        await asking.ask(app.create(installation, chosen.database), made.password, console)
    _say_how_to_go_on(chosen, made)


def _say_how_to_go_on(chosen: Settings, made: Made) -> None:
    click.echo()
    click.echo(f"Cơ sở dữ liệu: {made.database}")
    click.echo(f"Tài khoản:     {', '.join(person.login for person in accounts.PEOPLE)}")
    click.echo(f"Mật khẩu:      {made.password}  (chung cho mọi tài khoản; lần chạy sau sẽ đổi)")
    click.echo(f"Chạy tiếp:     make serve, rồi mở {chosen.address}/graphiql/")
    click.echo("Mã truy cập:   .venv/bin/dean06 account token secretariat, rồi dán vào thẻ Headers của trang đó:")
    click.echo('               {"Authorization": "Bearer MÃ"}')
