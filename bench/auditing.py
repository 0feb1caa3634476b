"""What the audit log costs: sixteen writers on a PostgreSQL server, a transaction at a time, in turns with and without.

A plain insert is one row as long as an event. It is held against the event alone,
and a change of one row against the same change with its event; meanwhile a
sealer gives places and signs, as in the server. Then all that was written is
verified, beside a plain scan of the same rows, each as one text that is hashed.
The server that is started for it does not wait for its disk.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

import psycopg
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import audit, migrating
from dean06_core.audit import Event, events
from dean06_core.audit.sealing import Sealer
from dean06_core.audit.verifying import verify
from dean06_core.database import Address, Database
from dean06_core.records import declared_access, new_id, records_of
from dean06_core.testing import servers

WRITERS: Final = 16
SECONDS: Final = 3.0
LEAST_RATIO: Final = 0.8
LEAST_WRITTEN: Final = 3_000
LEAST_VERIFIED: Final = 200_000
LEAST_BESIDE_SCAN: Final = 0.8
SCANNED_AT_ONCE: Final = 10_000
EVENTS: Final = 100_000

_PLAIN: Final = sa.table("bench_plain", sa.column("id", sa.Uuid()), sa.column("body", sa.Text()))
_BODY: Final = "x" * 300
"""About what an event's columns hold together."""

