"""What every sector's tests share."""

from dean06_core.testing.heap import pytest_collection_finish

__all__ = ["pytest_collection_finish"]
