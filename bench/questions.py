"""The questions: a GraphQL document, its variables, and how many leaf fields its answer has at each scale."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from bench.shape import Scale, indicator_code, places
from dean06_core.units import UnitLevel

_FOLDER: Final = Path(__file__).parent / "queries"
_FIRST_LINE: Final = re.compile(r"# (?P<name>Q\d), (?P<leaves>\d+) leaf fields: (?P<title>.+)")
_PARTS: Final = (4, 2, 1)


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
    match question.name:
        case "Q2":
            return _communes(question, min(scale.communes, int(question.variables["first"])))
        case "Q6":
            return _quarters(question, min(scale.communes, int(question.variables["first"])))
        case "Q3":
            return _indicators(question, len(question.variables["indicators"]))
        case "Q4":
            return _tasks(question, int(question.variables["first"]))
        case "Q5":
            return Size("provinces", scale.provinces, 6 * scale.provinces, question.variables)
        case _:
            return Size("cells", 1, question.leaves, question.variables)


def own(question: Question, scale: Scale, login: str) -> Size:
    """The whole question, but a commune asks about itself alone, and a province is not shown the others' ranks."""
    code = next(place.code for place in places(scale) if place.level is UnitLevel.COMMUNE)
    match question.name, login:
        case "Q2", "commune":
            return _communes(replace(question, variables={**question.variables, "within": code}), 1)
        case "Q5", "province":
            return Size("provinces", 1, 6, question.variables)
        case "Q5", "commune":
            return Size("communes", 1, 6, {**question.variables, "units": {"codes": [code]}})
        case _:
            return whole(question, scale)


def growing(question: Question, scale: Scale) -> tuple[Size, ...]:
    """A quarter, a half and the whole of what can be asked about; nothing for a question about one thing.

    There are few provinces, so Q5 grows in communes, ranked by ten figures each.
    """
    most = whole(question, scale).count
    match question.name:
        case "Q2":
            return tuple(_communes(question, most // part) for part in _PARTS)
        case "Q6":
            return tuple(_quarters(question, most // part) for part in _PARTS)
        case "Q3":
            return tuple(_indicators(question, most // part) for part in _PARTS)
        case "Q4":
            return tuple(_tasks(question, most // part) for part in _PARTS)
        case "Q5":
            return tuple(_ranked(question, scale, scale.communes // part) for part in _PARTS)
        case _:
            return ()


def _communes(question: Question, count: int) -> Size:
    asked = question.variables
    return Size("communes", count, count * (2 + 6 * len(asked["indicators"])), {**asked, "first": count})


def _quarters(question: Question, count: int) -> Size:
    asked = question.variables
    return Size("communes", count, 5 * count * len(asked["indicators"]), {**asked, "first": count})


def _indicators(question: Question, count: int) -> Size:
    asked = question.variables
    fewer = {"indicators": asked["indicators"][:count]}
    return Size("indicators", count, 5 * count * len(asked["periods"]), {**asked, **fewer})


def _tasks(question: Question, count: int) -> Size:
    return Size("tasks", count, 1 + 10 * count, {**question.variables, "first": count})


def _ranked(question: Question, scale: Scale, count: int) -> Size:
    codes = [place.code for place in places(scale) if place.level is UnitLevel.COMMUNE][:count]
    indicators = [indicator_code(number) for number in range(1, 11)]
    asked = {**question.variables, "units": {"codes": codes}, "indicators": indicators}
    return Size("communes x 10", count, 6 * count * len(indicators), asked)


def _read(path: Path) -> Question:
    document = path.read_text(encoding="utf-8")
    stated = _FIRST_LINE.match(document)
    if stated is None:
        raise ValueError(f"{path} does not begin with '# Q1, 4 leaf fields: what is asked'.")
    variables = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    return Question(stated["name"], stated["title"], int(stated["leaves"]), document, variables)
