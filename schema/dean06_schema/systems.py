"""How the systems that the programme names are asked for, with how far they are linked."""

from datetime import date
from typing import Annotated, Any

import strawberry
from strawberry.types.info import Info

from dean06_core import systems
from dean06_core.graphql import Context, batch_field, described
from dean06_core.systems import Link, LinkState
from dean06_core.systems import System as StoredSystem
from dean06_schema.units import Unit

described(
    LinkState,
    "Mức độ kết nối giữa hai hệ thống",
    PLANNED="Mới có trong kế hoạch",
    CONNECTED="Đã kết nối, chưa khai thác",
    IN_USE="Đang khai thác",
    SUSPENDED="Tạm dừng",
)


@strawberry.type(description="Hệ thống thông tin, cơ sở dữ liệu được nêu trong Đề án 06")
class System:
    stored: strawberry.Private[StoredSystem]
    code: str = strawberry.field(description="Mã hệ thống")
    name: str = strawberry.field(description="Tên hệ thống")

    @classmethod
    def of(cls, stored: StoredSystem) -> "System":
        return cls(stored=stored, code=stored.code, name=stored.name)

    @strawberry.field(description="Đơn vị quản lý; null nếu chưa rõ")
    def owner(self, info: Info[Context, None]) -> Unit | None:
        key = self.stored.owner_key
        return None if key is None else Unit.known(info.context, key)

    @batch_field(description="Các kết nối tới hệ thống khác, như hôm nay")
    async def links(
        asked: list[Any], context: Context
    ) -> list[list[Annotated["SystemLink", strawberry.lazy("dean06_schema.systems")]]]:
        async with context.reading() as session:
            found = await systems.links(session, on=context.on)
        return [[SystemLink.of(link) for link in found.get(each.stored.id, ())] for each in asked]


@strawberry.type(description="Kết nối tới một hệ thống khác")
class SystemLink:
    to: System = strawberry.field(description="Hệ thống được kết nối tới")
    state: LinkState = strawberry.field(description="Mức độ kết nối")
    on: date | None = strawberry.field(description="Từ ngày nào; null nếu nơi nêu không ghi")
    remark: str | None = strawberry.field(description="Ghi chú")

    @classmethod
    def of(cls, link: Link) -> "SystemLink":
        return cls(to=System.of(link.to), state=link.state, on=link.on, remark=link.remark)


@strawberry.type
class SystemQuery:
    @strawberry.field(description="Mọi hệ thống được nêu, theo mã")
    async def systems(self, info: Info[Context, None]) -> list[System]:
        async with info.context.reading() as session:
            return [System.of(stored) for stored in await systems.listed(session)]
