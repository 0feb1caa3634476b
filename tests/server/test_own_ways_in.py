"""On the console: whoever owes a password or a second factor gives that first, and then does what is his."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Iterator

import pytest
from click.testing import CliRunner, Result
from passlib.totp import TOTP

from dean06_auth import accounts, roles
from dean06_core.database import Address
from dean06_core.directory import Directory
from dean06_server import clock
from dean06_server.cli import main
from dean06_server.installation import Installation
from tests.server.conftest import NOON, Hands, tell
from tests.server.hiring import PASSWORD, hired
from tests.server.typists import typing_in, watch_keys

NEW = "Ruộng-bậc-thang-7"
IDLE = ("idle", "--by")


@pytest.fixture(autouse=True)
def province(installation: Installation, address: Address, monkeypatch: pytest.MonkeyPatch, hands: Hands) -> None:
    """A head whose password somebody else chose, and an administrator without a device."""
    asyncio.run(_fill(installation, address))
    tell(monkeypatch, address)
    monkeypatch.setattr(clock, "now", hands)
    monkeypatch.setattr(Installation, "found", lambda: installation)


def run(*arguments: str, typed: Iterable[str] = (PASSWORD,)) -> Result:
    return CliRunner().invoke(main, ["account", *arguments], input=typing_in(typed))


def test_a_password_that_was_handed_over_is_changed_before_anything_else() -> None:
    refused = run(*IDLE, "head")
    assert (refused.exit_code, "dean06 account password head" in refused.stderr) == (1, True)
    assert "đã đổi mật khẩu" in run("password", "head", typed=(PASSWORD, NEW, NEW)).stdout
    assert run(*IDLE, "head", typed=(NEW,)).exit_code == 0
    assert "Không đăng nhập được" in run(*IDLE, "head").stderr


@pytest.mark.parametrize(("new", "why"), [("ngắn-7A", "14"), (PASSWORD, "")])
def test_one_that_breaks_a_rule_changes_nothing(new: str, why: str) -> None:
    refused = run("password", "head", typed=(PASSWORD, new, new))
    assert (refused.exit_code, why in refused.stderr) == (1, True)
    assert "dean06 account password head" in run(*IDLE, "head").stderr


def test_nobody_changes_a_password_that_he_does_not_know() -> None:
    refused = run("password", "head", typed=("đoán mò", NEW, NEW))
    assert (refused.exit_code, "Không đăng nhập được" in refused.stderr) == (1, True)


@pytest.mark.usefixtures("secrets_key")
def test_a_role_that_needs_a_second_factor_takes_a_device_into_use_first(
    monkeypatch: pytest.MonkeyPatch, hands: Hands
) -> None:
    assert "dean06 account second-factor admin" in run(*IDLE, "admin").stderr
    shown = list[str]()
    watch_keys(monkeypatch, shown)

    def typed() -> Iterator[str]:
        yield PASSWORD
        yield TOTP(shown[-1]).generate(hands.at).token

    done = run("second-factor", "admin", typed=typed())
    codes = re.findall(r"^\S+$", done.stdout, re.MULTILINE)
    assert (done.exit_code, len(codes)) == (0, 10)
    assert run(*IDLE, "admin", typed=(PASSWORD, codes[0])).exit_code == 0
    assert run(*IDLE, "admin", typed=(PASSWORD, codes[0])).exit_code == 1, "a recovery code opens once"
    assert run(*IDLE, "admin", typed=(PASSWORD, "000000")).exit_code == 1


@pytest.mark.usefixtures("secrets_key")
def test_a_wrong_code_takes_no_device_into_use() -> None:
    refused = run("second-factor", "admin", typed=(PASSWORD, "000000"))
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "dean06 account second-factor admin" in run(*IDLE, "admin").stderr


def test_without_a_key_for_secrets_the_operator_is_told_which() -> None:
    assert "DEAN06_SECRETS_KEY" in run("second-factor", "admin").stderr


async def _fill(installation: Installation, address: Address) -> None:
    database = installation.database(address)
    async with database.service() as session:
        whole = (await Directory.load(session)).named("42", NOON.date()).key
        await hired(session, "admin", roles.ADMINISTRATOR, unit=whole, now=NOON)
        head = await hired(session, "head", roles.UNIT_HEAD, unit=whole, now=NOON)
        credential = await session.get_one(accounts.AccountCredential, head.id)
        credential.change_required = True
    await database.close()
