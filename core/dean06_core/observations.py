"""What somebody stated about one indicator, one unit, one period and one window, in one place.

Statements never overwrite each other. A correction is the same reporter's next
revision in the same place; another place, or another reporter, stands beside it.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dean06_core.access import Access, Action, DataClass, within
from dean06_core.documents import LegalDocument
from dean06_core.indicators import IndicatorRow
from dean06_core.periods import Window
from dean06_core.records import Record, new_id
from dean06_core.units import Tier

VALUE_SCALE: Final = 10**6


class Slice(StrEnum):
    """UNIT: the unit itself. TIER, GROUP: the sum over a tier or a group of units inside it."""

    UNIT = "UNIT"
    TIER = "TIER"
    GROUP = "GROUP"


class Qualifier(StrEnum):
    EXACT = "EXACT"
    ABOUT = "ABOUT"
    MORE_THAN = "MORE_THAN"
    LESS_THAN = "LESS_THAN"
    PROVISIONAL = "PROVISIONAL"


class DataState(StrEnum):
    """In rising order of weight."""

    DRAFT = "DRAFT"
    CLOSED = "CLOSED"
    ACCEPTED = "ACCEPTED"
    PUBLISHED = "PUBLISHED"


class Source(StrEnum):
    REPORTED = "REPORTED"
    COMPUTED = "COMPUTED"


CellKey = tuple[int, str, int, str, Window]
"""How a cell is stored: unit, share, indicator, period, stored window."""


class Observation(Record):
    """A statement.

    Numerator and denominator are counts; ``value_scaled`` is a bare value in
    millionths, kept where only a percent was printed. ``stated_in`` is the place
    (a document's id and section, or a submission). ``superseded_at`` is when the
    next revision replaced it. ``official`` marks the one statement of a cell that
    answers; core alone sets it.
    """

    __tablename__ = "observation"
    __access__ = Access(DataClass.AGGREGATE, unit="unit_key", sector="sector", written_by=Action.RECORD)
    __table_args__ = (
        sa.UniqueConstraint(
            "indicator_key",
            "unit_key",
            "share",
            "period",
            "window",
            "reporter_key",
            "stated_in",
            "revision",
            name="uq_observation_place",
        ),
        sa.CheckConstraint("revision >= 1", name="revision_starts_at_one"),
        sa.CheckConstraint("not official or superseded_at is null", name="official_is_not_superseded"),
        sa.CheckConstraint("denominator is null or numerator is not null", name="denominator_needs_numerator"),
        sa.CheckConstraint("denominator is null or value_scaled is null", name="value_is_bare_or_derived"),
        sa.Index(
            "uq_observation_official",
            "unit_key",
            "period",
            "indicator_key",
            "window",
            "share",
            unique=True,
            sqlite_where=sa.text("official = 1"),
            postgresql_where=sa.text("official"),
        ),
        sa.Index(
            "ix_observation_official_of_indicator",
            "indicator_key",
            "period",
            "window",
            "unit_key",
            sqlite_where=sa.text("official = 1"),
            postgresql_where=sa.text("official"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    indicator_key: Mapped[int] = mapped_column(sa.ForeignKey(IndicatorRow.key))
    unit_key: Mapped[int] = mapped_column(sa.ForeignKey("unit.key"))
    sector: Mapped[str]
    share: Mapped[str] = mapped_column(default="")
    """Empty for the unit itself, ``tier:COMMUNE`` or ``group:KEY`` for a sum inside it."""
    period: Mapped[str]
    period_starts: Mapped[date]
    period_ends: Mapped[date]
    window: Mapped[Window] = mapped_column(sa.Enum(Window, native_enum=False, length=16))
    numerator: Mapped[int | None]
    denominator: Mapped[int | None]
    value_scaled: Mapped[int | None]
    printed: Mapped[str | None]
    qualifier: Mapped[Qualifier] = mapped_column(
        sa.Enum(Qualifier, native_enum=False, length=16), default=Qualifier.EXACT
    )
    no_activity: Mapped[bool] = mapped_column(default=False)
    as_of: Mapped[date | None]
    comment: Mapped[str | None]
    source: Mapped[Source] = mapped_column(sa.Enum(Source, native_enum=False, length=16), default=Source.REPORTED)
    state: Mapped[DataState] = mapped_column(sa.Enum(DataState, native_enum=False, length=16), default=DataState.DRAFT)
    reporter_key: Mapped[int] = mapped_column(sa.ForeignKey("unit.key"))
    document_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey(LegalDocument.id), index=True)
    section: Mapped[str | None]
    stated_in: Mapped[str]
    change_scaled: Mapped[int | None]
    """How much more than at a starting point, as stated there; in millionths."""
    changed_since: Mapped[str | None]
    """That starting point, in the words of the place."""
    rank: Mapped[int | None]
    """The unit's place among ``rank_of`` units, as stated there."""
    rank_of: Mapped[int | None]
    revision: Mapped[int] = mapped_column(default=1)
    recorded_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]
    official: Mapped[bool] = mapped_column(default=False)


class ObservationPart(Record):
    """The value of one named part of a statement, in millionths; kept as stated even where parts do not add up."""

    __tablename__ = "observation_part"
    __access__ = within("observation_id", "observation", written_by=Action.RECORD)

    observation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("observation.id"), primary_key=True)
    part: Mapped[str] = mapped_column(primary_key=True)
    value_scaled: Mapped[int]


def share_of(tier: Tier | None = None, group_key: int | None = None) -> str:
    """How a sum inside a unit is keyed."""
    if tier is not None:
        return f"tier:{tier.value}"
    return "" if group_key is None else f"group:{group_key}"


def scaled(value: Decimal) -> int:
    """A bare value in millionths; ``unscaled`` is its inverse for values of at most six decimals."""
    return int((value * VALUE_SCALE).to_integral_value())


def unscaled(value: int) -> Decimal:
    return Decimal(value) / VALUE_SCALE
