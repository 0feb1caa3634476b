"""Logins that look alike: in a list, a note or the log one person could be taken for another."""

from __future__ import annotations

import unicodedata
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import spelling
from dean06_core.errors import BadInput

_SIGNS: Final = frozenset("0123456789.-_@+")
_SHAPES: Final = str.maketrans({"0": "o", "1": "l"})
"""The figures that pass for letters in most typefaces (Unicode UTS #39, within one script)."""


def is_of_one_script(login: str) -> bool:
    """Whether it is written in Latin letters, with Vietnamese marks or without, ASCII digits and ``. - _ @ +``."""
    return all(sign in _SIGNS or unicodedata.name(sign, "").startswith("LATIN SMALL LETTER") for sign in login)


def skeleton(login: str) -> str:
    """What is left of a stored login without what eyes miss: two logins with one skeleton look alike."""
    return spelling.fold(login).translate(_SHAPES)


async def refuse(session: AsyncSession, login: str, *, among: sa.Select[Any]) -> None:
    """LOGIN_LIKE_ANOTHER where a login, as it is stored, looks like another one; it reads them all."""
    mine = skeleton(login)
    for other in await session.scalars(among):
        if other != login and skeleton(other) == mine:
            raise BadInput(
                "LOGIN_LIKE_ANOTHER",
                f"Tên đăng nhập “{login}” nhìn giống “{other}” đã có, dễ nhầm người. "
                "Hãy chọn tên khác hẳn, ví dụ thêm tên đơn vị.",
                field=("login",),
            )
