"""Every system that is named is listed with its owner and its links, in two statements."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dean06_core import systems
from dean06_core.systems import LinkEntry, LinkState, SystemEntry
from tests.core.worlds import world
from tests.schema.asking import ask
from tests.schema.orders import OFFICE, PLACES

pytestmark = pytest.mark.anyio


async def test_systems_are_listed_with_owner_and_links(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        async with here.database.service() as session:
            used = LinkEntry(to="vneid", state=LinkState.IN_USE, on=date(2025, 7, 1), remark="Đăng nhập")
            one_stop = SystemEntry(code="mot-cua", name="Hệ thống một cửa", owner=OFFICE, links=(used,))
            await systems.register(session, [one_stop, SystemEntry(code="vneid", name="VNeID")])
        answer = await ask(here, "{ systems { code name owner { code } links { to { code } state on remark } } }")
        assert answer.data["systems"] == [
            {
                "code": "mot-cua",
                "name": "Hệ thống một cửa",
                "owner": {"code": "u2"},
                "links": [{"to": {"code": "vneid"}, "state": "IN_USE", "on": "2025-07-01", "remark": "Đăng nhập"}],
            },
            {"code": "vneid", "name": "VNeID", "owner": None, "links": []},
        ]
        assert len(answer.statements) == 2
