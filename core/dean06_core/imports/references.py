"""What the cells of a file refer to: units by code or by name, groups, documents, indicators, sectors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from dean06_core import spelling
from dean06_core.catalogue import Catalogue
from dean06_core.directory import Directory, Span, Unit
from dean06_core.documents import Shelf
from dean06_core.errors import BadInput
from dean06_core.targets import Assigned, Description
from dean06_core.units import CodeScheme, UnitLevel

_EVERYDAY: Final = (CodeScheme.NSO, CodeScheme.SLUG)


@dataclass(frozen=True, slots=True)
class References:
    """The reference data of one import, and the login of whoever brings it.

    ``today`` stands where a row has no day of its own.
    """

    directory: Directory
    catalogue: Catalogue
    shelf: Shelf
    assigned: Assigned
    today: date
    province_code: str | None = None
    by: str | None = None

    def province(self, on: date) -> Unit:
        """The province that the file is about: the one that was named, else the only one there is."""
        if self.province_code is not None:
            return self.directory.named(self.province_code, on)
        found = [unit for unit in self.directory.listed(on) if unit.level is UnitLevel.PROVINCE]
        if len(found) == 1:
            return found[0]
        what = "chưa có tỉnh nào" if not found else f"có {len(found)} tỉnh"
        raise BadInput(
            "PROVINCE_UNCLEAR",
            f"Vào ngày {on:%d/%m/%Y} {what} nên không rõ tệp của tỉnh nào. Hãy nhập đơn vị trước, hoặc ghi mã tỉnh.",
        )

    def unit(self, written: str, on: date) -> int:
        """The unit that holds a code on a day, else the one of the province that goes by that name."""
        found = self.directory.by_code(written, on)
        if found is None:
            found = self._by_name(written, on) if " " in written else self.directory.named(written, on)
        return found.key

    def unit_on(self, written: str, on: date) -> int:
        """As ``unit``; for a code whose last holder is gone, UNIT_ENDED with who took over."""
        try:
            return self.unit(written, on)
        except BadInput as refusal:
            held = [] if " " in written else self._holders(written)
            gone = [span for span in held if span.valid_to is not None and span.valid_to <= on]
            if refusal.code != "UNIT_UNKNOWN" or not gone:
                raise
            last = self.directory.unit(max(gone, key=lambda span: span.valid_from).key, on)
            heirs = sorted(self.directory.unit(key, on).name for key in self.directory.successors(last.key))
            remedy = f"Hãy ghi đơn vị kế thừa: {', '.join(heirs)}." if heirs else "Hãy ghi đơn vị thay thế."
            raise BadInput(
                "UNIT_ENDED",
                f"“{last.name}” ({written}) chỉ có đến ngày {last.valid_to:%d/%m/%Y}, dòng này là của ngày "
                f"{on:%d/%m/%Y}. {remedy}",
                field=("unit",),
            ) from None

    def inside(self, written: str | None, on: date, *, is_national: bool = False) -> int:
        """The unit in which something holds: the one named, else the province, or the country around it."""
        if written is not None:
            return self.unit(written, on)
        province = self.province(on)
        return [province, *self.directory.ancestors(province.key, on)][-1 if is_national else 0].key

    def unit_ever(self, written: str, on: date) -> int:
        """As ``unit``; a code that nobody holds that day means who held it last before, or else first after."""
        found = self.directory.by_code(written, on)
        if found is not None or " " in written:
            return self.unit(written, on)
        held = self._holders(written)
        if not held:
            return self.unit(written, on)
        return max(held, key=lambda span: (span.valid_from <= on, _distance(span, on))).key

    def _holders(self, code: str) -> list[Span]:
        return [span for scheme in _EVERYDAY for span in self.directory.codes.get((scheme, code), ())]

    def group(self, code: str) -> int:
        return self.directory.group(code).key

    def document(self, written: str) -> UUID:
        return self.shelf.named(written)

    def indicator(self, code: str) -> str:
        return self.catalogue.named(code).code

    def target(self, description: Description) -> UUID:
        return self.assigned.named(description)

    def sector(self, code: str) -> str:
        return self.catalogue.sector(code)

    def _by_name(self, written: str, on: date) -> Unit:
        """Inside the province, or an agency that serves it, as the regional social insurance does."""
        province = self.province(on).key
        try:
            return self.directory.by_name(written, on, within=province)
        except BadInput as refusal:
            agencies = [unit for unit in self.directory.served_by(province, on) if unit.holds(on)]
            wanted = spelling.fold(spelling.bare_name(written))
            meant = [agency for agency in agencies if spelling.fold(agency.name) == wanted]
            if refusal.code != "UNIT_UNKNOWN" or len(meant) != 1:
                raise
            return meant[0]


def _distance(span: Span, on: date) -> int:
    return -abs((span.valid_from - on).days)
