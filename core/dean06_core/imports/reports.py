"""What an import did, or why it did nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

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
    ``directory`` or ``catalogue``.
    """

    noun: str
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    errors: tuple[RowError, ...] = ()
    dry_run: bool = False
    changed: frozenset[str] = frozenset()


class Errors:
    """Gathers what is wrong with rows, the first 200 of it."""

    def __init__(self) -> None:
        self._found: dict[tuple[int, str, str], RowError] = {}

    def add(self, row: int, field: str, code: str, message: str) -> None:
        if not self.is_full:
            self._found.setdefault((row, field, code), RowError(row, field, code, message))

    @property
    def is_full(self) -> bool:
        return len(self._found) >= MOST_ERRORS

    @property
    def found(self) -> tuple[RowError, ...]:
        return tuple(sorted(self._found.values(), key=lambda error: error.row))

    def __len__(self) -> int:
        return len(self._found)
