"""The leak matrix: whatever way a table is reached, a pass shows and changes the rows that it covers and no others."""

from dean06_core.testing.leaks.matrix import Matrix

__all__ = ["Matrix"]
