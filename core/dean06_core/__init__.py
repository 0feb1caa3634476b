"""What a sector builds on. These names are the SDK; ``dean06_core.graphql``, ``.rows`` and ``.testing`` complete it."""

from dean06_core.access import Access, DataClass, Via
from dean06_core.by_hand import ByHand, Samples, measured_by_hand
from dean06_core.errors import BadInput
from dean06_core.hookspecs import hookimpl
from dean06_core.indicators import Direction, Indicator, IndicatorKind, OverTime, OverUnits, Part
from dean06_core.measuring import (
    BEGINNING,
    Measurement,
    Resolver,
    Span,
    measure,
    share_of_records,
    share_of_standing,
    spans_table,
    units_below,
)
from dean06_core.periods import Period, Window
from dean06_core.record_imports import RecordImport
from dean06_core.records import Record, new_id
from dean06_core.sectors import Sector
from dean06_core.units import Tier, UnitLevel

__all__ = [
    "BEGINNING",
    "Access",
    "BadInput",
    "ByHand",
    "DataClass",
    "Direction",
    "Indicator",
    "IndicatorKind",
    "Measurement",
    "OverTime",
    "OverUnits",
    "Part",
    "Period",
    "Record",
    "RecordImport",
    "Resolver",
    "Samples",
    "Sector",
    "Span",
    "Tier",
    "UnitLevel",
    "Via",
    "Window",
    "hookimpl",
    "measure",
    "measured_by_hand",
    "new_id",
    "share_of_records",
    "share_of_standing",
    "spans_table",
    "units_below",
]
