"""A document is parsed, measured and validated once for each view, and then kept.

It is measured before it is validated: how deep it goes and how much it selects
once its fragments are put in. Each fragment is measured once, so that the work
grows with the text, not with what the text expands to. Whether fields that
repeat each other agree is asked last, and only of so many: it is the one
question whose cost grows with the square.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
    parse,
    specified_rules,
    validate,
)
from graphql.validation import ASTValidationRule, MaxIntrospectionDepthRule, OverlappingFieldsCanBeMergedRule
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

LONGEST: Final = 50_000
"""Characters of a document."""
MOST_TOKENS: Final = 2_000
MOST_TOKENS_UNKNOWN: Final = 300
"""Of a caller who has not signed in; GraphiQL's introspection takes some 180."""
DEEPEST: Final = 15
"""Levels of fields; the introspection query of GraphiQL has as many."""
MOST_SELECTIONS: Final = 2_000
"""Fields, each under every alias, and spreads, once fragments are put in."""
MOST_CHANGES: Final = 10
"""Fields of one mutation."""
MOST_REPEATS: Final = 20
"""Fields under one name at one place of the answer."""
_KEPT_DOCUMENTS: Final = 500
_KEPT_CHARACTERS: Final = 250_000
"""Of all kept documents; a parsed one takes some 230 bytes a character."""
_MOST_ERRORS: Final = 20

_RULES: Final = (
    *(rule for rule in specified_rules if rule is not OverlappingFieldsCanBeMergedRule),
    MaxIntrospectionDepthRule,
    MaybeNullValidationRule,
    OneOfInputValidationRule,
)


class Rejected(Exception):
    """A document that is not executed: ``code`` says at which stage it failed."""

    def __init__(self, code: str, errors: list[GraphQLError]) -> None:
        super().__init__(code)
        self.code = code
        self.errors = errors


class Documents:
    """The valid documents that were used last, by the SHA-256 of their text and by view."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, tuple[DocumentNode, int]] = OrderedDict()
        self._characters = 0

    def read(self, text: str, view: GraphQLSchema, key: frozenset[str]) -> DocumentNode:
        """The document, ready to be executed on the view of these permissions; Rejected if it is not fit for it."""
        name = (hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest(), key)
        kept = self._kept.get(name)
        if kept is not None:
            self._kept.move_to_end(name)
            return kept[0]
        document = _read(text, view, MOST_TOKENS if key else MOST_TOKENS_UNKNOWN)
        self._keep(name, document, len(text))
        return document

    def _keep(self, name: Hashable, document: DocumentNode, characters: int) -> None:
        self._kept[name] = (document, characters)
        self._characters += characters
        while len(self._kept) > _KEPT_DOCUMENTS or self._characters > _KEPT_CHARACTERS:
            _, (_, dropped) = self._kept.popitem(last=False)
            self._characters -= dropped


def _read(text: str, view: GraphQLSchema, most_tokens: int) -> DocumentNode:
    try:
        document = parse(
            text,
            max_lexical_tokens=most_tokens,
            max_comments=most_tokens,
            max_source_length=LONGEST,
            allow_empty_selection_sets=False,
        )
    except GraphQLError as error:
        raise Rejected("GRAPHQL_PARSE_FAILED", [error]) from None
    measure(document)
    _validate(document, view, _RULES)
    _refuse_repeats(document)
    _validate(document, view, [OverlappingFieldsCanBeMergedRule])
    return document


def _validate(document: DocumentNode, view: GraphQLSchema, rules: Collection[type[ASTValidationRule]]) -> None:
    errors = validate(view, document, rules, max_errors=_MOST_ERRORS)
    if errors:
        raise Rejected("GRAPHQL_VALIDATION_FAILED", errors)


def measure(document: DocumentNode) -> None:
    """Refuse a document that goes too deep or selects too much; linear in its text."""
    ruler = _Ruler(_fragments(document))
    selections = 0
    for operation in _operations(document):
        try:
            size = ruler.of(operation.selection_set)
        except RecursionError:
            raise _too_deep(operation) from None
        selections += size.selections
        if size.depth > DEEPEST:
            raise _too_deep(operation)
        if selections > MOST_SELECTIONS:
            raise _rejected(
                "DOCUMENT_TOO_LARGE",
                f"Truy vấn xin quá {MOST_SELECTIONS} trường sau khi thay các fragment. Hãy chia thành nhiều truy vấn.",
                operation,
            )
        if operation.operation is OperationType.MUTATION and size.roots > MOST_CHANGES:
            raise _rejected(
                "TOO_MANY_CHANGES",
                f"Một yêu cầu thực hiện tối đa {MOST_CHANGES} thao tác. Hãy chia thành nhiều yêu cầu.",
                operation,
            )


def _refuse_repeats(document: DocumentNode) -> None:
    """Walk the answer's places of a measured document that is valid but for what repeated fields say."""
    fragments = _fragments(document)
    front = [[operation.selection_set] for operation in _operations(document)]
    while front:
        named: dict[str, list[FieldNode]] = {}
        for each in _fields(front.pop(), fragments):
            named.setdefault((each.alias or each.name).value, []).append(each)
        for name, repeated in named.items():
            if len(repeated) > MOST_REPEATS:
                raise _rejected(
                    "FIELD_REPEATED",
                    f"“{name}” được xin {len(repeated)} lần ở cùng một chỗ, quá {MOST_REPEATS}. Hãy xin một lần.",
                    repeated[0],
                )
            front.append([each.selection_set for each in repeated if each.selection_set])


