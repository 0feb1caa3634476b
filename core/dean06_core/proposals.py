"""Indicators that no sector owns are proposed by one person and stand only when a second one has confirmed them."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from dean06_core import catalogue
from dean06_core.access import INTERNAL
from dean06_core.errors import BadInput
from dean06_core.indicators import Indicator, IndicatorRow, as_definition, from_definition
from dean06_core.outcomes import Outcome, Refusals, Tally
from dean06_core.records import Record, new_id


class IndicatorProposal(Record):
    """What somebody proposed; kept after it was confirmed. Persons are named by their logins."""

    __tablename__ = "indicator_proposal"
    __access__ = INTERNAL
    __table_args__ = (
        sa.CheckConstraint("confirmed_by is null or confirmed_by != proposed_by", name="confirmed_by_another"),
        sa.Index(
            "uq_indicator_proposal_open",
            "code",
            unique=True,
            sqlite_where=sa.text("confirmed_at is null"),
            postgresql_where=sa.text("confirmed_at is null"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str]
    definition: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime]
    confirmed_by: Mapped[str | None]
    confirmed_at: Mapped[datetime | None]


async def propose(session: AsyncSession, indicators: Sequence[Indicator], *, by: str, now: datetime) -> Tally:
    """Propose indicators, or other words for known ones. What stands already, or waits already, is unchanged.

    INDICATOR_NOT_LOCAL for a code that a plugin would own.
    """
    catalogue.refuse_unless_local(indicators)
    standing = await _standing(session, [indicator.code for indicator in indicators])
    waiting = {proposal.code: proposal for proposal in await pending(session)}
    outcomes: list[Outcome] = []
    for indicator in indicators:
        definition = json.loads(json.dumps(as_definition(indicator)))
        proposal = waiting.get(indicator.code)
        if definition == (proposal.definition if proposal else standing.get(indicator.code)):
            outcomes.append(Outcome.UNCHANGED)
            continue
        if proposal is None:
            proposal = IndicatorProposal(id=new_id(), code=indicator.code)
            waiting[indicator.code] = proposal
            session.add(proposal)
        proposal.definition, proposal.proposed_by, proposal.proposed_at = definition, by, now
        outcomes.append(Outcome.UPDATED if indicator.code in standing else Outcome.CREATED)
    await session.flush()
    return Tally.of(outcomes)


async def confirm(session: AsyncSession, codes: Collection[str], *, by: str, now: datetime) -> Tally:
    """Let proposed indicators stand. PROPOSAL_UNKNOWN where none waits, PROPOSAL_OWN for whoever proposed it."""
    waiting = {proposal.code: proposal for proposal in await pending(session)}
    refusals = Refusals()
    for place, code in enumerate(codes):
        with refusals.of_entry(place):
            _refuse_unless_anothers(code, waiting.get(code), by)
    refusals.stop_if_any()
    confirmed = [waiting[code] for code in codes]
    for proposal in confirmed:
        proposal.confirmed_by, proposal.confirmed_at = by, now
    return await catalogue.enter(session, [from_definition(proposal.definition) for proposal in confirmed])


async def pending(session: AsyncSession) -> tuple[IndicatorProposal, ...]:
    """What waits for a second person, by code; one statement."""
    waiting = sa.select(IndicatorProposal).where(IndicatorProposal.confirmed_at.is_(None))
    return tuple(await session.scalars(waiting.order_by(IndicatorProposal.code)))


async def _standing(session: AsyncSession, codes: Collection[str]) -> dict[str, dict[str, Any]]:
    rows = await session.execute(
        sa.select(IndicatorRow.code, IndicatorRow.definition).where(IndicatorRow.code.in_(codes))
    )
    return {row.code: row.definition for row in rows}


def _refuse_unless_anothers(code: str, proposal: IndicatorProposal | None, by: str) -> None:
    if proposal is None:
        raise BadInput(
            "PROPOSAL_UNKNOWN",
            f"Không có chỉ tiêu “{code}” đang chờ xác nhận. Hãy nhập chỉ tiêu (import indicators) trước, "
            "hoặc xem danh sách bằng indicator list.",
            field=("code",),
        )
    if proposal.proposed_by == by:
        raise BadInput(
            "PROPOSAL_OWN",
            f"“{by}” đã nhập chỉ tiêu “{code}” nên không tự xác nhận được. Hãy để người thứ hai xác nhận.",
            field=("by",),
        )
