"""Answers as tables that an official can read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from rich.console import Group
from rich.table import Column, Table

from dean06_core import writing

_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*", re.ASCII)
_GROUPED: Final = re.compile(r"\d{1,3}(?:\.\d{3})+", re.ASCII)
_COMPARATORS: Final = {"GE": "≥", "GT": ">", "LE": "≤", "LT": "<", "EQ": "="}
_KINDS: Final = {"FLOOR": "tối thiểu", "ASSIGNED": "được giao", "ASPIRATION": "phấn đấu"}
_WINDOWS: Final = {"PERIOD": "trong kỳ", "YEAR_TO_DATE": "lũy kế từ đầu năm", "TO_DATE": "lũy kế từ khi triển khai"}
_ASSESSMENTS: Final = {
    "MET": "[green]đạt[/]",
    "NOT_MET": "[red]chưa đạt[/]",
    "NOT_DUE": "chưa đến hạn",
    "NO_TARGET": "không có mức giao",
    "NO_ACTIVITY": "không phát sinh",
    "NO_DATA": "chưa báo cáo",
}
_TIERS: Final = {"CENTRAL": "trung ương", "PROVINCIAL": "cấp tỉnh", "DISTRICT": "cấp huyện", "COMMUNE": "cấp xã"}
_CELLS: Final = {
    "doneOnTime": "Hoàn thành đúng hạn",
    "doneLate": "Hoàn thành quá hạn",
    "openInTerm": "Chưa hoàn thành, trong hạn",
    "openOverdue": "Chưa hoàn thành, quá hạn",
    "withoutDeadline": "Chưa hoàn thành, không ghi thời hạn",
    "ongoing": "Thường xuyên",
    "cancelled": "Đã hủy",
    "total": "Tổng số",
}

Row = Mapping[str, Any]


def figures(heading: str, observations: Iterable[Row]) -> Group:
    table = Table(Column("Chỉ tiêu theo dõi", min_width=24), "Phạm vi", "Số liệu", "Mức chỉ tiêu giao", "Đánh giá")
    table.add_column("So với mức")
    table.add_column("Nơi nêu")
    for each in observations:
        if each["window"] not in each["indicator"]["windows"]:  # a stock is the same in every window
            continue
        table.add_row(
            each["indicator"]["name"] + (f", {_TIERS[each['tier']]}" if each["tier"] else ""),
            _WINDOWS[each["window"]],
            each["display"],
            _target(each),
            _ASSESSMENTS[each["assessment"]],
            _gap(each),
            "\n".join(f"{stated['printed']} (mục {stated['section']})" for stated in each["statements"]),
        )
    return _headed(heading, table)


def by_section(heading: str, observations: Iterable[Row]) -> Group:
    """What each section of the report prints beside what is answered, and where the two are not the same number."""
    table = Table("Mục", Column("Chỉ tiêu theo dõi", min_width=24), "Phạm vi", "Báo cáo in", "dean06 trả lời", "")
    printed = sorted(
        (
            (_section_order(stated["section"]), each["indicator"]["name"], each["window"], place, each, stated)
            for each in observations
            if each["window"] in each["indicator"]["windows"]
            for place, stated in enumerate(each["statements"])
            if stated["section"]
        ),
        key=lambda row: row[:4],
    )
    for *_, each, stated in printed:
        name = each["indicator"]["name"] + (f", {_TIERS[each['tier']]}" if each["tier"] else "")
        mark = "" if _says(stated["printed"], each) else "[red]khác[/]"
        table.add_row(stated["section"], name, _WINDOWS[each["window"]], stated["printed"], each["display"], mark)
    return _headed(heading, table)


def _section_order(section: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", section)]


def _says(printed: str | None, each: Row) -> bool:
    """Whether a printed text holds the answered value, at as many decimals as were printed, or what was counted."""
    answered = [Decimal(each[part]) for part in ("value", "numerator") if each[part] is not None]
    if printed is None or not answered:
        return True
    numbers = [_number(found.group(), printed) for found in _NUMBER.finditer(printed)]
    return any(value.quantize(said, ROUND_HALF_UP) == said for value in answered for said in numbers)


def _number(written: str, printed: str) -> Decimal:
    if _GROUPED.fullmatch(written):
        return Decimal(written.replace(".", ""))
    said = Decimal(written.replace(",", "."))
    return said * 1_000 if f"{written} nghìn" in printed else said


def below_target(each: Row) -> Group:
    counts = ", ".join(f"{count['count']} {_TIERS[count['tier']]}" for count in each["byTier"])
    table = Table("Cấp", "Đơn vị", "Mã", "Số liệu", "Còn thiếu")
    for row in each["rows"]:
        unit = row["unit"]
        missing = writing.with_unit(Decimal(row["gap"]), each["indicator"]["unitOfMeasure"])
        table.add_row(_TIERS[unit["tier"]], unit["name"], unit["code"], row["display"], missing)
    return _headed(f"{each['indicator']['name']}: {each['total']} đơn vị chưa đạt ({counts})", table)


def task_cells(summary: Row, on: date) -> Group:
    table = Table("Tình trạng", "Số nhiệm vụ")
    for cell, words in _CELLS.items():
        table.add_row(words, str(summary[cell]), end_section=cell == "cancelled")
    return _headed(f"Nhiệm vụ đến ngày {on:%d/%m/%Y}", table)


def overdue_tasks(overdue: Iterable[Row], without_deadline: Iterable[Row]) -> Group:
    """Overdue by their deadline, and stated overdue by a report that gives none."""
    table = Table("Mã", "Nhiệm vụ", "Chủ trì", "Thời hạn", "Quá hạn", "Nêu tại mục")
    for task in overdue:
        _add_task(table, task, f"{date.fromisoformat(task['deadline']):%d/%m/%Y}", f"{task['overdueDays']} ngày")
    for task in without_deadline:
        if any(mention["statedState"] for mention in task["mentions"]):
            _add_task(table, task, "không ghi", "báo cáo nêu quá hạn")
    return _headed("Nhiệm vụ quá hạn", table)


def _add_task(table: Table, task: Row, deadline: str, overdue: str) -> None:
    mentions = ", ".join(mention["section"] for mention in task["mentions"])
    table.add_row(task["code"], task["title"], task["lead"]["name"], deadline, overdue, mentions)


def _headed(heading: str, table: Table) -> Group:
    return Group("", f"[bold]{heading}[/]", table)


def _target(each: Row) -> str:
    target = each["target"]
    if target is None:
        return ""
    level = writing.with_unit(Decimal(target["value"]), each["indicator"]["unitOfMeasure"])
    return f"{_COMPARATORS[target['comparator']]} {level} ({_KINDS[target['kind']]})"


def _gap(each: Row) -> str:
    if each["gap"] is None:
        return ""
    gap = Decimal(each["gap"])
    return f"{'thiếu' if gap > 0 else 'vượt'} {writing.number(abs(gap))}"
