"""What the embedded database does by itself, on every connection, for services too: it keeps logs and counts changes.

Whoever may write the file may also drop the triggers; what was changed in a log
then is found by verifying. They stand in the file as they are here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from dean06_core.access import Appended
from dean06_core.directory_changes import TABLE

_COUNT: Final = f"update {TABLE} set number = number + 1"


def log_triggers(table: str, appended: Appended, columns: Mapping[str, bool]) -> Iterator[str]:
    """Statements that drop what keeps a log as it is and make it again.

    ``columns``: each with whether it belongs to the key.
    """
    refused = f"select raise(abort, 'Rows of {table} are added and never changed.')"
    number = appended.numbered_in
    same_key = " and ".join(f'"{name}" = new."{name}"' for name, is_key in columns.items() if is_key)
    is_there = f'exists (select 1 from "{table}" where {same_key})'  # OR REPLACE would change it
    conditions = {
        "insert": is_there if number is None else f'{is_there} or new."{number}" is not null',
        "update": "1" if number is None else _is_no_numbering(number, columns),
        "delete": "0" if appended.is_erasable else "1",
    }
    for verb, refusing in conditions.items():
        name = f'"log_{table}_{verb}"'
        yield f"drop trigger if exists {name}"
        yield f'CREATE TRIGGER {name} before {verb} on "{table}" when {refusing} begin {refused}; end'


def counting_triggers(table: str) -> Iterator[str]:
    """Statements that drop what counts the changes of a table and make it again, which counts as a change."""
    for verb in ("insert", "update", "delete"):
        name = f'"counted_{table}_{verb}"'
        yield f"drop trigger if exists {name}"
        yield f'CREATE TRIGGER {name} after {verb} on "{table}" begin {_COUNT}; end'
    yield _COUNT


def _is_no_numbering(number: str, columns: Mapping[str, bool]) -> str:
    """Anything but giving its number to a row that has none."""
    same = " and ".join(f'new."{name}" is old."{name}"' for name in columns if name != number)
    return f'not (old."{number}" is null and new."{number}" is not null and {same})'
