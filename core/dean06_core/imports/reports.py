"""What an import did, or why it did nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from dean06_core.outcomes import Refused

MOST_ERRORS: Final = 200


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong in one row: ``row`` as the file counts, ``field`` the column, or a path inside its cell."""

    row: int
    field: str
    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """How many rows were new, changed something, or were known already. With an error nothing was written.

    ``changed`` names the reference data that the caller has to load again:
    ``directory`` or ``catalogue``. ``units`` are the keys of those whose records
    changed and ``since`` the earliest day that these name, so that the figures
    can be computed again.
    """

    noun: str
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    errors: tuple[RowError, ...] = ()
    dry_run: bool = False
    changed: frozenset[str] = frozenset()
    units: frozenset[int] = frozenset()
    since: date | None = None


class Errors:
    """Gathers what is wrong with the rows of a file that has these columns; the first 200 of it."""

    def __init__(self, columns: frozenset[str]) -> None:
        self.columns = columns
        self._found: list[RowError] = []
        self._told: set[tuple[str, str]] = set()

    def add(self, row: int, field: str, code: str, message: str) -> None:
        if not self.is_full:
            self._found.append(RowError(row, field, code, message))

    def add_once(self, row: int, field: str, code: str, message: str) -> None:
        """As ``add``, for what every other row of the file has as well."""
        if (field, code) not in self._told:
            self._told.add((field, code))
            self.add(row, field, code, message)

    def add_refused(self, refused: Refused, rows: Sequence[int]) -> None:
        """What was wrong with the entries that came of these rows."""
        for refusal in refused.refusals:
            place, *field = refusal.field
            self.add(rows[int(place)], ".".join(field), refusal.code, refusal.message)

    @property
    def is_full(self) -> bool:
        return len(self._found) >= MOST_ERRORS

    @property
    def in_order(self) -> tuple[RowError, ...]:
        return tuple(sorted(self._found, key=lambda error: error.row))
