"""Whoever signs in learns who he is and what he was granted; whoever cannot is told so in the answer."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import cast

import pytest

from dean06_auth.sessions import Step
from dean06_auth.sign_ins import SignedIn
from dean06_auth.tokens import IssuedToken
from dean06_core.access import Action, DataClass, Grant
from dean06_core.errors import BadInput
from dean06_schema.own_ways_in import Gate
from tests.core.worlds import world
from tests.schema.asking import EVERYWHERE, ask, official, told
from tests.schema.orders import COMMUNE, OFFICE, PLACES

pytestmark = pytest.mark.anyio


@dataclass
class OneAccount:
    """Stands for the server's gate: one login, one password."""

    signed_out: list[bool] = field(default_factory=list)

    async def sign_in(self, login: str, password: str, second_factor: str | None) -> SignedIn:
        if (login, password) != ("lan", "đúng mật khẩu"):
            raise BadInput("SIGN_IN_FAILED", "Không đăng nhập được.")
        if second_factor is None:
            raise BadInput("SECOND_FACTOR_REQUIRED", "Hãy nhập thêm mã.", field=("secondFactor",))
        issued = IssuedToken("d06_abc", datetime(2025, 7, 28, 10, tzinfo=UTC))
        return SignedIn(issued, frozenset({Step.CHANGE_PASSWORD}))

    async def sign_out(self) -> None:
        self.signed_out.append(True)


SIGN_IN = """mutation ($password: String!, $code: String) {
    signIn(login: "lan", password: $password, secondFactor: $code) {
    token expiresAt secondFactorRequired nextSteps errors { __typename code field message } } }"""


async def test_the_right_password_is_exchanged_for_a_token(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        answer = await ask(
            here, SIGN_IN, {"password": "đúng mật khẩu", "code": "123456"}, gate=cast(Gate, OneAccount())
        )
        assert answer.data == {
            "signIn": {
                "token": "d06_abc",
                "expiresAt": "2025-07-28T10:00:00+00:00",
                "secondFactorRequired": False,
                "nextSteps": ["CHANGE_PASSWORD"],
                "errors": [],
            }
        }


async def test_a_wrong_password_is_told_in_the_payload_and_is_no_request_error(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        answer = await ask(here, SIGN_IN, {"password": "sai"}, gate=cast(Gate, OneAccount()))
        refusal = {
            "__typename": "Refusal",
            "code": "SIGN_IN_FAILED",
            "field": None,
            "message": "Không đăng nhập được.",
        }
        assert answer.errors == []
        assert answer.data == {
            "signIn": {
                "token": None,
                "expiresAt": None,
                "secondFactorRequired": False,
                "nextSteps": [],
                "errors": [refusal],
            }
        }


async def test_a_missing_second_factor_is_asked_for(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        answer = await ask(here, SIGN_IN, {"password": "đúng mật khẩu"}, gate=cast(Gate, OneAccount()))
        told = answer.data["signIn"]
        assert (told["token"], told["secondFactorRequired"]) == (None, True)
        assert [error["code"] for error in told["errors"]] == ["SECOND_FACTOR_REQUIRED"]


async def test_signing_out_ends_the_token(tmp_path: Path) -> None:
    gate = OneAccount()
    async with world(tmp_path, PLACES) as here:
        answer = await ask(here, "mutation { signOut { errors { code } } }", gate=cast(Gate, gate))
        assert (answer.data, gate.signed_out) == ({"signOut": {"errors": []}}, [True])


async def test_a_caller_learns_who_he_is_without_a_statement(tmp_path: Path) -> None:
    ended = Grant(
        "officer",
        frozenset({Action.READ}),
        frozenset({"roads"}),
        frozenset({COMMUNE}),
        frozenset({DataClass.RECORD}),
        date(2024, 1, 1),
        date(2025, 1, 1),
    )
    async with world(tmp_path, PLACES) as here:
        asked = """{ signedIn me { login name state lastUsedOn unit { code }
            grants { role starts ends dataClasses sectors { code } units { code } } } }"""
        answer = await ask(here, asked, by=replace(EVERYWHERE, grants=(*EVERYWHERE.grants, ended)))
        assert (answer.errors, answer.statements) == ([], [])
        assert answer.data == {
            "signedIn": True,
            "me": {
                "login": "lan",
                "name": "Nguyễn Thị Lan",
                "state": "ACTIVE",
                "lastUsedOn": "2025-07-28",
                "unit": {"code": "u1"},
                "grants": [
                    {
                        "role": "secretariat",
                        "starts": "2025-01-01",
                        "ends": "2026-01-01",
                        "dataClasses": ["AGGREGATE"],
                        "sectors": [{"code": "local"}, {"code": "roads"}],
                        "units": [{"code": "u1"}],
                    }
                ],
            },
        }


async def test_a_grant_names_the_top_units_of_its_scope(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        by = official(units=frozenset({OFFICE, COMMUNE}), sectors=frozenset({"roads"}))
        found = await told(here, "{ me { grants { sectors { code } units { code } } } }", by=by)
        assert found["me"]["grants"] == [{"sectors": [{"code": "roads"}], "units": [{"code": "u2"}, {"code": "u3"}]}]
