"""An indicator says what is counted, how it adds up over time and over units, and how its value is written.

A sector declares its indicators as frozen values; the secretariat may add
reported-only ones under ``local.``. Both are kept in one table, so that figures
outlive the plugin that declared them.
"""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from dean06_core.access import DIRECTORY
from dean06_core.periods import Window
from dean06_core.records import Record
from dean06_core.units import UnitLevel

LOCAL: Final = "local"
_CODE: Final = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*", re.ASCII)


class IndicatorKind(StrEnum):
    RATIO = "RATIO"
    COUNT = "COUNT"
    YES_NO = "YES_NO"
    SCORE = "SCORE"
    RANK = "RANK"


class Direction(StrEnum):
    HIGHER_IS_BETTER = "HIGHER_IS_BETTER"
    LOWER_IS_BETTER = "LOWER_IS_BETTER"


class OverTime(StrEnum):
    """SUM: a flow, the periods add up. LAST: a stock, the latest state inside counts for every window."""

    SUM = "SUM"
    LAST = "LAST"


class OverUnits(StrEnum):
    """SUM: the parent is the sum of its children's parts. NONE: distinct things were counted and do not add up."""

    SUM = "SUM"
    NONE = "NONE"


@dataclass(frozen=True, slots=True)
class Part:
    """A named share of a figure, such as the reasons why somebody is not verified."""

    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """What is measured.

    ``code`` is ``sector.name``; a value is ``factor`` x numerator / denominator,
    written with ``decimals`` decimals, rounded half-up and only when it is
    written. ``reported_at`` are the levels of units that report it; empty means
    every child of a unit is expected to. ``responsible`` is the code of the unit
    whose statement decides where several disagree. ``basis`` are labels of
    documents. ``takes_over`` is the code of an indicator that the secretariat
    entered before there was a sector for it; its figures become this one's.
    """

    code: str
    name: str
    name_en: str
    kind: IndicatorKind = IndicatorKind.RATIO
    unit_of_measure: str = "%"
    numerator: str
    denominator: str | None = None
    definition: str
    exclusions: str | None = None
    direction: Direction = Direction.HIGHER_IS_BETTER
    factor: int = 100
    decimals: int = 2
    over_time: OverTime = OverTime.SUM
    over_units: OverUnits = OverUnits.SUM
    reported_at: frozenset[UnitLevel] = frozenset()
    windows: tuple[Window, ...] = (Window.PERIOD,)
    parts: tuple[Part, ...] = ()
    heading: str = ""
    order: int = 0
    responsible: str | None = None
    basis: tuple[str, ...] = ()
    takes_over: str | None = None
    version: int = 1

    def __post_init__(self) -> None:
        if not _CODE.fullmatch(self.code):
            raise ValueError(
                f"Indicator code {self.code!r} is not of the form 'sector.name' in lower-case letters, digits and '_'."
            )
        if (self.kind is IndicatorKind.RATIO) != (self.denominator is not None):
            raise ValueError(f"Indicator '{self.code}': a ratio has a denominator, and nothing else has one.")
        if self.takes_over is not None and not self.takes_over.startswith(f"{LOCAL}."):
            raise ValueError(f"Indicator '{self.code}' can take over '{LOCAL}.name' only, not '{self.takes_over}'.")

    @property
    def sector(self) -> str:
        return self.code.partition(".")[0]

    @property
    def is_stock(self) -> bool:
        return self.over_time is OverTime.LAST

    def stored_window(self, window: Window) -> Window:
        """Under which window a figure is kept: a stock has one state, kept under PERIOD."""
        return Window.PERIOD if self.is_stock else window


class IndicatorRow(Record):
    """An indicator that was ever declared or entered; its key stands in every figure of it."""

    __tablename__ = "indicator"
    __access__ = DIRECTORY

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(unique=True)
    sector: Mapped[str] = mapped_column(index=True)
    definition: Mapped[dict[str, Any]] = mapped_column(JSON)


def as_definition(indicator: Indicator) -> dict[str, Any]:
    """The indicator as plain data; ``from_definition`` is its inverse."""
    plain = dataclasses.asdict(indicator)
    return {**plain, "reported_at": sorted(plain["reported_at"])}


def from_definition(plain: dict[str, Any]) -> Indicator:
    known = {field.name for field in dataclasses.fields(Indicator)}
    values = {name: value for name, value in plain.items() if name in known}
    return Indicator(
        **{
            **values,
            "kind": IndicatorKind(values["kind"]),
            "direction": Direction(values["direction"]),
            "over_time": OverTime(values["over_time"]),
            "over_units": OverUnits(values["over_units"]),
            "reported_at": frozenset(UnitLevel(level) for level in values["reported_at"]),
            "windows": tuple(Window(window) for window in values["windows"]),
            "parts": tuple(Part(**part) for part in values["parts"]),
            "basis": tuple(values["basis"]),
        }
    )
