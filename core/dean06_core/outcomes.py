"""What became of a list of entries: each is made, changed or left as it was, or the whole list is refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from dean06_core.errors import BadInput


class Outcome(StrEnum):
    CREATED = "CREATED"
    UPDATED = "UPDATED"
    UNCHANGED = "UNCHANGED"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many were made, changed or left. Of records also whose they are, and the earliest day that they name."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    units: frozenset[int] = frozenset()
    since: date | None = None

    @staticmethod
    def of(outcomes: Iterable[Outcome]) -> Tally:
        counts = Counter(outcomes)
        return Tally(counts[Outcome.CREATED], counts[Outcome.UPDATED], counts[Outcome.UNCHANGED])


class Refused(BadInput):
    """A list was refused. Every field path in ``refusals`` starts with the place of its entry in the list, from 0.

    To a caller who looks no further it is the first refusal alone.
    """

    def __init__(self, refusals: Sequence[BadInput]) -> None:
        first = refusals[0]
        super().__init__(first.code, first.message, field=first.field[1:])
        self.refusals = tuple(refusals)


@contextmanager
def refused_at(*field: str) -> Iterator[None]:
    """What is refused inside is told of the input at that path, whatever it was called where it was looked up."""
    try:
        yield
    except BadInput as refusal:
        raise BadInput(refusal.code, refusal.message, field=field) from None


class Refusals:
    """Gathers what is wrong with the entries of a list, so that whoever sent it hears all of it at once."""

    def __init__(self) -> None:
        self._found: list[BadInput] = []

    def add(self, place: int, refusal: BadInput) -> None:
        self._found.append(BadInput(refusal.code, refusal.message, field=(str(place), *refusal.field)))

    @contextmanager
    def of_entry(self, place: int) -> Iterator[None]:
        """What is refused inside is noted for that entry, and the next entry goes on."""
        try:
            yield
        except BadInput as refusal:
            self.add(place, refusal)

    def stop_if_any(self) -> None:
        if self._found:
            raise Refused(self._found)
