"""What a command asks of the person in whose name it acts, and what it may do then."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime

import click
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import callers, sign_ins
from dean06_auth.attempts import Shown
from dean06_auth.governing import asking, governing
from dean06_auth.grants import Reach
from dean06_auth.profile import Profile
from dean06_auth.sessions import Step
from dean06_core.access import Caller
from dean06_core.acting import Act, Actor
from dean06_core.catalogue import Catalogue
from dean06_core.database import Database
from dean06_core.directory import Directory
from dean06_core.errors import BadInput, StartUpError
from dean06_core.verbs import acting
from dean06_server import clock
from dean06_server.clock import business_day
from dean06_server.commands.opening import fitting_database_of, settings
from dean06_server.doors import door_of
from dean06_server.installation import Installation

by = click.option("--by", "login", metavar="LOGIN", required=True, help="In whose name; asks for the password.")


def password_of(login: str) -> str:
    """The password that the person types, unseen; from standard input where there is no terminal."""
    password: str = click.prompt(f"Mật khẩu của {login}", hide_input=True, err=True)
    return password


@dataclass(frozen=True, slots=True)
class Signed:
    """Somebody who has shown his password: he does verbs, asks about accounts, and reads what he may see.

    ``profile`` is what the installation goes by.
    """

    actor: Actor
    act: Act
    ask: Act
    database: Database
    profile: Profile

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        async with self.database.reading(self.actor.caller.rights(self.actor.on)) as session:
            yield session


@asynccontextmanager
async def signed_in(login: str, password: str) -> AsyncIterator[Signed]:
    """SIGN_IN_FAILED as over HTTP. No token is issued: the command ends with what it does."""
    installation, now = Installation.found(), clock.now()
    on, profile = business_day(now), door_of(settings()).profile
    async with fitting_database_of(installation) as database:
        await recognise(database, login, password, now)
        async with database.service_reading() as session:
            directory = await Directory.load(session)
            catalogue = await Catalogue.load(session, installation.sectors)
            caller = await caller_of(session, login, directory, on, profile)
        actor = Actor.of(caller, directory, catalogue, now, on)
        act = governing(database, actor, acting(database, actor))
        yield Signed(actor, act, asking(database, actor), database, profile)


async def caller_of(session: AsyncSession, login: str, reach: Reach, on: date, profile: Profile) -> Caller:
    """Whoever was recognised, with what he holds."""
    caller = await callers.as_caller(session, login=login, reach=reach, on=on, profile=profile)
    if caller is None:
        raise StartUpError(f"The account '{login}' was closed this moment.")
    return caller


async def recognise(database: Database, login: str, password: str, now: datetime, *, to_do: Step | None = None) -> None:
    """Let whoever shows his password, and his second factor where he has one, go on; as ``sign_ins.recognise``."""
    door, on = door_of(settings()), business_day(now)
    try:
        await sign_ins.recognise(database, Shown(login, password), now=now, on=on, to_do=to_do, door=door)
    except BadInput as refused:
        if refused.code != "SECOND_FACTOR_REQUIRED":
            raise
        code: str = click.prompt(f"Mã xác thực thứ hai của {login}", hide_input=True, err=True)
        shown = Shown(login, password, code)
        await sign_ins.recognise(database, shown, now=clock.now(), on=on, to_do=to_do, door=door)
