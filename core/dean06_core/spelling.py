"""How Vietnamese names are compared, searched and sorted without ICU.

Source of the order of letters and tones: CLDR collation ``vi``. Tones decide
only between words whose letters are equal.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_LETTERS: Final = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_LETTER_RANK: Final = {letter: rank for rank, letter in enumerate(_LETTERS, start=100)}
_TONES: Final = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
_SHAPES: Final = {"\u0302", "\u0306", "\u031b"}
_OFFICE_PREFIX: Final = re.compile(r"^(ubnd|uỷ ban nhân dân|ủy ban nhân dân)\s+", re.IGNORECASE)
_APOSTROPHES: Final = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'"})


def tidy(text: str) -> str:
    """NFC, one kind of blank, one kind of apostrophe, nothing around it."""
    return " ".join(unicodedata.normalize("NFC", text).translate(_APOSTROPHES).split())


def fold(text: str) -> str:
    """Lower-case ASCII skeleton for search: ``Đồng Lộc`` becomes ``dong loc``.

    ``đ`` has no decomposition in Unicode and is folded by hand.
    """
    decomposed = unicodedata.normalize("NFD", tidy(text).lower().replace("đ", "d"))
    return tidy("".join(letter for letter in decomposed if not unicodedata.combining(letter)))


def sort_key(text: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Order names as a Vietnamese dictionary does: letters first, tones only to break ties."""
    letters: list[int] = []
    tones: list[int] = []
    for letter in tidy(text).lower():
        base, tone = _split_tone(letter)
        letters.append(_LETTER_RANK.get(base, ord(base) if ord(base) < 100 else 1000 + ord(base)))
        tones.append(tone)
    return tuple(letters), tuple(tones)


def bare_name(text: str) -> str:
    """A unit's name as a report writes it, without the office before it and the stop behind it."""
    return _OFFICE_PREFIX.sub("", tidy(text).strip(" .;,"))


def _split_tone(letter: str) -> tuple[str, int]:
    tone, kept = 0, ""
    for mark in unicodedata.normalize("NFD", letter):
        if mark in _TONES:
            tone = _TONES[mark]
        elif not unicodedata.combining(mark) or mark in _SHAPES:
            kept += mark
    return unicodedata.normalize("NFC", kept) or letter, tone
