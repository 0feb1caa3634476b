"""What others notice while somebody guesses passwords: the demonstration served over HTTP, in turns quiet and flooded.

Officials go on asking one question each at a steady pace. Beside them ``guessing``
sends two hundred sign-ins a second that fail.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import httpx2

from bench.guessing import FAILURES, SIGN_IN
from dean06_core.database import Address
from dean06_server import demo
from dean06_server.installation import Installation

MOST: Final = 2.0
"""How many times the slowest hundredth of others' answers may take."""
OFFICIALS: Final = ("secretariat", "health", "tax", "justice", "social-insurance", "commune.18823")
PACE: Final = 0.25
"""Seconds from one question of an official to his next."""
SECONDS: Final = 6.0
PATIENCE: Final = 60.0

_QUESTION: Final = "{ me { login unit { code name } } units(first: 5) { edges { node { code name } } } }"


@dataclass(frozen=True, slots=True)
class Turn:
    """What officials waited, in milliseconds, and what became of the sign-ins beside them, by code."""

    p50: float
    p99: float
    asked: int
    failed: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Measured:
    """Each round has a quiet turn and a flooded one."""

    rounds: list[tuple[Turn, Turn]]

    @property
    def ratio(self) -> float:
        return statistics.median(flooded.p99 / quiet.p99 for quiet, flooded in self.rounds)

    @property
    def faults(self) -> list[str]:
        return [] if self.ratio <= MOST else [f"others wait {self.ratio:.1f} times as long; {MOST:.0f} is allowed"]


@contextmanager
def served() -> Iterator[tuple[str, str]]:
    """Where a demonstration answers, in a process of its own until the block ends, and its accounts' password."""
    with TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as listening:
        path, port = Path(folder) / "demo.db", listening.getsockname()[1]
        listening.close()
        password = asyncio.run(_made(path))
        serving = subprocess.Popen(  # noqa: S603  our own command
            [Path(sys.executable).with_name("dean06"), "serve"],
            env={**os.environ, "DEAN06_DATABASE_URL": f"sqlite:///{path}", "DEAN06_PORT": str(port)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield f"http://127.0.0.1:{port}", password
        finally:
            serving.terminate()
            serving.wait(PATIENCE)


async def _made(path: Path) -> str:
    installation = Installation.found()
    database = installation.database(Address(f"sqlite:///{path}"))
    try:
        return (await demo.make(installation, database, now=datetime.now(UTC))).password
    finally:
        await database.close()


async def measure(url: str, password: str, *, rounds: int, seconds: float = SECONDS) -> Measured:
    async with httpx2.AsyncClient(base_url=url, trust_env=False, timeout=PATIENCE) as client:
        await _is_ready(client)
        tokens = [await _signed_in(client, login, password) for login in OFFICIALS]
        await asyncio.gather(*(_ask(client, token) for token in tokens * 2))
        await _turn(client, tokens, seconds / 3)
        turns = []
        for _ in range(rounds):
            quiet = await _turn(client, tokens, seconds)
            async with _flood(url, seconds) as failed:
                turns.append((quiet, await _turn(client, tokens, seconds)))
            turns[-1][1].failed.update(failed)
        return Measured(turns)


async def _turn(client: httpx2.AsyncClient, tokens: list[str], seconds: float) -> Turn:
    took: list[float] = []

    async def ask(token: str, begins: float) -> None:
        at, until = begins, time.perf_counter() + seconds
        while at < until:
            await asyncio.sleep(max(0.0, at - time.perf_counter()))
            began = time.perf_counter()
            await _ask(client, token)
            took.append(time.perf_counter() - began)
            at += PACE

    now = time.perf_counter()
    await asyncio.gather(*(ask(token, now + PACE * each / len(tokens)) for each, token in enumerate(tokens)))
    in_order = sorted(took)
    p50, p99 = (1000 * in_order[int(len(took) * part)] for part in (0.5, 0.99))
    return Turn(p50, p99, asked=len(took))


async def _ask(client: httpx2.AsyncClient, token: str) -> None:
    answered = await client.post("/graphql", json={"query": _QUESTION}, headers={"Authorization": f"Bearer {token}"})
    if "errors" in answered.json():
        raise RuntimeError(f"An official was not answered: {answered.text[:300]}")


@asynccontextmanager
async def _flood(url: str, seconds: float) -> AsyncIterator[Counter[str]]:
    """Sent by a process of its own; the counter is full when the block is over."""
    failed: Counter[str] = Counter()
    flooding = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.guessing", url, str(seconds), stdout=asyncio.subprocess.PIPE
    )
    try:
        yield failed
        told, _ = await asyncio.wait_for(flooding.communicate(), PATIENCE)
        failed.update(json.loads(told))
    finally:
        if flooding.returncode is None:
            flooding.kill()
            await flooding.wait()


async def _is_ready(client: httpx2.AsyncClient) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            (await client.get("/readyz")).raise_for_status()
        except httpx2.HTTPError:
            await asyncio.sleep(0.1)
        else:
            return
    raise RuntimeError("The server did not start.")


async def _signed_in(client: httpx2.AsyncClient, login: str, password: str) -> str:
    answered = await client.post(
        "/graphql", json={"query": SIGN_IN, "variables": {"login": login, "password": password}}
    )
    token: str = answered.json()["data"]["signIn"]["token"]
    return token


def tell(measured: Measured) -> None:
    print(f"{len(OFFICIALS)} officials, a question each {PACE * 1000:.0f} ms; beside them {FAILURES} sign-ins a second")
    print(f"{'':10}{'asked':>8}{'p50, ms':>10}{'p99, ms':>10}")
    for quiet, flooded in measured.rounds:
        for name, turn in (("quiet", quiet), ("flooded", flooded)):
            beside = ", ".join(f"{count:,} {code}" for code, count in turn.failed.most_common())
            print(f"{name:10}{turn.asked:>8,}{turn.p50:>10.1f}{turn.p99:>10.1f}  {beside}")
    print(f"p99 flooded beside quiet, median of the rounds: {measured.ratio:.2f}")
