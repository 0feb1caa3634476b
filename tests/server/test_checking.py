"""An installed plugin is held to its own counts by hand: where a resolver finds something else, the check says so."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.sqlite
"""The command holds plugins against files, wherever the data are."""

COMMAND = Path(sys.executable).with_name("dean06")
PACKAGE = {
    "__init__.py": "",
    "migrations/__init__.py": "",
    "migrations/versions/__init__.py": "",
    "migrations/versions/water_0001_wells.py": """
import sqlalchemy as sa
from alembic import op

revision = "water_0001"
down_revision = None


def upgrade():
    op.create_table(
        "water_well",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_key", sa.BigInteger(), nullable=False),
        sa.Column("tested_on", sa.Date(), nullable=False),
        sa.Column("is_clean", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_water_well"),
        sa.ForeignKeyConstraint(["unit_key"], ["unit.key"], name="fk_water_well_unit_key"),
    )


def downgrade():
    op.drop_table("water_well")
""",
    "plugin.py": """
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dean06_core import Access, DataClass, Indicator, Record, Sector, UnitLevel, hookimpl, new_id, share_of_records


class Well(Record):
    __tablename__ = "water_well"
    __access__ = Access(DataClass.RECORD, unit="unit_key", sector_is="water")

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    unit_key: Mapped[int] = mapped_column(sa.ForeignKey("unit.key"))
    tested_on: Mapped[date]
    is_clean: Mapped[bool]


CLEAN_WELLS = Indicator(
    code="water.clean_well_rate",
    name="Tỷ lệ giếng nước sạch",
    name_en="Clean wells",
    numerator="Giếng nước sạch",
    denominator="Giếng đã xét nghiệm",
    definition="Trong các giếng được xét nghiệm trong kỳ, phần có nước sạch.",
    reported_at=frozenset({UnitLevel.COMMUNE}),
    heading="Nước sạch",
    order=10,
)
SECTOR = Sector(
    code="water",
    title="Nước sạch",
    indicators=(CLEAN_WELLS,),
    resolvers={CLEAN_WELLS.code: share_of_records(Well.tested_on, Well.is_clean.is_(True))},
    tables=(Well,),
    migrations="dean06_water.migrations",
    sdk=(1, 0),
)


@hookimpl
def declare_sector():
    return SECTOR
""",
}
BY_HAND = """
from functools import partial

from dean06_core import measured_by_hand
from dean06_water.plugin import Well

BY_HAND = {
    "water.clean_well_rate": partial(
        measured_by_hand,
        unit=lambda well: well.unit_key,
        on=lambda well: well.tested_on,
        numerator=lambda well: well.is_clean,
        denominator=lambda well: True,
    )
}
"""
METADATA = {
    "METADATA": "Metadata-Version: 2.1\nName: dean06-water\nVersion: 0.1.0\n",
    "entry_points.txt": "[dean06]\nwater = dean06_water.plugin\n",
}
COMPARED = "a resolver measures what counting one by one gives"
SHIPPED = "every resolver has a count by hand"


def checked(folder: Path, **changed: str) -> tuple[int, list[str]]:
    """How ``plugin check`` ends and what it says where the plugin is installed with these modules."""
    modules = {**PACKAGE, **{f"{name}.py": text for name, text in changed.items()}}
    for parent, files in (("dean06_water", modules), ("dean06_water-0.1.0.dist-info", METADATA)):
        for name, text in files.items():
            path = folder / parent / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    done = subprocess.run(  # noqa: S603  our own command
        [COMMAND, "plugin", "check", "water"],
        env={**os.environ, "PYTHONPATH": str(folder), "DEAN06_DATABASE_URL": f"sqlite:///{folder / 'dean06.db'}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return done.returncode, done.stdout.splitlines()


def test_a_plugin_whose_resolvers_count_as_it_does_by_hand_keeps_its_promises(tmp_path: Path) -> None:
    status, lines = checked(tmp_path, by_hand=BY_HAND)
    assert [line for line in lines if not line.startswith("ok ")] == ["water (dean06-water 0.1.0) keeps its promises."]
    assert {f"ok      {COMPARED}", f"ok      {SHIPPED}"} <= set(lines)
    assert status == 0


def test_one_that_finds_something_else_is_told_with_the_first_figure_that_differs(tmp_path: Path) -> None:
    resolving = PACKAGE["plugin.py"].replace("Well.is_clean.is_(True)", "Well.is_clean.is_(False)")
    status, lines = checked(tmp_path, plugin=resolving, by_hand=BY_HAND)
    [told] = [line for line in lines if line.startswith("broken")]
    assert re.fullmatch(
        rf"broken  {COMPARED}: The resolver of 'water.clean_well_rate' measures \d+ of (\d+) as of (\S+) "
        r"where counting by hand gives \d+ of \1 as of \2: unit \d+, \S+, [A-Z_]+\.",
        told,
    )
    assert (status, lines[-1]) == (1, "water (dean06-water 0.1.0) breaks 1 of its promises.")


def test_one_that_ships_no_count_by_hand_is_told_where_to_write_it(tmp_path: Path) -> None:
    status, lines = checked(tmp_path)
    assert [line for line in lines if not line.startswith("ok ")] == [
        f"broken  {SHIPPED}: The resolvers cannot be compared, there is no 'dean06_water.by_hand' with BY_HAND. "
        "Write there by indicator code how each would be counted by hand.",
        "water (dean06-water 0.1.0) breaks 1 of its promises.",
    ]
    assert status == 1
