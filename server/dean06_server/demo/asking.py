"""Three people ask the demonstration over real HTTP, each with an account of his own."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import uvicorn
from rich.console import Console
from starlette.types import ASGIApp

from dean06_core.errors import StartUpError
from dean06_server.demo import tables
from dean06_server.demo.questions import COMMUNE, MONTH, NEIGHBOUR, ON, PROVINCE, Caller


async def ask(site: ASGIApp, password: str, console: Console) -> None:
    """Serve the site on a free port of this machine only, ask it, print the answers and stop serving."""
    async with _served(site) as address, httpx2.AsyncClient(base_url=address, trust_env=False) as client:
        await _ask_as_sector(await Caller.sign_in(client, "health", password), console)
        await _ask_as_secretariat(await Caller.sign_in(client, "secretariat", password), console)
        await _ask_as_commune(await Caller.sign_in(client, "commune.18823", password), console)


async def _ask_as_sector(health: Caller, console: Console) -> None:
    console.rule("health: phần của một ngành")
    answer = await health.ask("sector_figures", province=PROVINCE, month=MONTH)
    console.print(tables.figures(f"Ngành {answer['sectors'][0]['name']}, tháng {MONTH}", answer["observations"]))
    console.print("Ngành khác như không tồn tại:")
    for name, variables in (
        ("other_sector_field", {}),
        ("indicator", {"code": "justice.criminal_record_vneid_rate"}),
        ("indicator", {"code": "justice.khong_co_that"}),
    ):
        refused = await health.ask_for_anything(name, **variables)
        console.print("  ", refused["errors"][0]["message"], markup=False)


async def _ask_as_secretariat(secretariat: Caller, console: Console) -> None:
    console.rule("secretariat: toàn tỉnh, mọi ngành")
    answer = await secretariat.ask("figures_of_all_sectors", province=PROVINCE, month=MONTH)
    console.print(tables.figures(f"Số liệu tháng {MONTH} của tỉnh", answer["observations"]))
    for each in (await secretariat.ask("below_target", month=MONTH))["belowTarget"]:
        console.print(tables.below_target(each))
    tasks = await secretariat.ask("tasks", on=ON.isoformat())
    console.print(tables.task_cells(tasks["taskSummary"], ON))
    overdue, without_deadline = (
        [edge["node"] for edge in tasks[name]["edges"]] for name in ("overdue", "withoutDeadline")
    )
    console.print(tables.overdue_tasks(overdue, without_deadline))


async def _ask_as_commune(commune: Caller, console: Console) -> None:
    console.rule("commune.18823: một xã chỉ thấy phần của mình")
    answer = await commune.ask("commune", commune=COMMUNE, neighbour=NEIGHBOUR, month=MONTH, on=ON.isoformat())
    seen = ", ".join(f"{edge['node']['name']} ({edge['node']['code']})" for edge in answer["units"]["edges"])
    console.print(f"Đơn vị thấy được: {seen}. Xã khác ({NEIGHBOUR}): {answer['neighbour']}")
    console.print(tables.figures(answer["unit"]["name"], answer["unit"]["indicators"]))


@asynccontextmanager
async def _served(site: ASGIApp) -> AsyncIterator[str]:
    """The address at which a site answers while the block lasts."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(site, log_level="warning", access_log=False, server_header=False))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        while not server.started:
            if serving.done():
                raise StartUpError("The server for the questions did not start; its log says why.")
            await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving
