"""One root stands for all leaves in their order, and a short path proves each of them (RFC 6962)."""

from __future__ import annotations

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from dean06_core.audit import merkle
from dean06_core.audit.merkle import Tree

LEAVES = st.lists(st.binary(max_size=4).map(merkle.leaf_of), min_size=1, max_size=70)


def by_definition(leaves: list[bytes]) -> bytes:
    """As RFC 6962, 2.1, writes it: split at the largest power of two below n."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\1" + by_definition(leaves[:split]) + by_definition(leaves[split:])).digest()


def test_a_leaf_and_a_node_are_hashed_apart() -> None:
    assert merkle.leaf_of(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert merkle.leaf_of(b"a" * 64) != merkle.node_of(b"a" * 32, b"a" * 32)


def test_no_leaves_have_a_root_too() -> None:
    assert Tree().root() == sha256(b"").digest()


@given(LEAVES)
def test_the_root_is_that_of_the_definition(leaves: list[bytes]) -> None:
    assert merkle.root_of(leaves) == by_definition(leaves)


@given(st.lists(st.binary(max_size=4), max_size=40), st.integers(0, 5))
def test_a_subtree_at_once_is_leaf_by_leaf(after: list[bytes], wholes: int) -> None:
    leaves = [merkle.leaf_of(str(number).encode()) for number in range(wholes * 8)]
    tree = Tree()
    for at in range(0, len(leaves), 8):
        tree.add_whole(leaves[at : at + 8])
    for each in after:
        tree.add(merkle.leaf_of(each))
    assert tree.root() == merkle.root_of([*leaves, *map(merkle.leaf_of, after)])
    again = Tree(tree.size, tree.peaks)
    again.add(leaf := merkle.leaf_of(b"next"))
    tree.add(leaf)
    assert again.root() == tree.root()


@given(LEAVES, st.data())
def test_a_path_proves_its_leaf_at_its_place_and_no_other(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    root, path, size = merkle.root_of(leaves), merkle.path_of(leaves, index), len(leaves)
    assert merkle.leads_to(root, leaf=leaves[index], index=index, size=size, path=path)
    assert len(path) <= size.bit_length()
    for other in range(size):
        proves = merkle.leads_to(root, leaf=leaves[other], index=index, size=size, path=path)
        assert proves is (leaves[other] == leaves[index])
    assert not merkle.leads_to(root, leaf=leaves[index], index=index, size=size, path=[*path, root])
    assert not merkle.leads_to(root, leaf=leaves[index], index=size, size=size, path=path)
    if path:
        assert not merkle.leads_to(root, leaf=leaves[index], index=index, size=size, path=path[:-1])
