"""The questions that core asks a plugin."""

from __future__ import annotations

from typing import Final

import pluggy

from dean06_core.sectors import Sector

PROJECT: Final = "dean06"
hookspec: Final = pluggy.HookspecMarker(PROJECT)
hookimpl: Final = pluggy.HookimplMarker(PROJECT)


@hookspec
def declare_sector() -> Sector | None:
    """Describe the sector: its name, its indicators, its tables and the fields it adds.

    Called once, before the schema is assembled. Return the same value every
    time: no database, no clock, no network. Returning None adds nothing.
    """
    return None
