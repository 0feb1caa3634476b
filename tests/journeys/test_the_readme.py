"""What the README asks is answered as the README says."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.journeys.conftest import Person

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def test_what_the_readme_asks_is_answered_as_it_says(secretariat: Person, commune: Person) -> None:
    asked = re.findall(r"^```graphql\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    answers = [json.loads(each) for each in re.findall(r"^```json\n(.*?)^```", README, re.MULTILINE | re.DOTALL)]
    people = secretariat, commune
    assert [person.ask(question) for person, question in zip(people, asked, strict=True)] == answers


def test_every_page_that_the_readme_names_is_there() -> None:
    named = re.findall(r"\]\((?!http)([^)#]+)\)", README)
    assert named
    assert [page for page in named if not (Path(__file__).parents[2] / page).exists()] == []
