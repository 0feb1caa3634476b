"""What is wrong with a plugin, told as sentences: an author reads these and no traceback."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest

from dean06_core.errors import StartUpError

_MOST_TOLD: Final = 5


def tell(*faults: str) -> None:
    """Fail with these sentences, the first of them if they are many; with none the promise is kept."""
    if faults:
        more = [f"... and {len(faults) - _MOST_TOLD} more."] if len(faults) > _MOST_TOLD else []
        pytest.fail("\n".join([*faults[:_MOST_TOLD], *more]), pytrace=False)


def refusals(ask: Callable[[], object]) -> list[str]:
    """Why an installation would not start that asks so; nothing if it would."""
    try:
        ask()
    except StartUpError as error:
        return [str(error)]
    return []
