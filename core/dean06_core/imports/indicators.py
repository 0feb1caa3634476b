"""Rows of indicators that are only reported; a sector declares its own in its plugin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import proposals
from dean06_core.errors import BadInput
from dean06_core.imports.cells import Cells, all_of, count, one_of, prose, text, texts
from dean06_core.imports.references import References
from dean06_core.indicators import Direction, Indicator, IndicatorKind, OverTime, OverUnits, Part
from dean06_core.outcomes import Tally
from dean06_core.periods import Window
from dean06_core.units import UnitLevel


def read(row: Cells, references: References) -> Indicator:
    basis, responsible = row.get("basis", texts, ()), row.get("responsible", text)
    values = {
        "code": row.need("code", text),
        "name": row.need("name", text),
        "name_en": row.need("name_en", text),
        "kind": row.get("kind", one_of(IndicatorKind), IndicatorKind.RATIO),
        "unit_of_measure": row.get("unit_of_measure", text, "%"),
        "numerator": row.need("numerator_label", text),
        "denominator": row.get("denominator_label", text),
        "definition": row.need("definition", prose),
        "exclusions": row.get("exclusions", prose),
        "direction": row.get("direction", one_of(Direction), Direction.HIGHER_IS_BETTER),
        "factor": row.get("factor", count, 100),
        "decimals": row.get("decimals", count, 2),
        "over_time": row.get("over_time", one_of(OverTime), OverTime.SUM),
        "over_units": row.get("over_units", one_of(OverUnits), OverUnits.SUM),
        "reported_at": frozenset(row.get("reported_at", all_of(UnitLevel), ())),
        "windows": row.get("windows", all_of(Window), (Window.PERIOD,)),
        "parts": tuple(
            Part(part.need("code", text), part.need("name", text)) for part in row.objects("parts", ("code", "name"))
        ),
        "heading": row.get("heading", text, ""),
        "order": row.get("order", count, 0),
        "responsible": responsible,
        "basis": basis,
        "version": row.get("version", count, 1),
    }
    row.finish()
    indicator = row.attempt("code", _indicator, values)
    if responsible is not None:
        row.attempt("responsible", references.directory.named, responsible, references.today)
    for document in basis:
        row.attempt("basis", references.document, document)
    row.stop_if_wrong()
    return indicator


async def write(session: AsyncSession, entries: Sequence[Indicator], references: References, now: datetime) -> Tally:
    """Propose them; they stand when a second person has confirmed them."""
    if references.by is None:
        raise BadInput(
            "PROPOSER_MISSING",
            "Chỉ tiêu phải có người nhập và người thứ hai xác nhận. Hãy ghi tài khoản của người nhập (--by).",
            field=("by",),
        )
    return await proposals.propose(session, entries, by=references.by, now=now)


def _indicator(values: Mapping[str, Any]) -> Indicator:
    try:
        return Indicator(**values)
    except ValueError as error:
        raise BadInput(
            "INDICATOR_INVALID", f"Chỉ tiêu không dùng được: {error} Hãy sửa mã, loại (kind) hoặc mẫu số."
        ) from None
