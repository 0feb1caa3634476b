"""The cells of one row as a noun asks for them; what is wrong is noted and asking goes on, so that all is told."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, Final, ParamSpec, TypeVar, cast, overload

from dean06_core import spelling
from dean06_core.errors import BadInput
from dean06_core.imports.reading import Cell, Row, parse_json
from dean06_core.imports.reports import Errors
from dean06_core.periods import Period

_DAY: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})|(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)
_PLAIN: Final = re.compile(r"-?\d+", re.ASCII)
_GROUPED: Final = re.compile(r"-?[1-9]\d{0,2}(?:\.\d{3})+", re.ASCII)
_COMMA: Final = re.compile(r"(-?(?:\d+|[1-9]\d{0,2}(?:\.\d{3})+)),(\d+)", re.ASCII)
_POINT: Final = re.compile(r"-?\d+\.\d+", re.ASCII)
_FEW_DIGITS: Final = re.compile(r"-?[1-9]\d{0,2}", re.ASCII)
_YES: Final = frozenset({"true", "1", "có", "x"})
_NO: Final = frozenset({"false", "0", "không"})

_T = TypeVar("_T")
_D = TypeVar("_D")
_E = TypeVar("_E", bound=StrEnum)
_P = ParamSpec("_P")


class RowRefused(Exception):
    """Something in the row was noted as wrong; what follows cannot be asked."""


class Cells:
    """One row, or one object inside a cell of it.

    Ask for every column first; what ``need`` and ``get`` return is of no use
    before ``finish`` has let the row pass. Then ask what the values refer to,
    with ``attempt``, up to ``stop_if_wrong``.
    """

    def __init__(self, number: int, cells: Mapping[str, Cell], errors: Errors, within: str = "") -> None:
        self._number = number
        self._cells = cells
        self._errors = errors
        self._within = within
        self._asked: dict[str, None] = {}
        self._is_wrong = False
        self._nested: list[Cells] = []

    def need(self, column: str, parse: Callable[[Cell], _T]) -> _T:
        found = self.get(column, parse)
        if found is None and self._is_empty(column):
            self._miss(column)
        return cast("_T", found)

    @overload
    def get(self, column: str, parse: Callable[[Cell], _T]) -> _T | None: ...
    @overload
    def get(self, column: str, parse: Callable[[Cell], _T], default: _D) -> _T | _D: ...
    def get(self, column: str, parse: Callable[[Cell], Any], default: Any = None) -> Any:
        self._asked[column] = None
        if self._is_empty(column):
            return default
        return self.attempt(column, parse, self._cells[column])

    def attempt(self, column: str, ask: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Ask something that may refuse, such as which unit is meant; a refusal is noted under the column."""
        try:
            return ask(*args, **kwargs)
        except BadInput as refusal:
            self.refuse(column, refusal.code, refusal.message)
            return cast("_T", None)

    def objects(self, column: str, keys: Sequence[str]) -> tuple[Cells, ...]:
        """The objects in a cell. In CSV ``a:b;c:d`` with the values of ``keys`` in order, or JSON."""
        parts = self.get(column, listed, ())
        if parts is None:  # it was refused
            return ()
        nested: list[Cells] = []
        for place, part in enumerate(parts):
            within = f"{self._within}{column}[{place}]."
            if isinstance(part, str):
                part = dict(zip(keys, part.split(":", len(keys) - 1), strict=False))
            if not isinstance(part, dict):
                self.refuse(column, "CELL_INVALID", f"“{column}” phải là danh sách {{{', '.join(keys)}}}. Hãy sửa.")
                continue
            nested.append(Cells(self._number, part, self._errors, within))
        self._nested += nested
        return tuple(nested)

    def refuse(self, column: str, code: str, message: str) -> None:
        self._is_wrong = True
        self._errors.add(self._number, f"{self._within}{column}", code, message)

    def finish(self) -> None:
        """All columns have been asked for: note those that mean nothing here, and stop if anything is wrong."""
        self._refuse_what_nobody_asked_for()
        self.stop_if_wrong()

    def stop_if_wrong(self) -> None:
        if self._has_errors():
            raise RowRefused

    def _has_errors(self) -> bool:
        return self._is_wrong or any(nested._has_errors() for nested in self._nested)

    def _refuse_what_nobody_asked_for(self) -> None:
        for column in self._cells:
            if column not in self._asked:
                self._is_wrong = True
                self._errors.add_once(
                    self._number, f"{self._within}{column}", "COLUMN_UNKNOWN", _unknown(column, self._asked)
                )
        for nested in self._nested:
            nested._refuse_what_nobody_asked_for()

    def _miss(self, column: str) -> None:
        self._is_wrong = True
        field = f"{self._within}{column}"
        if self._within or column in self._errors.columns:
            self._errors.add(self._number, field, "CELL_EMPTY", f"Thiếu “{field}”. Hãy ghi giá trị cho cột này.")
        else:
            self._errors.add_once(
                self._number, field, "COLUMN_MISSING", f"Tệp không có cột “{column}”. Hãy thêm cột này."
            )

    def _is_empty(self, column: str) -> bool:
        value = self._cells.get(column)
        return value is None or (isinstance(value, str) and not value.strip())


def understood(rows: Iterable[Row], errors: Errors, read: Callable[[Cells], _T]) -> list[tuple[int, _T]]:
    """Every row that can be read, with its number; what is wrong with the others is noted, until that is enough."""
    entries: list[tuple[int, _T]] = []
    for row in rows:
        if errors.is_full:
            break
        try:
            entries.append((row.number, read(Cells(row.number, row.cells, errors))))
        except RowRefused:
            continue
    return entries


