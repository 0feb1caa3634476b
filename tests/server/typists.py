"""Somebody at the console, who types a line when he is asked for it."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import IO, Any, cast

import pytest

from dean06_auth.second_factors import Enrolment
from dean06_server.commands import own_ways_in


def typing_in(lines: Iterable[str]) -> IO[bytes]:
    """What a command is given for its standard input; a line may depend on what was shown before it."""
    return cast(IO[bytes], _Typist(iter(lines)))


def watch_keys(monkeypatch: pytest.MonkeyPatch, keys: list[str]) -> None:
    """Note the keys of devices as they are shown."""
    show = own_ways_in._show

    def watched(enrolment: Enrolment) -> None:
        show(enrolment)
        keys.append(enrolment.key)

    monkeypatch.setattr(own_ways_in, "_show", watched)


class _Typist(io.RawIOBase):
    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        line = f"{next(self._lines)}\n".encode() if len(into) else b""
        into[: len(line)] = line
        return len(line)
