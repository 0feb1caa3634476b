"""Whatever an official does, or is refused, is in the log with his role and unit; if it cannot be, it is not done."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from dean06_core import audit, figure_entries, verbs
from dean06_core.access import ALL, Action, Caller, DataClass, Right
from dean06_core.acting import Actor
from dean06_core.audit import AuditEvent, AuditPersonal
from dean06_core.errors import BadInput
from dean06_core.figure_entries import FigureEntry
from dean06_core.observations import Observation
from tests.core.test_figure_entries import GONE, OTHER, OWN, TODAY, entry, officer
from tests.core.worlds import JULY, NOW, Place, World, province, world

pytestmark = pytest.mark.anyio

ACCOUNT, GRANT = UUID(int=7), UUID(int=8)


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[World]:
    gone = Place(GONE, valid_to=TODAY - timedelta(days=27))
    async with world(tmp_path, province(Place(OWN), Place(OTHER), gone)) as opened:
        yield opened


def clerk(**more: Any) -> Caller:
    found = officer(**more)
    return replace(found, account=ACCOUNT, grants=tuple(replace(grant, id=GRANT) for grant in found.grants))


async def enter(here: World, *entries: FigureEntry, caller: Caller | None = None, dry_run: bool = False) -> None:
    actor = Actor.of(caller or clerk(), here.directory, here.catalogue, NOW, TODAY)
    await verbs.acting(here.database, actor)(figure_entries.enter, entries, period=JULY, dry_run=dry_run)


async def refused(here: World, *entries: FigureEntry, caller: Caller | None = None) -> str:
    with pytest.raises(BadInput) as refusal:
        await enter(here, *entries, caller=caller)
    return refusal.value.code


async def logged(here: World) -> list[AuditEvent]:
    async with here.database.service_reading() as session:
        return [*await session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id))]


async def figures(here: World) -> int:
    async with here.database.service_reading() as session:
        return await session.scalar(sa.select(sa.func.count()).select_from(Observation)) or 0


async def test_what_was_done_is_logged_with_who_in_which_role_and_unit(here: World) -> None:
    await enter(here, entry())
    [event] = await logged(here)
    assert (event.action, event.outcome, event.recorded_at) == ("figure_entries.enter", "DONE", NOW)
    assert (event.account_id, event.login, event.role) == (ACCOUNT, "officer", "officer")
    assert (event.unit_key, event.unit) == (OWN, here.directory.unit(OWN, TODAY).name)
    assert json.loads(event.body) == {"dry_run": False, "entries": 1, "grants": [str(GRANT)], "period": "2025-07"}
    assert await figures(here) == 1


async def test_a_refusal_is_logged_though_nothing_else_is_kept(here: World) -> None:
    looks = clerk(actions=frozenset({Action.READ}))
    assert await refused(here, entry(), caller=looks) == "ENTRY_NOT_ALLOWED"
    [event] = await logged(here)
    assert (event.outcome, event.login, event.role) == ("ENTRY_NOT_ALLOWED", "officer", "officer")
    assert json.loads(event.body)["refused"] == [{"code": "ENTRY_NOT_ALLOWED", "field": ["0", "unit"]}]
    assert await figures(here) == 0


async def test_whose_unit_is_gone_is_refused_and_logged(here: World) -> None:
    caller = clerk(unit=GONE, units=frozenset({OWN, GONE}))
    assert await refused(here, entry(), caller=caller) == "ACCOUNT_READ_ONLY"
    assert [event.outcome for event in await logged(here)] == ["ACCOUNT_READ_ONLY"]


async def test_of_a_dry_run_nothing_is_logged(here: World) -> None:
    await enter(here, entry(), dry_run=True)
    with pytest.raises(BadInput):
        await enter(here, entry(numerator=11), dry_run=True)
    assert await logged(here) == []


async def test_what_cannot_be_logged_is_not_done(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> None:
        raise OSError("no room")

    with monkeypatch.context() as patched:
        patched.setattr(audit, "record", fail)
        with pytest.raises(OSError, match="no room"):
            await enter(here, entry())
    assert (await logged(here), await figures(here)) == ([], 0)
    await enter(here, entry())
    assert (len(await logged(here)), await figures(here)) == (1, 1)


async def test_what_somebody_wrote_is_not_in_the_log(here: World) -> None:
    await enter(here, replace(entry(), comment="Ông Nguyễn Văn An báo"))
    await refused(here, replace(entry(), indicator="roads.nguyen_van_an"))
    async with here.database.service_reading() as session:
        assert (await session.scalars(sa.select(AuditPersonal))).all() == []
    for event in await logged(here):
        assert "nguyen" not in str(vars(event)).lower()


async def test_an_auditor_sees_the_events_of_his_units_and_of_none(here: World) -> None:
    await enter(here, entry())
    await enter(here, entry(OTHER), caller=clerk(unit=OTHER, units=frozenset({OTHER})))
    async with here.database.service() as session:
        await audit.record(session, audit.Event(action="sign_in", at=NOW, outcome="SIGN_IN_FAILED"))
    for units, expected in ((frozenset({OWN}), {OWN, None}), (ALL, {OWN, OTHER, None}), (frozenset[int](), set())):
        async with here.database.reading((Right(DataClass.AUDIT, ALL, units),)) as session:
            assert {*await session.scalars(sa.select(AuditEvent.unit_key))} == expected
