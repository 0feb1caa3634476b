"""The questions that people ask of the programme, as GraphQL documents, and how the demonstration asks them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

import httpx2

from dean06_core.errors import StartUpError

ON: Final = date(2025, 7, 28)
"""The day of the report that the demonstration's figures are from."""

MONTH: Final = "2025-07"
PROVINCE: Final = "42"
COMMUNE: Final = "18823"
NEIGHBOUR: Final = "18844"

_HERE: Final = Path(__file__).parent


def document(name: str) -> str:
    """The text of one question."""
    return (_HERE / f"{name}.graphql").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who is signed in over HTTP."""

    client: httpx2.AsyncClient
    token: str = field(repr=False)

    @staticmethod
    async def sign_in(client: httpx2.AsyncClient, login: str, password: str) -> Caller:
        variables = {"login": login, "password": password}
        answered = (await _post(client, {"query": document("sign_in"), "variables": variables}, {}))["data"]["signIn"]
        if answered["errors"]:
            raise StartUpError(f"'{login}' cannot sign in: {answered['errors']}")
        return Caller(client, answered["token"])

    async def ask(self, name: str, **variables: Any) -> dict[str, Any]:
        """The data of an answer that has no errors."""
        answered = await self.ask_for_anything(name, **variables)
        if "errors" in answered:
            raise StartUpError(f"The question '{name}' was answered with: {answered['errors']}")
        data: dict[str, Any] = answered["data"]
        return data

    async def ask_for_anything(self, name: str, **variables: Any) -> dict[str, Any]:
        """The whole answer, errors and all."""
        body = {"query": document(name), "variables": variables}
        return await _post(self.client, body, {"Authorization": f"Bearer {self.token}"})


async def _post(client: httpx2.AsyncClient, body: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
    answered: dict[str, Any] = (await client.post("/graphql", json=body, headers=headers)).json()
    return answered
