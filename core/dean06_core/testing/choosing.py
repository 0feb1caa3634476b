"""For pytest: ``--database postgresql`` runs the same tests on a server that is started for the run."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import Final

import pytest

from dean06_core.testing import places, servers

_STARTED: Final = pytest.StashKey[ExitStack]()
_SUPERUSER: Final = "DEAN06_TEST_SERVER"
"""How the process that started the server tells those that it starts to share the work."""
_ON_SERVER: Final = "dean06 on a server"
"""Fewer examples where each is dearer; the file has seen them all."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database", choices=("sqlite", "postgresql"), default="sqlite", help="Which database tests make."
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "sqlite: about SQLite alone")
    config.addinivalue_line("markers", "postgresql: about PostgreSQL alone")
    stack = config.stash[_STARTED] = ExitStack()
    if config.getoption("--database") == "postgresql" and servers.is_possible():
        if not hasattr(config, "workerinput"):
            os.environ[_SUPERUSER] = stack.enter_context(servers.started())
        places.use_server(os.environ[_SUPERUSER])
        _draw_fewer_examples()


def _draw_fewer_examples() -> None:
    from hypothesis import settings  # not everybody who runs pytest beside core has it

    settings.register_profile(_ON_SERVER, max_examples=25, deadline=None)
    settings.load_profile(_ON_SERVER)


def pytest_unconfigure(config: pytest.Config) -> None:
    places.leave_server()
    config.stash[_STARTED].close()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    chosen = config.getoption("--database")
    other = "sqlite" if chosen == "postgresql" else "postgresql"
    meant = [item for item in items if item.get_closest_marker(other) is None]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(meant)])
    items[:] = meant
    if chosen == "postgresql" and not servers.is_possible():
        missing = pytest.mark.skip(reason=f"no PostgreSQL is installed here, and {servers.GIVEN} is not set")
        for item in items:
            item.add_marker(missing)