def _unknown(column: str, known: Collection[str]) -> str:
    nearest = get_close_matches(column, known, n=1)
    remedy = f"Có phải là “{nearest[0]}”?" if nearest else f"Các cột có thể dùng: {', '.join(known)}."
    return f"Không có cột “{column}”. {remedy}"


# what a cell may hold


def text(cell: Cell) -> str:
    """One line: NFC, single blanks."""
    if isinstance(cell, bool) or not isinstance(cell, str | int):
        raise _invalid(cell, "phải là chữ")
    return spelling.tidy(str(cell))


def prose(cell: Cell) -> str:
    """Text as it was written, its lines kept."""
    if not isinstance(cell, str):
        raise _invalid(cell, "phải là chữ")
    return unicodedata.normalize("NFC", cell).strip()


def flag(cell: Cell) -> bool:
    if isinstance(cell, bool):
        return cell
    word = str(cell).strip().lower()
    if word not in _YES | _NO:
        raise _invalid(cell, "phải là true hoặc false")
    return word in _YES


def day(cell: Cell) -> date:
    """2025-07-28 or 28/7/2025."""
    found = _DAY.fullmatch(cell.strip()) if isinstance(cell, str) else None
    if found is not None:
        year, month, of_month, of_month_first, month_second, year_last = (int(part or 0) for part in found.groups())
        try:
            return date(year or year_last, month or month_second, of_month or of_month_first)
        except ValueError:
            pass
    raise BadInput("DATE_INVALID", f"“{cell}” không phải là ngày. Hãy ghi 2025-07-28 hoặc 28/7/2025.")


def period(cell: Cell) -> Period:
    return Period.parse(text(cell))


def number(cell: Cell) -> Decimal:
    """A number of JSON as it is; written as text 1.158.663 or 99,44 or 99.5. ``1.234`` could be two numbers."""
    found = _number_of_json(cell)
    if found is not None:
        return found
    written = spelling.tidy(str(cell))
    if _GROUPED.fullmatch(written) and written.count(".") == 1:
        raise _ambiguous(written)
    return _number_as_written(written)


def count(cell: Cell) -> int:
    """A whole number; as text also 1.158.663, and 11.670 too, since 11,67 would count nothing."""
    found = _number_of_json(cell)
    if found is None:
        written = spelling.tidy(str(cell))
        if _GROUPED.fullmatch(written) and written.count(".") == 1 and written.endswith(".000"):
            raise _ambiguous(written)
        found = Decimal(written.replace(".", "")) if _GROUPED.fullmatch(written) else _number_as_written(written)
    if found != found.to_integral_value():
        raise BadInput("NUMBER_NOT_WHOLE", f"“{cell}” không phải là số nguyên. Hãy sửa số.")
    return int(found)


def one_of(enum: type[_E]) -> Callable[[Cell], _E]:
    def parse(cell: Cell) -> _E:
        written = text(cell)
        try:
            return enum(written.upper())
        except ValueError:
            raise BadInput(
                "CHOICE_UNKNOWN", f"“{written}” không dùng được. Hãy chọn một trong: {', '.join(enum)}."
            ) from None

    return parse


def listed(cell: Cell) -> tuple[Cell, ...]:
    """A list of JSON; as text ``a;b``, or JSON in brackets."""
    if isinstance(cell, str) and cell.lstrip().startswith("["):
        try:
            cell = parse_json(cell)
        except ValueError as error:
            raise _invalid(cell, f"không phải là JSON ({error})") from None
    if isinstance(cell, str):
        return tuple(part.strip() for part in cell.split(";") if part.strip())
    if not isinstance(cell, list):
        raise _invalid(cell, "phải là danh sách")
    return tuple(cell)


def texts(cell: Cell) -> tuple[str, ...]:
    return tuple(text(part) for part in listed(cell))


def all_of(enum: type[_E]) -> Callable[[Cell], tuple[_E, ...]]:
    parse = one_of(enum)
    return lambda cell: tuple(parse(part) for part in listed(cell))


def _number_of_json(cell: Cell) -> Decimal | None:
    if isinstance(cell, str):
        return None
    if isinstance(cell, bool) or not isinstance(cell, int | Decimal):
        raise BadInput("NUMBER_INVALID", f"“{cell}” không phải là số. Hãy ghi số, ví dụ 99.44.")
    return Decimal(cell)


def _number_as_written(written: str) -> Decimal:
    if _PLAIN.fullmatch(written) or (_POINT.fullmatch(written) and not _GROUPED.fullmatch(written)):
        return Decimal(written)
    if _GROUPED.fullmatch(written):
        return Decimal(written.replace(".", ""))
    with_comma = _COMMA.fullmatch(written)
    if with_comma is None:
        raise BadInput(
            "NUMBER_INVALID", f"“{written}” không phải là số. Hãy ghi như 1158663 hoặc 1.158.663 hoặc 99,44."
        )
    whole, fraction = with_comma.groups()
    if len(fraction) == 3 and _FEW_DIGITS.fullmatch(whole):
        raise _ambiguous(written)
    return Decimal(f"{whole.replace('.', '')}.{fraction}")


def _ambiguous(written: str) -> BadInput:
    digits = written.replace(".", "").replace(",", "")
    decimal = written.replace(".", ",").rstrip("0").rstrip(",")
    certain = f"{decimal}0" if len(decimal.partition(",")[2]) == 3 else decimal
    return BadInput(
        "NUMBER_AMBIGUOUS", f"“{written}” có thể là {digits} hoặc {decimal}. Hãy ghi {digits} hoặc {certain} cho rõ."
    )


def _invalid(cell: Cell, what: str) -> BadInput:
    return BadInput("CELL_INVALID", f"“{cell}” {what}. Hãy sửa ô này.")
