"""Where the databases of tests are: in a file each, or each by itself on the server of the run."""

from __future__ import annotations

import itertools
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory, mkdtemp
from typing import Final

from dean06_core.database import Address
from dean06_core.testing.servers import Logins

_NUMBERS: Final = itertools.count(1)
_FILES: Final = TemporaryDirectory(prefix="dean06-")
_server: Logins | None = None


def use_server(superuser: str) -> None:
    """From now on databases are made on this server."""
    global _server
    _server = Logins(superuser)


def leave_server() -> None:
    """Take away what this process made there."""
    global _server
    if _server is not None:
        _server.leave()
        _server = None


def is_server() -> bool:
    return _server is not None


@contextmanager
def place(folder: Path) -> Iterator[Address]:
    """Where a database may be made: nothing is there yet, and nothing is left on a server."""
    if _server is None:
        yield Address(f"sqlite:///{folder / 'dean06.db'}")
        return
    name = _new_name()
    try:
        yield _server.make(name)
    finally:
        _server.drop(name)


@dataclass(frozen=True, slots=True)
class Template:
    """A database that was made once; every test works on a copy of its own."""

    made: str

    @contextmanager
    def copied(self, folder: Path) -> Iterator[Address]:
        if _server is None:
            copyfile(self.made, folder / "dean06.db")
            yield Address(f"sqlite:///{folder / 'dean06.db'}")
            return
        name = _new_name()
        try:
            yield _server.make(name, template=self.made)
        finally:
            _server.drop(name)


async def template(fill: Callable[[Address], Awaitable[object]]) -> Template:
    """What ``fill`` makes at an address; it has to close what it opened."""
    if _server is None:
        path = Path(mkdtemp(dir=_FILES.name)) / "dean06.db"
        await fill(Address(f"sqlite:///{path}"))
        return Template(str(path))
    name = _new_name()
    await fill(_server.make(name))
    return Template(name)


def _new_name() -> str:
    return f"{os.getpid()}_{next(_NUMBERS)}"
