"""What keeps a log of the embedded database as it is: triggers in the file, on every connection, for services too.

Whoever may write the file may also drop them; what was changed then is found by
verifying.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dean06_core.access import Appended


def log_triggers(table: str, appended: Appended, columns: Mapping[str, bool]) -> Iterator[str]:
    """Statements that drop the triggers of a table and make them again; they stand in the file as they are here.

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


def _is_no_numbering(number: str, columns: Mapping[str, bool]) -> str:
    """Anything but giving its number to a row that has none."""
    same = " and ".join(f'new."{name}" is old."{name}"' for name in columns if name != number)
    return f'not (old."{number}" is null and new."{number}" is not null and {same})'
