"""A unit is found by what it was called on the day that is meant; between two units nobody guesses."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path

import pytest

from dean06_core import unit_groups, unit_register
from dean06_core.directory import Directory, UnitSelector
from dean06_core.errors import BadInput
from dean06_core.testing import statements
from dean06_core.unit_groups import GroupEntry
from dean06_core.units import CodeScheme, Tier, UnitLevel
from tests.core.ha_tinh import LONG_AGO, REFORM, TODAY, commune, office, province

BEFORE = date(2025, 6, 30)
THANH_HOA = (province("38", "Tỉnh Thanh Hóa"), commune("14848", "Xã Kỳ Thượng", parent="38"))


async def _read(folder: Path) -> Directory:
    async with office(folder) as opened:
        async with opened.database.service() as session:
            await unit_register.enter(session, THANH_HOA)
            known = await Directory.load(session)
            pilots = frozenset(key(known, code) for code in ("18073", "18844"))
            entry = GroupEntry(
                code="thi-diem", name="Thí điểm", within=key(known, "42"), members=pilots, valid_from=REFORM
            )
            await unit_groups.form(session, [entry])
        return await opened.directory()


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Directory:
    """Hà Tĩnh, a little of Thanh Hóa, and a group of two communes."""
    return asyncio.run(_read(tmp_path_factory.mktemp("directory")))


def key(directory: Directory, code: str, on: date = TODAY) -> int:
    return directory.named(code, on).key


@pytest.mark.parametrize(
    ("code", "on", "name"),
    [
        pytest.param("18100", BEFORE, "Phường Thạch Hạ", id="the day before the reform"),
        pytest.param("18100", REFORM, "Phường Trần Phú", id="the day of the reform"),
        pytest.param("18094", BEFORE, "Phường Trần Phú", id="another unit had the name before"),
        pytest.param("18094", REFORM, None, id="a code that nobody holds any more"),
        pytest.param("so-y-te", TODAY, "Sở Y tế", id="a department by its slug"),
        pytest.param("99999", TODAY, None, id="a code that nobody ever held"),
    ],
)
def test_a_code_means_who_held_it_that_day(directory: Directory, code: str, on: date, name: str | None) -> None:
    found = directory.by_code(code, on)
    assert (found.name if found else None) == name


def test_a_code_that_nobody_holds_is_refused_by_name(directory: Directory) -> None:
    with pytest.raises(BadInput) as refused:
        directory.named("18094", TODAY)
    assert (refused.value.code, refused.value.message) == (
        "UNIT_UNKNOWN",
        "Không có đơn vị mang mã “18094” vào ngày 28/07/2025 trong phạm vi của bạn. Hãy tra mã ở truy vấn units.",
    )
    assert directory.named("18100", TODAY).name == "Phường Trần Phú"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        pytest.param("Phường Trần Phú", "18100", id="as it is called"),
        pytest.param("UBND Phường Trần Phú", "18100", id="the office before the name"),
        pytest.param("Uỷ ban nhân dân phường Trần Phú", "18100", id="the office in full"),
        pytest.param("Phường Trần Phú.", "18100", id="a stray full stop"),
        pytest.param("UBND tỉnh", "ubnd-tinh", id="an office that is a unit itself"),
        pytest.param("phuong tran phu", "18100", id="without diacritics"),
        pytest.param("Phường\u00a0Trần  Phú", "18100", id="blanks of other kinds"),
        pytest.param("Xã Thạch Hạ", "18565", id="only its own diacritics tell it from another"),
    ],
)
def test_a_name_is_read_as_a_report_writes_it(directory: Directory, written: str, code: str) -> None:
    assert directory.by_name(written, TODAY, within=key(directory, "42")).code == code


@pytest.mark.parametrize(
    ("written", "code", "message"),
    [
        pytest.param(
            "UBND Xã Kỳ Thượng",
            "UNIT_AMBIGUOUS",
            "“UBND Xã Kỳ Thượng” có thể là: Xã Kỳ Thượng (14848), Xã Kỳ Thượng (18844). Hãy ghi mã đơn vị.",
            id="two provinces have a commune of that name",
        ),
        pytest.param(
            "Xa Thach Ha",
            "UNIT_AMBIGUOUS",
            "“Xa Thach Ha” có thể là: Xã Thạch Hà (18562), Xã Thạch Hạ (18565). Hãy ghi mã đơn vị.",
            id="without diacritics two names are one",
        ),
        pytest.param(
            "Xã Kỳ Văn",
            "UNIT_UNKNOWN",
            "Không nhận ra đơn vị “Xã Kỳ Văn” vào ngày 28/07/2025. Hãy ghi mã đơn vị hoặc tên đầy đủ kèm Xã, Phường.",
            id="nobody is called so",
        ),
        pytest.param(
            "Thành phố Hà Tĩnh",
            "UNIT_UNKNOWN",
            "Không nhận ra đơn vị “Thành phố Hà Tĩnh” vào ngày 28/07/2025. "
            "Hãy ghi mã đơn vị hoặc tên đầy đủ kèm Xã, Phường.",
            id="a district that is no more",
        ),
    ],
)
def test_a_name_that_is_not_certain_is_refused(directory: Directory, written: str, code: str, message: str) -> None:
    with pytest.raises(BadInput) as refused:
        directory.by_name(written, TODAY)
    assert (refused.value.code, refused.value.message) == (code, message)


def test_a_name_is_certain_inside_one_province(directory: Directory) -> None:
    assert directory.by_name("UBND Xã Kỳ Thượng", TODAY, within=key(directory, "42")).code == "18844"
    assert directory.by_name("UBND Xã Kỳ Thượng", TODAY, within=key(directory, "38")).code == "14848"


def test_a_name_means_who_was_called_so_that_day(directory: Directory) -> None:
    assert directory.by_name("Phường Trần Phú", BEFORE).code == "18094"
    assert directory.by_name("Thành phố Hà Tĩnh", BEFORE).code == "436"


def test_the_tree_is_that_of_the_day(directory: Directory) -> None:
    old = key(directory, "18094", BEFORE)
    assert [unit.code for unit in directory.ancestors(old, BEFORE)] == ["436", "42", "VN"]
    new = key(directory, "18073")
    assert [unit.code for unit in directory.ancestors(new, TODAY)] == ["42", "VN"]
    assert [unit.code for unit in directory.children(key(directory, "436", BEFORE), BEFORE)] == ["18094", "18100"]
    assert directory.children(key(directory, "436", BEFORE), TODAY) == ()


def test_a_subtree_holds_whoever_stood_there_on_any_day(directory: Directory) -> None:
    subtree = directory.subtree(key(directory, "42"))
    assert {key(directory, "18100", BEFORE), key(directory, "18100"), key(directory, "436", BEFORE)} < subtree
    assert key(directory, "14848") not in subtree


def test_an_agency_reaches_the_units_that_it_serves(directory: Directory) -> None:
    tax = key(directory, "thue-tinh")
    assert [unit.code for unit in directory.serves(tax, TODAY)] == ["42"]
    assert directory.area(tax, TODAY) == directory.subtree(key(directory, "42"))
    assert [unit.code for unit in directory.served_by(key(directory, "18844"), TODAY)] == ["thue-tinh"]


def test_a_group_has_the_members_of_the_day(directory: Directory) -> None:
    group = directory.group("thi-diem").key
    assert [unit.code for unit in directory.group_members(group, TODAY)] == ["18073", "18844"]
    assert directory.group_members(group, BEFORE) == ()
    assert [found.code for found in directory.groups_of(key(directory, "18844"), TODAY)] == ["thi-diem"]


@pytest.mark.parametrize(
    ("selector", "codes"),
    [
        pytest.param(UnitSelector(codes=("18844", "18073", "18844")), ["18844", "18073"], id="codes, each once"),
        pytest.param(UnitSelector(levels=frozenset({UnitLevel.PROVINCE})), ["38", "42"], id="a level"),
        pytest.param(
            UnitSelector(within="42", tier=Tier.COMMUNE),
            ["18073", "18100", "18562", "18565", "18844"],
            id="a tier inside a province",
        ),
        pytest.param(UnitSelector(group="thi-diem", text="ky thuong"), ["18844"], id="a name inside a group"),
        pytest.param(
            UnitSelector(served_by="thue-tinh", levels=frozenset({UnitLevel.DEPARTMENT})),
            ["cong-an-tinh", "so-y-te", "ubnd-tinh"],
            id="a level inside the area of an agency",
        ),
    ],
)
def test_every_condition_of_a_selector_has_to_hold(
    directory: Directory, selector: UnitSelector, codes: list[str]
) -> None:
    assert [unit.code for unit in directory.select(selector, TODAY)] == codes


def test_a_limited_directory_hides_and_still_resolves_references(directory: Directory) -> None:
    own = key(directory, "18844")
    limited = directory.limited_to(frozenset({own}))
    assert [unit.code for unit in limited.listed(TODAY)] == ["18844"]
    assert limited.by_code("18073", TODAY) is None
    assert [unit.code for unit in limited.ancestors(own, TODAY)] == ["42", "VN"]
    assert directory.by_code("18073", TODAY) is not None


def test_a_further_code_is_found_under_its_scheme(directory: Directory) -> None:
    assert directory.by_code("42", TODAY, CodeScheme.NSO) is not None
    assert directory.by_code("42", TODAY, CodeScheme.QD20) is None
    assert directory.unit(key(directory, "42"), LONG_AGO).name == "Tỉnh Hà Tĩnh"


@pytest.mark.anyio
async def test_it_is_read_in_seven_statements(tmp_path: Path) -> None:
    async with office(tmp_path) as opened:
        with statements(opened.database) as sent:
            await opened.directory()
    assert len(sent) == 7
