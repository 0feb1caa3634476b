"""What somebody does on the console with his own way in: another password, a device that makes codes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

import click

from dean06_auth import own_ways_in, standing
from dean06_auth.second_factors import Enrolment
from dean06_auth.sessions import Step
from dean06_core.access import Caller
from dean06_core.database import Database
from dean06_server import clock
from dean06_server.clock import business_day
from dean06_server.commands.opening import fitting_database_of, settings
from dean06_server.commands.signing import caller_of, password_of, recognise
from dean06_server.doors import door_of
from dean06_server.installation import Installation


@click.command()
@click.argument("login")
def password(login: str) -> None:
    """Let the holder of LOGIN choose another password; his sessions end."""
    asyncio.run(_change(login, password_of(login)))
    click.echo(f"{login}: đã đổi mật khẩu, mọi phiên làm việc đã kết thúc")


@click.command("second-factor")
@click.argument("login")
def second_factor(login: str) -> None:
    """Let the holder of LOGIN take a device that makes codes into use; his sessions end."""
    codes = asyncio.run(_enrol(login, password_of(login)))
    click.echo(f"{login}: đã dùng mã xác thực thứ hai. Mã dự phòng, mỗi mã dùng một lần, chỉ hiện lần này:")
    for code in codes:
        click.echo(code)


COMMANDS: Final = (password, second_factor)


async def _change(login: str, current: str) -> None:
    async with _holder(login, current, Step.CHANGE_PASSWORD) as (database, caller):
        new: str = click.prompt(f"Mật khẩu mới của {login}", hide_input=True, confirmation_prompt=True, err=True)
        now = clock.now()
        await own_ways_in.change_password(
            database,
            caller=caller,
            token_id=None,
            current=current,
            new=new,
            now=now,
            on=business_day(now),
            door=door_of(settings()),
        )


async def _enrol(login: str, current: str) -> Sequence[str]:
    door = door_of(settings())
    async with _holder(login, current, Step.ENROL_SECOND_FACTOR) as (database, caller):
        enrolment = await own_ways_in.enrol_second_factor(
            database, caller=caller, password=current, now=clock.now(), door=door
        )
        _show(enrolment)
        code: str = click.prompt("Mã đang hiện trên thiết bị", err=True)
        return await own_ways_in.confirm_second_factor(
            database, caller=caller, token_id=None, code=code, now=clock.now(), door=door
        )


def _show(enrolment: Enrolment) -> None:
    click.echo(f"Khóa để nhập vào thiết bị: {enrolment.key}", err=True)
    click.echo(enrolment.uri, err=True)


@asynccontextmanager
async def _holder(login: str, current: str, step: Step) -> AsyncIterator[tuple[Database, Caller]]:
    """Whoever shows the password, and the second factor that he has so far."""
    now, profile = clock.now(), door_of(settings()).profile
    async with fitting_database_of(Installation.found()) as database:
        await recognise(database, login, current, now, to_do=step)
        async with database.service_reading() as session:
            caller = await caller_of(session, login, standing.NOWHERE, business_day(now), profile)
        yield database, caller
