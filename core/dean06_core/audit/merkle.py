"""The hash tree over the log (RFC 6962): one root for all leaves, and short proofs that a leaf is among them.

A tree of n leaves is kept as its peaks: the roots of the whole subtrees that n
is the sum of, the largest first. Everything else follows from the leaves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Final

HASH: Final = 32
EMPTY: Final = sha256(b"").digest()
"""The root of no leaves."""


def leaf_of(entry: bytes) -> bytes:
    return sha256(b"\0" + entry).digest()


def node_of(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()


class Tree:
    """Grows at its right end; ``size`` leaves."""

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        self.size = size
        self.peaks = list(peaks)

    def add(self, leaf: bytes) -> None:
        self._add(leaf, 1)

    def add_whole(self, leaves: Sequence[bytes]) -> None:
        """A power of two of leaves, onto a tree whose size is a multiple of that: a subtree at once."""
        level = leaves
        while len(level) > 1:
            level = [sha256(b"\1" + level[at] + level[at + 1]).digest() for at in range(0, len(level), 2)]
        self._add(level[0], len(leaves))

    def root(self) -> bytes:
        if not self.peaks:
            return EMPTY
        found = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            found = node_of(peak, found)
        return found

    def _add(self, peak: bytes, leaves: int) -> None:
        rest = self.size // leaves
        while rest & 1:
            peak = node_of(self.peaks.pop(), peak)
            rest >>= 1
        self.peaks.append(peak)
        self.size += leaves


def root_of(leaves: Iterable[bytes]) -> bytes:
    tree = Tree()
    for leaf in leaves:
        tree.add(leaf)
    return tree.root()


def path_of(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The hashes beside the way from a leaf up to the root, the lowest first."""
    if len(leaves) == 1:
        return []
    middle = 1 << ((len(leaves) - 1).bit_length() - 1)
    if index < middle:
        return [*path_of(leaves[:middle], index), root_of(leaves[middle:])]
    return [*path_of(leaves[middle:], index - middle), root_of(leaves[:middle])]


def leads_to(root: bytes, *, leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bool:
    """Whether the path proves that ``leaf`` stands at ``index`` among ``size`` leaves under that root (RFC 9162)."""
    if not 0 <= index < size:
        return False
    at, last, found = index, size - 1, leaf
    for beside in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_of(beside, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_of(found, beside)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root