def _fields(sets: list[SelectionSetNode], fragments: Mapping[str, FragmentDefinitionNode]) -> Iterator[FieldNode]:
    for selection in (selection for selected in sets for selection in selected.selections):
        if isinstance(selection, FieldNode):
            yield selection
        elif isinstance(selection, FragmentSpreadNode):
            yield from _fields([fragments[selection.name.value].selection_set], fragments)
        elif isinstance(selection, InlineFragmentNode):
            yield from _fields([selection.selection_set], fragments)


def _operations(document: DocumentNode) -> list[OperationDefinitionNode]:
    return [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]


def _fragments(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    return {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}


@dataclass(frozen=True, slots=True)
class _Size:
    """Of a selection set with its fragments put in. Counts stop just above their limit."""

    selections: int = 0
    roots: int = 0
    aliases: int = 0
    depth: int = 0

    def with_(self, other: _Size) -> _Size:
        return _Size(
            min(self.selections + other.selections, MOST_SELECTIONS + 1),
            min(self.roots + other.roots, MOST_SELECTIONS + 1),
            min(self.aliases + other.aliases, MOST_SELECTIONS + 1),
            max(self.depth, other.depth),
        )


@dataclass(slots=True)
class _Ruler:
    fragments: dict[str, FragmentDefinitionNode]
    measured: dict[str, _Size] = field(default_factory=dict)

    def of(self, selected: SelectionSetNode) -> _Size:
        size = _Size()
        for selection in selected.selections:
            size = size.with_(self._of_one(selection))
        return size

    def _of_one(self, selection: SelectionNode) -> _Size:
        if isinstance(selection, FieldNode):
            below = self.of(selection.selection_set) if selection.selection_set else _Size()
            aliases = below.aliases + (selection.alias is not None)
            if selection.name.value == "__schema" and aliases:
                raise _rejected(
                    "INTROSPECTION_ALIASED",
                    "Không đặt bí danh cho __schema và các trường bên trong. Hãy bỏ bí danh.",
                    selection,
                )
            return _Size(below.selections + 1, 1, aliases, below.depth + 1)
        if isinstance(selection, FragmentSpreadNode):
            inside = self._of_fragment(selection.name.value)
        else:
            assert isinstance(selection, InlineFragmentNode)  # noqa: S101  there is no fourth kind
            inside = self.of(selection.selection_set)
        return replace(inside, selections=inside.selections + 1)

    def _of_fragment(self, name: str) -> _Size:
        """One that is unknown, or spreads itself, is left to validation."""
        if name not in self.measured:
            self.measured[name] = _Size()
            if name in self.fragments:
                self.measured[name] = self.of(self.fragments[name].selection_set)
        return self.measured[name]


def _too_deep(operation: OperationDefinitionNode) -> Rejected:
    return _rejected("DOCUMENT_TOO_DEEP", f"Truy vấn sâu quá {DEEPEST} tầng. Hãy chia thành nhiều truy vấn.", operation)


def _rejected(code: str, message: str, node: OperationDefinitionNode | FieldNode) -> Rejected:
    return Rejected(code, [GraphQLError(message, node)])
