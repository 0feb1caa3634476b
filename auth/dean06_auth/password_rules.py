"""What a password has to be before it is kept: long, varied, not known to everybody and not made of one's own name.

The list of known passwords was put together here from patterns that people
use, in Vietnamese and English; it is no collection of leaked passwords. It
holds words, and a password made of such words with digits and marks around
them counts as known.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import cache
from importlib.resources import files
from typing import Final

from dean06_auth import passwords
from dean06_auth.profile import Profile
from dean06_core.errors import BadInput

_MOST_WORDS: Final = 3
_LOOKALIKES: Final = str.maketrans("@4031!$57", "aaoeiisst")
_FEWEST_OWN_LETTERS: Final = 4


def refuse(
    password: str, *, profile: Profile, has_second_factor: bool, own: Collection[str], field: str = "password"
) -> None:
    """PASSWORD_TOO_LONG, _SHORT, _PLAIN, _OWN or _KNOWN for a password that may not be chosen.

    ``own`` are the holder's login and name. With a second factor a password
    may be shorter and needs no mix of letters.
    """
    if passwords.is_too_long(password):
        raise _refused("TOO_LONG", f"dài quá {passwords.LONGEST} ký tự", "Hãy chọn mật khẩu ngắn hơn.", field)
    tidy = passwords.tidy(password)
    shortest = profile.shortest_password(has_second_factor=has_second_factor)
    if len(tidy) < shortest:
        raise _refused("TOO_SHORT", f"cần ít nhất {shortest} ký tự", "Hãy chọn mật khẩu dài hơn.", field)
    if not has_second_factor and _classes(tidy) < profile.password_classes:
        raise _refused(
            "TOO_PLAIN",
            f"cần {profile.password_classes} trong bốn loại: chữ thường, chữ hoa, chữ số, ký tự khác",
            "Hãy thêm loại còn thiếu.",
            field,
        )
    if _is_own(tidy, own):
        raise _refused("OF_OWN_NAME", "chứa tên đăng nhập hoặc họ tên", "Hãy chọn mật khẩu khác.", field)
    if is_known(tidy):
        raise _refused(
            "KNOWN", "thuộc loại ai cũng đoán được", "Hãy ghép vài từ không liên quan với nhau, kèm số và ký tự.", field
        )


def is_known(password: str) -> bool:
    """Whether it is nothing but well-known words, keyboard rows, repetitions, digits and marks."""
    plain = _plain(password)
    return any(_is_nothing_else(letters) for letters in (_letters(plain), _letters(plain.translate(_LOOKALIKES))))


def _is_nothing_else(letters: str) -> bool:
    """At most three known words or letters repeated, one after the other."""
    reached = {0}
    for _ in range(_MOST_WORDS + 1):
        if len(letters) in reached:
            return True
        reached = {start + length for start in reached for length in _known_at(letters, start)}
    return False


def _known_at(letters: str, start: int) -> set[int]:
    found = {
        length
        for length in range(1, min(_longest_word(), len(letters) - start) + 1)
        if letters[start : start + length] in _words()
    }
    repeated = re.match(r"(.{1,3})\1{2,}", letters[start:])
    if repeated:
        found.add(repeated.end())
    return found


def _classes(password: str) -> int:
    kinds = {
        "lower" if each.islower() else "upper" if each.isupper() else "digit" if each.isdigit() else "other"
        for each in password
    }
    return len(kinds)


def _is_own(password: str, own: Collection[str]) -> bool:
    within = _letters_and_digits(_plain(password))
    return any(
        len(name) >= _FEWEST_OWN_LETTERS and name in within
        for name in (_letters_and_digits(_plain(each)) for each in own)
    )


def _plain(text: str) -> str:
    """Without case and marks: ``Mật khẩu`` is ``mat khau``."""
    apart = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(each for each in apart if not unicodedata.combining(each))


def _letters(text: str) -> str:
    return "".join(each for each in text if each.isalpha())


def _letters_and_digits(text: str) -> str:
    return "".join(each for each in text if each.isalnum())


@cache
def _words() -> frozenset[str]:
    return frozenset((files("dean06_auth") / "data" / "known_passwords.txt").read_text(encoding="utf-8").split())


@cache
def _longest_word() -> int:
    return max(map(len, _words()))


def _refused(code: str, what: str, remedy: str, field: str) -> BadInput:
    return BadInput(f"PASSWORD_{code}", f"Mật khẩu {what}. {remedy}", field=(field,))
