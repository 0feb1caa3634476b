"""The counts by hand that a plugin ships, with which the contract compares its resolvers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType, ModuleType
from typing import Final

from dean06_core.by_hand import ByHand, Samples

_NO_SAMPLES: Final[Samples] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class HandCounts:
    """``BY_HAND`` and ``SAMPLES`` of the module ``by_hand`` in the package of a plugin; ``counts`` None without one."""

    module: str
    counts: Mapping[str, ByHand] | None
    samples: Samples

    @staticmethod
    def of(plugin: ModuleType) -> HandCounts:
        name = f"{plugin.__package__ or plugin.__name__}.by_hand"
        try:
            module = import_module(name)
        except ModuleNotFoundError as error:
            if error.name != name:
                raise
            return HandCounts(name, None, _NO_SAMPLES)
        return HandCounts(name, getattr(module, "BY_HAND", None), getattr(module, "SAMPLES", _NO_SAMPLES))

    def faults(self, resolvers: Collection[str]) -> list[str]:
        """Which of the indicators that have a resolver nobody could compare, and what is counted for nothing."""
        if resolvers and self.counts is None:
            return [
                f"The resolvers cannot be compared, there is no '{self.module}' with BY_HAND. "
                f"Write there by indicator code how each would be counted by hand."
            ]
        counted = set(self.counts or ())
        return [
            *(
                f"'{code}' has a resolver and no count by hand. Add it to BY_HAND of '{self.module}'."
                for code in sorted(set(resolvers) - counted)
            ),
            *(
                f"'{code}' is counted by hand and has no resolver. "
                f"Declare one, or take it out of BY_HAND of '{self.module}'."
                for code in sorted(counted - set(resolvers))
            ),
        ]
