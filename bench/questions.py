"""The five questions: a GraphQL document, its variables, and how many leaf fields its answer has at each scale."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench.shape import Scale, places
from dean06_core.units import UnitLevel

_FOLDER: Final = Path(__file__).parent / "queries"
_FIRST_LINE: Final = re.compile(r"# (?P<name>Q\d), (?P<leaves>\d+) leaf fields: (?P<title>.+)")


@dataclass(frozen=True, slots=True)
class Question:
    """``leaves`` is what the document's first line states: the leaf fields of the answer at full scale."""

    name: str
    title: str
    leaves: int
    document: str
    variables: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Size:
    """The same question about so many ``things``; the answer has ``leaves`` leaf fields."""

    things: str
    count: int
    leaves: int
    variables: Mapping[str, Any]


def load() -> tuple[Question, ...]:
    """The questions in ``queries/``, in order of name."""
    return tuple(_read(path) for path in sorted(_FOLDER.glob("q*.graphql")))


def whole(question: Question, scale: Scale) -> Size:
    """The question as it stands in its files."""
    return _sized(question, scale, _most(question, scale))


def growing(question: Question, scale: Scale) -> tuple[Size, ...]:
    """A quarter, a half and the whole of what the question asks about; nothing for a question about one thing."""
    most = _most(question, scale)
    return () if most == 1 else tuple(_sized(question, scale, most // part) for part in (4, 2, 1))


def _read(path: Path) -> Question:
    document = path.read_text(encoding="utf-8")
    stated = _FIRST_LINE.match(document)
    if stated is None:
        raise ValueError(f"{path} does not begin with '# Q1, 4 leaf fields: what is asked'.")
    variables = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    return Question(stated["name"], stated["title"], int(stated["leaves"]), document, variables)


def _most(question: Question, scale: Scale) -> int:
    match question.name:
        case "Q2":
            return min(scale.communes, int(question.variables["first"]))
        case "Q3":
            return len(question.variables["indicators"])
        case "Q4":
            return int(question.variables["first"])
        case "Q5":
            return scale.provinces
        case _:
            return 1


def _sized(question: Question, scale: Scale, count: int) -> Size:
    asked = question.variables
    match question.name:
        case "Q2":
            return Size("communes", count, count * (2 + 6 * len(asked["indicators"])), {**asked, "first": count})
        case "Q3":
            narrowed = {**asked, "indicators": asked["indicators"][:count]}
            return Size("indicators", count, 5 * count * len(asked["periods"]), narrowed)
        case "Q4":
            return Size("tasks", count, 1 + 10 * count, {**asked, "first": count})
        case "Q5":
            codes = [place.code for place in places(scale) if place.level is UnitLevel.PROVINCE][:count]
            fewer = {} if count == scale.provinces else {"provinces": {"codes": codes}}
            return Size("provinces", count, 6 * count, {**asked, **fewer})
        case _:
            return Size("cells", 1, question.leaves, asked)
