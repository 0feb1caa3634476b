"""What a plugin's own tests build on: a migrated database, a small province, and the promises of every plugin."""

import pytest

pytest.register_assert_rewrite("dean06_core.testing.contract", "dean06_core.testing.fields")

from dean06_core.testing.contract import PluginContract  # noqa: E402  pytest rewrites only what is not yet imported
from dean06_core.testing.databases import (  # noqa: E402  likewise
    differences,
    everything_kept,
    migrated_database,
    statements,
    unkept,
)
from dean06_core.testing.provinces import COMMUNES, SmallProvince, place, small_province  # noqa: E402  likewise

__all__ = [
    "COMMUNES",
    "PluginContract",
    "SmallProvince",
    "differences",
    "everything_kept",
    "migrated_database",
    "place",
    "small_province",
    "statements",
    "unkept",
]
