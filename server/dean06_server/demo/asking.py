"""Three people ask the demonstration over real HTTP, each with an account of his own."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

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
    console.rule("health: một ngành hỏi phần của mình")
    answer = await health.ask("sector_figures", province=PROVINCE, month=MONTH)
    console.print(tables.figures(f"Ngành {answer['sectors'][0]['name']}, kỳ {MONTH}", answer["observations"]))
    console.print("\nNgành khác thì như không tồn tại, dù mã có thật hay không:")
    for name, variables in (
        ("other_sector_field", {}),
        ("indicator", {"code": "justice.criminal_record_vneid_rate"}),
        ("indicator", {"code": "justice.khong_co_that"}),
    ):
        refused = await health.ask_for_anything(name, **variables)
        console.print("-", refused["errors"][0]["message"], markup=False)


async def _ask_as_secretariat(secretariat: Caller, console: Console) -> None:
    console.rule("secretariat: cơ quan thường trực hỏi mọi ngành")
    answer = await secretariat.ask("figures_of_all_sectors", province=PROVINCE, month=MONTH)
    console.print(tables.figures(f"Số liệu của tỉnh, kỳ {MONTH}", [*answer["observations"], *answer["byTier"]]))
    title = f"Báo cáo tháng {MONTH[5:]}/{MONTH[:4]} theo từng mục: số đã in và số trả lời"
    console.print(tables.by_section(title, [*answer["observations"], *answer["byTier"]]))
    for each in (await secretariat.ask("below_target", month=MONTH))["belowTarget"]:
        console.print(tables.below_target(each))
    tasks = await secretariat.ask("tasks", on=ON.isoformat())
    console.print(tables.task_cells(tasks["taskSummary"], ON))
    console.print(tables.overdue_tasks(_nodes(tasks["overdue"]), _nodes(tasks["withoutDeadline"])))
    repeated = [task for task in _nodes(tasks["tasks"]) if len(task["mentions"]) > 1]
    listed = ", ".join(task["code"] for task in repeated)
    console.print(f"{len(repeated)} nhiệm vụ được nhắc lại ở mục khác và vẫn chỉ đếm một lần: {listed}")


async def _ask_as_commune(commune: Caller, console: Console) -> None:
    console.rule("commune.18823: một xã chỉ thấy phần của mình")
    answer = await commune.ask("commune", commune=COMMUNE, neighbour=NEIGHBOUR, month=MONTH, on=ON.isoformat())
    seen = ", ".join(f"{unit['name']} ({unit['code']})" for unit in _nodes(answer["units"]))
    neighbour = "không có" if answer["neighbour"] is None else answer["neighbour"]["name"]
    console.print(f"Đơn vị thấy được: {seen}. Xã bên cạnh ({NEIGHBOUR}): {neighbour}.")
    console.print(tables.figures(answer["unit"]["name"], answer["unit"]["indicators"]))


def _nodes(connection: dict[str, Any]) -> list[dict[str, Any]]:
    return [edge["node"] for edge in connection["edges"]]


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
