"""Whether a wall leaves the plans of a question as they are: what is looked up by an index without it still is.

SQLite calls each shadowed table ``t``, so there indexes are counted, with the
columns by which they are searched. PostgreSQL keeps the statement's own names.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from enum import IntEnum
from typing import Any, Final

from bench.running import Bench, Case, Sent, driver, listening, walled_driver
from dean06_core.backends.sqlite import Sqlite

_LOOKUP: Final = re.compile(r"SEARCH (\S+) USING (?:COVERING )?((?:INDEX \S+|INTEGER PRIMARY KEY) \(.*\))")
_WHOLE: Final = re.compile(r"SCAN (\S+)(?: USING (?:COVERING )?INDEX \S+)?(?: LEFT-JOIN)?$")
_OF_THE_WALL: Final = re.compile(r"[gsup]|t_+")
"""What the wall's own conditions call the pass, and the tables in which they look units, sectors and rows above up."""


class Reading(IntEnum):
    """How a table is read, the quickest first."""

    LOOKED_UP = 0
    INDEX_WALKED = 1
    SCANNED = 2


async def turned(bench: Bench, case: Case) -> list[str]:
    """What is read in a worse way behind the wall, a sentence each."""
    with listening(bench.database) as sent:
        await bench.answer(case)
    compare = _on_sqlite if isinstance(bench.database.backend, Sqlite) else _on_postgresql
    return [f"{case}, statement {place}: {said}" for place, said in await compare(bench, case, sent)]


async def _on_sqlite(bench: Bench, case: Case, sent: list[Sent]) -> list[tuple[int, str]]:
    found = []
    with driver(bench) as plain, walled_driver(bench, case) as walled:
        for place, (statement, parameters) in enumerate(sent, start=1):
            explained = [
                [str(row[3]) for row in connection.execute(f"explain query plan {statement}", parameters)]
                for connection in (plain, walled)
            ]
            found += [(place, said) for said in compare_sqlite(*explained)]
    return found


async def _on_postgresql(bench: Bench, case: Case, sent: list[Sent]) -> list[tuple[int, str]]:
    explained: list[list[Any]] = []
    for walled in (False, True):
        async with bench.session(case, walled=walled) as session:
            connection = await session.connection()
            explained.append(
                [
                    (await connection.exec_driver_sql(f"explain (format json) {statement}", parameters)).scalar_one()
                    for statement, parameters in sent
                ]
            )
    return [
        (place, said)
        for place, (plain, walled) in enumerate(zip(*explained, strict=True), start=1)
        for said in compare_postgresql(plain[0], walled[0])
    ]


def compare_sqlite(plain: list[str], walled: list[str]) -> Iterator[str]:
    """Of the lines of two plans: the look-ups that are gone, and how many more tables are gone through."""
    lookups, kept = _lookups(plain), _lookups(walled)
    for lookup in lookups - kept:
        yield f"no longer looked up by {lookup}"
    more = _scans(walled) - _scans(plain)
    if more > 0:
        yield f"{more} more tables are gone through"


def compare_postgresql(plain: Mapping[str, Any], walled: Mapping[str, Any]) -> Iterator[str]:
    """Of two plans as EXPLAIN gives them in JSON: tables, and whether it means to compile only one of the two.

    It compiles what it takes for long work, which costs a second whatever comes of it.
    """
    if "JIT" in walled and "JIT" not in plain:
        yield f"compiled before it runs, because {walled['Plan']['Total Cost']:,.0f} is expected of it"
    before, after = _readings(plain["Plan"]), _readings(walled["Plan"])
    for (table, alias), reading in before.items():
        now = after.get((table, alias), reading)
        if now > reading:
            yield f"{table} as {alias} was {reading.name} and is {now.name}"


def _lookups(lines: list[str]) -> Counter[str]:
    found = [match for line in lines if (match := _LOOKUP.match(line))]
    return Counter(match[2] for match in found if not _OF_THE_WALL.fullmatch(match[1]))


def _scans(lines: list[str]) -> int:
    """How many tables a plan goes through; what it made itself on the way is none."""
    made = {line.split()[1] for line in lines if line.startswith(("MATERIALIZE", "CO-ROUTINE"))}
    found = [match[1] for line in lines if (match := _WHOLE.match(line))]
    return sum(name not in made and not _OF_THE_WALL.fullmatch(name) for name in found)


def _readings(plan: Mapping[str, Any]) -> dict[tuple[str, str], Reading]:
    """How each table of a plan is read, by its name and alias; the worst where it is read more than once."""
    found: dict[tuple[str, str], Reading] = {}
    for node in _nodes(plan):
        if "Relation Name" in node:
            key = node["Relation Name"], node["Alias"]
            found[key] = max(found.get(key, Reading.LOOKED_UP), _reading(node))
    return found


def _reading(node: Mapping[str, Any]) -> Reading:
    if node["Node Type"] not in {"Index Scan", "Index Only Scan", "Bitmap Heap Scan"}:
        return Reading.SCANNED
    conditions = ("Index Cond", "Recheck Cond")
    return Reading.LOOKED_UP if any(name in node for name in conditions) else Reading.INDEX_WALKED


def _nodes(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)
