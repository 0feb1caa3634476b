"""Rows of every table of core, of two units and two sectors, so that some are inside of a pass and some outside."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import chain, product
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import catalogue
from dean06_core.audit.checkpoints import AuditCheckpoint
from dean06_core.audit.events import AuditEvent, AuditPersonal
from dean06_core.audit.sealing import AuditTile
from dean06_core.documents import DocumentAuthor, LegalDocument
from dean06_core.indicators import Indicator
from dean06_core.observations import Observation, ObservationPart
from dean06_core.periods import Window
from dean06_core.proposals import IndicatorProposal
from dean06_core.records import Record, new_id
from dean06_core.sectors import Sector
from dean06_core.systems import LinkState, System, SystemLink
from dean06_core.targets import Comparator, Target, TargetCheck, TargetKind, TargetRule
from dean06_core.tasks import (
    PartyRole,
    Task,
    TaskBasis,
    TaskCondition,
    TaskConfirmation,
    TaskEvent,
    TaskEventKind,
    TaskMention,
    TaskOrigin,
    TaskParty,
    TaskProgress,
    TaskProgressDocument,
    TaskRecurrence,
    TaskSector,
)
from dean06_core.testing.importing import COMMUNES, PROVINCE, enter_province
from dean06_core.units import SuccessionKind, UnitArea, UnitGroupMember, UnitGroupRow, UnitSuccession

_SECTORS: Final = ("health", "tax")
_ON: Final = date(2025, 7, 1)
_AT: Final = datetime(2025, 8, 1, tzinfo=UTC)


async def add_core_rows(session: AsyncSession) -> None:
    """Into a database that holds nothing but its tables."""
    directory = await enter_province(session)
    await catalogue.register(session, [Sector(code=code, title=code, indicators=(_rate(code),)) for code in _SECTORS])
    province, *communes = (directory.named(code, _ON).key for code in (PROVINCE, *COMMUNES))
    documents = [LegalDocument(id=new_id(), label=label, kind="plan") for label in ("KH 1", "KH 2")]
    some = communes[:2]
    for row in chain(_reference(province, communes, documents), _figures(some), _tasks(some, documents), _audit(some)):
        session.add(row)
        await session.flush()


def _rate(sector: str) -> Indicator:
    return Indicator(
        code=f"{sector}.rate",
        name="Tỷ lệ mẫu",
        name_en="Sample rate",
        numerator="Số đã làm",
        denominator="Tổng số",
        definition="Tỷ lệ đã làm trên tổng số",
    )


def _reference(province: int, communes: list[int], documents: list[LegalDocument]) -> Iterator[Record]:
    one, other, *_ = communes
    yield UnitGroupRow(key=1, code="border", name="Các xã biên giới", within_key=province)
    yield UnitGroupMember(group_key=1, unit_key=one, valid_from=_ON)
    yield UnitArea(agency_key=one, unit_key=other, valid_from=_ON)
    yield UnitSuccession(predecessor_key=one, successor_key=other, kind=SuccessionKind.RENAME, effective_on=_ON)
    yield from documents
    yield DocumentAuthor(document_id=documents[0].id, unit_key=one)
    yield IndicatorProposal(code="local.rate", definition={}, proposed_by="secretariat", proposed_at=_AT)
    systems = [System(id=new_id(), code=code, name=code, owner_key=one) for code in ("vneid", "his")]
    yield from systems
    yield SystemLink(system_id=systems[0].id, to_id=systems[1].id, state=LinkState.PLANNED)


def _figures(communes: list[int]) -> Iterator[Record]:
    for unit, (key, sector) in product(communes, enumerate(_SECTORS, start=1)):
        observation = Observation(
            id=new_id(),
            indicator_key=key,
            unit_key=unit,
            sector=sector,
            period="2025-07",
            period_starts=_ON,
            period_ends=date(2025, 8, 1),
            window=Window.PERIOD,
            numerator=unit,
            denominator=100,
            reporter_key=unit,
            stated_in="submission",
            recorded_at=_AT,
        )
        yield observation
        yield ObservationPart(observation_id=observation.id, part="cash", value_scaled=unit)
    for addressee, (key, sector) in product([*communes, None], enumerate(_SECTORS, start=1)):
        yield Target(
            indicator_key=key,
            sector=sector,
            rule=TargetRule.PROVINCE if addressee is None else TargetRule.UNIT,
            within_key=addressee or communes[0],
            addressee_key=addressee,
            value_scaled=key,
            comparator=Comparator.GE,
            kind=TargetKind.ASSIGNED,
            check=TargetCheck.EACH_PERIOD,
            valid_from=_ON,
        )


def _tasks(communes: list[int], documents: list[LegalDocument]) -> Iterator[Record]:
    """A task of every unit with every sector, of all of them, of nobody, of no sector; each by its first unit.

    Some wait for nothing, so that there is room for a condition more, and of the
    last two there is the task alone, as before its sectors and parties are made.
    """
    reached = _target_of(communes[0])
    yield reached
    alone = [((unit,), (sector,)) for unit, sector in product(communes, _SECTORS)]
    every = [(tuple(order), _SECTORS) for order in (communes, communes[::-1])]
    waiting = [*alone, *every, ((), ()), ((communes[0],), ())]
    for number, (units, sectors) in enumerate([*waiting, *alone], start=1):
        task = _task(number, [*units, communes[0]][0], min(sectors, default=None))
        yield task
        yield from (TaskParty(task_id=task.id, unit_key=unit, role=PartyRole.LEAD) for unit in units)
        yield from (TaskSector(task_id=task.id, sector=sector) for sector in sectors)
        yield TaskEvent(task_id=task.id, kind=TaskEventKind.ASSIGNED, on=_ON, recorded_at=_AT)
        yield TaskMention(task_id=task.id, document_id=documents[0].id, section=str(number))
        yield TaskBasis(task_id=task.id, document_id=documents[0].id)
        for unit in units or communes[:1]:
            progress = TaskProgress(id=new_id(), task_id=task.id, on=_ON, unit_key=unit, done="Đang làm")
            yield progress
            yield TaskProgressDocument(progress_id=progress.id, document_id=documents[0].id)
            yield TaskConfirmation(
                progress_id=progress.id, accepted=False, reason="Còn thiếu", by_key=unit, on=_ON, recorded_at=_AT
            )
            yield TaskProgress(task_id=task.id, on=_ON, unit_key=unit, done="Đang làm tiếp")
        if number <= len(waiting):
            yield TaskCondition(task_id=task.id, target_id=reached.id)
    yield from (_task(100 + unit, unit, _SECTORS[0]) for unit in communes)


def _task(number: int, addressee: int, sector: str | None) -> Task:
    return Task(
        id=new_id(),
        code=f"NV-{number}",
        title=f"Nhiệm vụ {number}",
        title_folded=f"nhiem vu {number}",
        group="Hạ tầng",
        origin=TaskOrigin.PLAN,
        recurrence=TaskRecurrence.ONE_OFF,
        lead_key=addressee,
        addressee_key=addressee,
        sector=sector,
    )


def _audit(communes: list[int]) -> Iterator[Record]:
    """Events of each unit and of none, some with what they say of a person."""
    for unit in [*communes, *communes, None, None]:
        event = AuditEvent(
            id=new_id(),
            recorded_at=_AT,
            login="officer",
            role="officer",
            unit_key=unit,
            unit="",
            action="figure_entries.enter",
            subject="",
            outcome="DONE",
            commitment="",
            body="{}",
            leaf=b"leaf",
        )
        yield event
        yield AuditPersonal(event_id=event.id, salt=b"salt", told="{}")
    for unit in communes:
        yield AuditEvent(
            id=new_id(),
            recorded_at=_AT,
            login="",
            role="",
            unit_key=unit,
            unit="",
            action="sign_in",
            subject="",
            outcome="SIGN_IN_FAILED",
            commitment="",
            body="{}",
            leaf=b"leaf",
        )
    yield AuditTile(number=0, before=b"", leaves=b"leaf")
    yield AuditCheckpoint(size=1, signed_at=_AT, note="note")


def _target_of(unit: int) -> Target:
    return Target(
        id=new_id(),
        indicator_key=1,
        sector=_SECTORS[0],
        rule=TargetRule.UNIT,
        within_key=unit,
        addressee_key=unit,
        value_scaled=1,
        comparator=Comparator.GE,
        kind=TargetKind.ASSIGNED,
        check=TargetCheck.EACH_PERIOD,
        valid_from=_ON,
    )
