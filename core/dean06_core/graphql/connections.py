"""What every paged list says of its page."""

from typing import Annotated, Any, Generic, TypeVar

import strawberry

from dean06_core.pages import Slice, cursor_of

First = Annotated[int | None, strawberry.argument(description="Số dòng đầu trang, từ 0 đến 200; không ghi thì 50")]
After = Annotated[str | None, strawberry.argument(description="Đi tiếp sau con trỏ này (endCursor của trang trước)")]
Last = Annotated[int | None, strawberry.argument(description="Số dòng cuối trang, từ 0 đến 200")]
Before = Annotated[str | None, strawberry.argument(description="Lùi về trước con trỏ này (startCursor của trang sau)")]


@strawberry.type(description="Vị trí của trang trong danh sách")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Còn dòng sau trang này")
    has_previous_page: bool = strawberry.field(description="Còn dòng trước trang này")
    start_cursor: str | None = strawberry.field(description="Con trỏ của dòng đầu trang")
    end_cursor: str | None = strawberry.field(description="Con trỏ của dòng cuối trang")

    @classmethod
    def of(cls, rows: Slice[Any], order: str) -> "PageInfo":
        """What a slice says, with cursors for the order it was cut in."""
        return cls(
            has_next_page=rows.has_next,
            has_previous_page=rows.has_previous,
            start_cursor=cursor_of(rows.keys[0], order) if rows.keys else None,
            end_cursor=cursor_of(rows.keys[-1], order) if rows.keys else None,
        )


T = TypeVar("T")


@strawberry.type(description="Một dòng của danh sách")
class Edge(Generic[T]):
    cursor: str = strawberry.field(description="Con trỏ của dòng")
    node: T = strawberry.field(description="Nội dung của dòng")


@strawberry.type(description="Danh sách theo trang")
class Connection(Generic[T]):
    """A page of a list without a total; ``Connection[HealthVisit]`` is HealthVisitConnection in the API."""

    edges: list[Edge[T]] = strawberry.field(description="Các dòng của trang")
    page_info: PageInfo = strawberry.field(description="Vị trí của trang")

    @classmethod
    def of(cls, rows: Slice[Any], order: str, nodes: list[T]) -> "Connection[T]":
        """``nodes`` are what is shown of the rows, one for each."""
        return cls(
            edges=[Edge(cursor=cursor_of(key, order), node=node) for key, node in zip(rows.keys, nodes, strict=True)],
            page_info=PageInfo.of(rows, order),
        )
