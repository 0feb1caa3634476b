"""A PostgreSQL server for tests: one that is named, or one started from the binaries that are installed here."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import Final, LiteralString

import psycopg
import sqlalchemy as sa
from psycopg import sql

from dean06_core.database import Address

GIVEN: Final = "DEAN06_TEST_POSTGRES_URL"
"""Names a server to use instead, by the URL of somebody who may make roles and databases there."""

_PLACES: Final = ("/usr/lib/postgresql", "/usr/pgsql", "/opt/homebrew/opt", "/usr/local/opt")
_ROLES: Final = ("owner", "services", "callers")
_ROOM: Final = 2 * 1024**3
_UNPRIVILEGED: Final = "postgres"
_COPIES_BY_CHOICE: Final = 150000
"""The release since which a database is copied through the log unless its files are asked for, which is quicker."""

_SETTINGS: Final = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "max_connections": "200",
}


@contextmanager
def started() -> Iterator[str]:
    """The URL of a server's superuser. A server that is started here is gone afterwards, with all it held."""
    if given := os.environ.get(GIVEN):
        yield given
        return
    binaries = _binaries()
    if binaries is None:
        raise FileNotFoundError(f"No PostgreSQL is installed here. Install its server, or set {GIVEN}.")
    folder = Path(mkdtemp(prefix="dean06-", dir=_in_memory()))
    try:
        yield from _served(binaries, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def is_possible() -> bool:
    return bool(os.environ.get(GIVEN)) or _binaries() is not None


class Logins:
    """Three roles on a server, made for this run alone, and databases that they open."""

    def __init__(self, superuser: str) -> None:
        self._superuser = sa.make_url(superuser).set(drivername="postgresql")
        self._mark = secrets.token_hex(4)
        self._password = secrets.token_hex(8)
        with self._connected() as connection:
            copies_files = connection.info.server_version >= _COPIES_BY_CHOICE
        self._how = sql.SQL("strategy file_copy" if copies_files else "")
        for role in _ROLES:
            self._run("create role {} login password {}", sql.Identifier(self._role(role)), sql.Literal(self._password))

    def make(self, name: str, template: str = "template0") -> Address:
        """A database of the owner's, empty or like the template, to which nobody may be connected."""
        self._run(
            "create database {} owner {} template {} encoding 'UTF8' locale 'C.UTF-8' {}",
            *(sql.Identifier(each) for each in (self._name(name), self._role("owner"), self._template(template))),
            self._how,
        )
        return Address(self._url("services", name), callers=self._url("callers", name), owner=self._url("owner", name))

    def drop(self, name: str) -> None:
        self._run("drop database if exists {} with (force)", sql.Identifier(self._name(name)))

    def leave(self) -> None:
        """Drop what was made and is still there, the roles too."""
        with self._connected() as connection:
            made = connection.execute(
                "select datname from pg_database where starts_with(datname, %s)", [self._name("")]
            )
            for (name,) in made.fetchall():
                connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))
            for role in _ROLES:
                connection.execute(sql.SQL("drop role {}").format(sql.Identifier(self._role(role))))

    def _template(self, template: str) -> str:
        return template if template == "template0" else self._name(template)

    def _url(self, role: str, database: str) -> str:
        url = self._superuser.set(username=self._role(role), password=self._password, database=self._name(database))
        return url.render_as_string(hide_password=False)

    def _name(self, database: str) -> str:
        return f"dean06_{self._mark}_{database}"

    def _role(self, role: str) -> str:
        return f"dean06_{self._mark}_{role}"

    def _run(self, statement: LiteralString, *parts: sql.Composable) -> None:
        with self._connected() as connection:
            connection.execute(sql.SQL(statement).format(*parts))

    def _connected(self) -> psycopg.Connection:
        return psycopg.connect(self._superuser.render_as_string(hide_password=False), autocommit=True)


def _in_memory() -> Path | None:
    """A folder that is kept in memory and has room for a run: a new database is copied there ten times as fast."""
    there = Path("/dev/shm")  # noqa: S108  a place for a folder of our own
    if not os.access(there, os.W_OK):
        return None
    return there if shutil.disk_usage(there).free > _ROOM else None


def _binaries() -> Path | None:
    """Where ``initdb`` and ``postgres`` of the newest installed release are."""
    found = [path.parent for place in _PLACES if Path(place).is_dir() for path in Path(place).glob("*/bin/initdb")]
    if not found and (initdb := shutil.which("initdb")):
        found = [Path(initdb).resolve().parent]
    return max(found, key=_release, default=None)


def _release(binaries: Path) -> int:
    digits = "".join(letter for letter in binaries.parent.name if letter.isdigit())
    return int(digits or 0)


def _served(binaries: Path, folder: Path) -> Iterator[str]:
    """Serve a new cluster in the folder; the server ends with the block, or with this process if that is killed."""
    run = _as_unprivileged(folder)
    data, port = folder / "data", _free_port()
    subprocess.run(  # noqa: S603  the installed server's own program
        [*run, str(binaries / "initdb"), "-D", str(data), "-U", "postgres", "--auth=trust", "--no-sync", "-E", "UTF8"],
        check=True,
        capture_output=True,
    )
    settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
    control = [*run, str(binaries / "pg_ctl"), "-D", str(data), "-w", "-s"]
    options = " ".join(["-p", str(port), "-k", str(folder), "-c", "listen_addresses=127.0.0.1", *settings])
    subprocess.run([*control, "-o", options, "-l", str(folder / "log"), "start"], check=True)  # noqa: S603  likewise
    with _ending(run, [*control[len(run) :], "-m", "immediate", "stop"], folder):
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"


@contextmanager
def _ending(run: Sequence[str], stop: Sequence[str], folder: Path) -> Iterator[None]:
    """Stop the server and remove its folder when a pipe that this process holds is closed, by whatever."""
    waiting = 'cat; "$@"; rm -rf "$0"'
    with subprocess.Popen(  # noqa: S603  the shell's own words and the server's program
        [*run, "sh", "-c", waiting, str(folder), *stop],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ):
        yield


def _as_unprivileged(folder: Path) -> Sequence[str]:
    """PostgreSQL refuses to run as root; then it runs as the user that its package made."""
    if os.geteuid() != 0:
        return []
    shutil.chown(folder, user=_UNPRIVILEGED)
    return ["runuser", "-u", _UNPRIVILEGED, "--"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