Work = Callable[[AsyncSession, int], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Rate:
    """Transactions a second of all writers together, and what the slowest hundredth took, in milliseconds."""

    per_second: float
    p99: float


@dataclass(slots=True)
class Measured:
    """By kind of transaction, a rate a round; each round has all kinds one after the other."""

    rates: dict[str, list[Rate]] = field(default_factory=dict)
    verified: int = 0
    verified_per_second: list[float] = field(default_factory=list)
    scanned_per_second: list[float] = field(default_factory=list)
    is_intact: bool = False

    def per_second(self, kind: str) -> float:
        return statistics.median(rate.per_second for rate in self.rates[kind])

    def p99(self, kind: str) -> float:
        return statistics.median(rate.p99 for rate in self.rates[kind])

    def ratio(self, kind: str, beside: str) -> float:
        pairs = zip(self.rates[kind], self.rates[beside], strict=True)
        return statistics.median(one.per_second / other.per_second for one, other in pairs)

    @property
    def verifying(self) -> tuple[float, float]:
        """Events verified a second, and how many that is of those scanned; medians of the rounds."""
        pairs = zip(self.verified_per_second, self.scanned_per_second, strict=True)
        return statistics.median(self.verified_per_second), statistics.median(one / other for one, other in pairs)

    @property
    def faults(self) -> list[str]:
        found = []
        ratio, written = self.ratio("an event", "a plain insert"), self.per_second("an event")
        if ratio < LEAST_RATIO and written < LEAST_WRITTEN:
            found.append(f"{written:,.0f} events/s are {ratio:.2f} of plain inserts; {LEAST_RATIO} is asked for")
        verified, of_scan = self.verifying
        if verified < LEAST_VERIFIED and of_scan < LEAST_BESIDE_SCAN:
            found.append(
                f"{verified:,.0f} events/s verified, {of_scan:.2f} of a scan; {LEAST_BESIDE_SCAN} is asked for"
            )
        if not self.is_intact:
            found.append("what was written is not intact")
        return found


async def _plain(session: AsyncSession, _: int) -> None:
    await session.execute(sa.insert(_PLAIN), [{"id": new_id(), "body": _BODY}])


async def _event(session: AsyncSession, number: int) -> None:
    await audit.record(session, event(number))


async def _change_with_event(session: AsyncSession, number: int) -> None:
    await _plain(session, number)
    await _event(session, number)


KINDS: Final[Mapping[str, Work]] = {
    "a plain insert": _plain,
    "an event": _event,
    "a change": _plain,
    "a change with its event": _change_with_event,
}


def event(number: int) -> Event:
    """As an officer's entering figures makes one."""
    return Event(
        action="figure_entries.enter",
        at=datetime(2025, 7, 28, 2, tzinfo=UTC),
        account=_ACCOUNT,
        login=f"officer{number % 900:05d}",
        role="officer",
        unit=number % 264,
        unit_name="Ủy ban nhân dân xã Thử",
        details={"entries": 12, "grants": [str(_GRANT)], "period": "2025-07"},
    )


_ACCOUNT: Final = new_id()
_GRANT: Final = new_id()


@contextmanager
def served() -> Iterator[Address]:
    """An empty database on a server that is started here or named by DEAN06_TEST_POSTGRES_URL."""
    with servers.started() as superuser:
        logins = servers.Logins(superuser)
        try:
            yield logins.make("audit")
        finally:
            logins.leave()


async def measure(address: Address, *, rounds: int, seconds: float = SECONDS, count: int = EVENTS) -> Measured:
    database = Database(address, declared_access(records_of("dean06_core")), readers=WRITERS + 2)
    measured = Measured({kind: [] for kind in KINDS})
    try:
        await migrating.upgrade(database, [migrating.CORE])
        async with database.owner.begin() as owner:
            await owner.execute(sa.text("create table bench_plain (id uuid primary key, body text not null)"))
            await owner.execute(sa.text(f'grant insert on bench_plain to "{_services(database)}"'))
        sealer = Sealer(database, Ed25519PrivateKey.generate())
        for _ in range(rounds):
            for kind, work in KINDS.items():
                measured.rates[kind].append(await _rate(database, sealer, work, seconds))
        await _fill(database, sealer, count)
        with psycopg.connect(address.owner or "", autocommit=True) as owned:
            owned.execute("vacuum analyze audit_event")
        for _ in range(rounds):
            await _verify(database, sealer, measured)
    finally:
        await database.close()
    return measured


async def _rate(database: Database, sealer: Sealer, work: Work, seconds: float) -> Rate:
    took: list[float] = []
    until = time.perf_counter() + seconds

    async def write(writer: int) -> None:
        number = writer
        while (began := time.perf_counter()) < until:
            async with database.service(in_turn=False) as session:
                await work(session, number)
            took.append(time.perf_counter() - began)
            number += WRITERS

    async def seal() -> None:
        while time.perf_counter() < until:
            if not await sealer.seal():
                await asyncio.sleep(min(1.0, max(0.0, until - time.perf_counter())))
            await sealer.sign(datetime.now(UTC))

    began = time.perf_counter()
    await asyncio.gather(seal(), *(write(writer) for writer in range(WRITERS)))
    lasted = time.perf_counter() - began
    while await sealer.seal():
        pass
    return Rate(len(took) / lasted, sorted(took)[int(len(took) * 0.99)] * 1000)


async def _fill(database: Database, sealer: Sealer, count: int) -> None:
    for first in range(0, count, 1000):
        async with database.service(in_turn=False) as session:
            await events.record_all(session, [event(first + at) for at in range(min(1000, count - first))])
        await sealer.seal()
    await sealer.finish(datetime.now(UTC))


async def _verify(database: Database, sealer: Sealer, measured: Measured) -> None:
    assert sealer.key is not None  # noqa: S101  given above
    async with database.service_reading() as session:
        began = time.perf_counter()
        verdict = await verify(session, key=sealer.key.public_key())
        lasted = time.perf_counter() - began
    measured.verified, measured.is_intact = verdict.sealed, verdict.is_intact
    measured.verified_per_second.append(verdict.sealed / lasted)
    measured.scanned_per_second.append(await _scanned(database, verdict.sealed))


async def _scanned(database: Database, count: int) -> float:
    """Rows a second that are fetched as text and hashed, and nothing else."""
    rows = sa.text("select cast(e as text) from audit_event e where seq >= :first and seq < :behind order by seq")
    async with database.service_reading() as session:
        began = time.perf_counter()
        for first in range(0, count, SCANNED_AT_ONCE):
            found = await session.execute(rows, {"first": first, "behind": first + SCANNED_AT_ONCE})
            for (row,) in found:
                sha256(row.encode()).digest()
        return count / (time.perf_counter() - began)


def _services(database: Database) -> str:
    return str(database.services.url.username)


def tell(measured: Measured) -> None:
    print(f"{WRITERS} writers on PostgreSQL\n{'':28}{'a second':>12}{'p99, ms':>12}")
    for kind in KINDS:
        print(f"{kind:28}{measured.per_second(kind):>12,.0f}{measured.p99(kind):>12.1f}")
    for kind, beside in (("an event", "a plain insert"), ("a change with its event", "a change")):
        print(f"{kind} beside {beside}: {measured.ratio(kind, beside):.2f}")
    verified, ratio = measured.verifying
    least = f"{LEAST_VERIFIED:,} a second or {LEAST_BESIDE_SCAN} of it are asked for"
    print(f"{measured.verified:,} events verified, {verified:,.0f} a second; beside a scan: {ratio:.2f} ({least})")
