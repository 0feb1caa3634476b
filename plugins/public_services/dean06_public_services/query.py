"""How the sector's own records are asked for: dossiers, services, procedures, one by one and counted by unit."""

from datetime import date, timedelta

import sqlalchemy as sa
import strawberry
from strawberry.types.info import Info

from dean06_core.graphql import (
    After,
    Connection,
    Context,
    First,
    OfUnit,
    RecordList,
    Since,
    UnitRecord,
    Until,
    described,
)
from dean06_public_services.adults import AdultYear
from dean06_public_services.dossiers import Channel, Dossier, VerificationChannel, VerificationKind
from dean06_public_services.essential_services import EssentialService
from dean06_public_services.procedures import Procedure

_DOSSIERS = RecordList(Dossier, Dossier.received_on, "public_services.dossiers")
_ESSENTIAL_SERVICES = RecordList(EssentialService, EssentialService.listed_on, "public_services.essential_services")
_PROCEDURES = RecordList(Procedure, Procedure.eligible_since, "public_services.procedures")
_ADULTS = RecordList(AdultYear, AdultYear.counted_since, "public_services.adults")

described(
    Channel,
    "Nơi nộp hồ sơ",
    name="PublicServicesChannel",
    ONLINE="Trực tuyến",
    DIRECT="Nộp trực tiếp",
    POST="Bưu chính",
)
described(
    VerificationKind,
    "Thông tin được xác thực với Cơ sở dữ liệu quốc gia về dân cư",
    name="PublicServicesVerificationKind",
    CITIZEN="Thông tin công dân",
    HOUSEHOLD="Thông tin hộ gia đình",
)
described(
    VerificationChannel,
    "Kênh xác thực với Cơ sở dữ liệu quốc gia về dân cư",
    name="PublicServicesVerificationChannel",
    SERVICE="Dịch vụ kết nối, chia sẻ dữ liệu",
    CARD="Đọc thẻ căn cước, căn cước công dân",
    VNEID="Ứng dụng VNeID",
)


@strawberry.type(description="Hồ sơ thủ tục hành chính, không có thông tin người nộp")
class PublicServicesDossier(UnitRecord):
    channel: Channel = strawberry.field(description="Nơi nộp")
    received_on: date = strawberry.field(description="Ngày nhận")
    due_on: date = strawberry.field(description="Ngày hẹn trả")
    resolved_on: date | None = strawberry.field(description="Ngày giải quyết xong; null nếu chưa xong hoặc bị từ chối")
    refused_on: date | None = strawberry.field(description="Ngày từ chối; null nếu không bị từ chối")
    has_fee: bool = strawberry.field(description="Có phí, lệ phí")
    paid_online: bool = strawberry.field(description="Đã thanh toán trực tuyến")
    result_digitised: bool = strawberry.field(description="Kết quả đã số hóa")
    components_digitised: bool = strawberry.field(description="Thành phần hồ sơ đã số hóa")
    data_reused: bool = strawberry.field(description="Có thành phần được tái sử dụng")
    identity_verified: bool = strawberry.field(description="Đã xác thực với Cơ sở dữ liệu quốc gia về dân cư")
    verification_kind: VerificationKind | None = strawberry.field(
        description="Thông tin được xác thực; null nếu chưa xác thực hoặc không rõ"
    )
    verification_channel: VerificationChannel | None = strawberry.field(
        description="Kênh xác thực; null nếu chưa xác thực hoặc không rõ"
    )

    @classmethod
    def of(cls, record: Dossier) -> "PublicServicesDossier":
        return cls(
            unit_key=record.unit_key,
            day=record.received_on,
            channel=record.channel,
            received_on=record.received_on,
            due_on=record.due_on,
            resolved_on=record.resolved_on,
            refused_on=record.refused_on,
            has_fee=record.has_fee,
            paid_online=record.paid_online,
            result_digitised=record.result_digitised,
            components_digitised=record.components_digitised,
            data_reused=record.data_reused,
            identity_verified=record.identity_verified,
            verification_kind=record.verification_kind,
            verification_channel=record.verification_channel,
        )


@strawberry.type(description="Số hồ sơ của một đơn vị")
class PublicServicesDossierCount:
    unit_code: str = strawberry.field(description="Mã đơn vị")
    unit_name: str = strawberry.field(description="Tên đơn vị")
    received: int = strawberry.field(description="Số hồ sơ đã nhận")
    resolved: int = strawberry.field(description="Số hồ sơ đã giải quyết")
    refused: int = strawberry.field(description="Số hồ sơ bị từ chối")
    online: int = strawberry.field(description="Số hồ sơ nộp trực tuyến")


@strawberry.type(description="Số hồ sơ đã xác thực định danh của một đơn vị, theo loại và theo kênh")
class PublicServicesVerificationCount:
    unit_code: str = strawberry.field(description="Mã đơn vị")
    unit_name: str = strawberry.field(description="Tên đơn vị")
    received: int = strawberry.field(description="Số hồ sơ đã nhận")
    verified: int = strawberry.field(description="Số hồ sơ đã xác thực")
    of_citizens: int = strawberry.field(description="Số hồ sơ xác thực thông tin công dân")
    of_households: int = strawberry.field(description="Số hồ sơ xác thực thông tin hộ gia đình")
    through_service: int = strawberry.field(description="Số hồ sơ xác thực qua dịch vụ kết nối, chia sẻ dữ liệu")
    through_card: int = strawberry.field(description="Số hồ sơ xác thực bằng đọc thẻ")
    through_vneid: int = strawberry.field(description="Số hồ sơ xác thực qua VNeID")


@strawberry.type(description="Dịch vụ công thiết yếu của Đề án 06")
class PublicServicesEssentialService(UnitRecord):
    code: str = strawberry.field(description="Mã dịch vụ")
    name: str = strawberry.field(description="Tên dịch vụ")
    listed_on: date = strawberry.field(description="Ngày được xác định là thiết yếu")
    integrated_on: date | None = strawberry.field(
        description="Ngày có trên Cổng Dịch vụ công quốc gia; null nếu chưa tích hợp"
    )

    @classmethod
    def of(cls, record: EssentialService) -> "PublicServicesEssentialService":
        return cls(
            unit_key=record.unit_key,
            day=record.listed_on,
            code=record.code,
            name=record.name,
            listed_on=record.listed_on,
            integrated_on=record.integrated_on,
        )


@strawberry.type(description="Số dịch vụ công thiết yếu của một cơ quan chủ quản")
class PublicServicesEssentialServiceCount:
    unit_code: str = strawberry.field(description="Mã đơn vị")
    unit_name: str = strawberry.field(description="Tên đơn vị")
    services: int = strawberry.field(description="Số dịch vụ công thiết yếu")
    integrated: int = strawberry.field(description="Số dịch vụ đã tích hợp, tính đến hôm nay")


@strawberry.type(description="Thủ tục hành chính đủ điều kiện cung cấp toàn trình")
class PublicServicesProcedure(UnitRecord):
    code: str = strawberry.field(description="Mã thủ tục")
    name: str = strawberry.field(description="Tên thủ tục")
    eligible_since: date = strawberry.field(description="Đủ điều kiện từ ngày này")
    eligible_until: date | None = strawberry.field(description="Không còn đủ điều kiện từ ngày này; null nếu còn")
    published_on: date | None = strawberry.field(
        description="Ngày công khai dịch vụ công trực tuyến toàn trình; null nếu chưa có"
    )

    @classmethod
    def of(cls, record: Procedure) -> "PublicServicesProcedure":
        return cls(
            unit_key=record.unit_key,
            day=record.eligible_since,
            code=record.code,
            name=record.name,
            eligible_since=record.eligible_since,
            eligible_until=record.eligible_until,
            published_on=record.published_on,
        )


@strawberry.type(description="Số người từ 18 tuổi của một xã, phường đã dùng dịch vụ công trực tuyến trong năm")
class PublicServicesAdultCount:
    unit_code: str = strawberry.field(description="Mã đơn vị")
    unit_name: str = strawberry.field(description="Tên đơn vị")
    adults: int = strawberry.field(description="Số người từ 18 tuổi")
    users: int = strawberry.field(description="Số người đã nộp ít nhất một hồ sơ trực tuyến từ đầu năm")


@strawberry.type(description="Dịch vụ công: hồ sơ thủ tục hành chính, dịch vụ thiết yếu, thủ tục toàn trình")
class PublicServicesQuery:
    @strawberry.field(description="Các hồ sơ thủ tục hành chính trong phạm vi, theo ngày nhận")
    async def dossiers(
        self,
        info: Info[Context, None],
        unit: OfUnit = None,
        since: Since = None,
        until: Until = None,
        first: First = None,
        after: After = None,
    ) -> Connection[PublicServicesDossier]:
        return await _DOSSIERS.page(
            info.context, PublicServicesDossier.of, unit=unit, since=since, until=until, first=first, after=after
        )

    @strawberry.field(description="Số hồ sơ của từng đơn vị")
    async def dossiers_by_unit(
        self, info: Info[Context, None], unit: OfUnit = None, since: Since = None, until: Until = None
    ) -> list[PublicServicesDossierCount]:
        counted = await _DOSSIERS.counts(
            info.context,
            sa.func.count(Dossier.resolved_on),
            sa.func.count(Dossier.refused_on),
            sa.func.count().filter(Dossier.channel == Channel.ONLINE),
            unit=unit,
            since=since,
            until=until,
        )
        return [
            PublicServicesDossierCount(
                unit_code=found.code,
                unit_name=found.name,
                received=received,
                resolved=resolved,
                refused=refused,
                online=online,
            )
            for found, (received, resolved, refused, online) in counted
        ]

    @strawberry.field(description="Số hồ sơ đã xác thực định danh của từng đơn vị, theo loại và theo kênh")
    async def verifications_by_unit(
        self, info: Info[Context, None], unit: OfUnit = None, since: Since = None, until: Until = None
    ) -> list[PublicServicesVerificationCount]:
        counted = await _DOSSIERS.counts(
            info.context,
            sa.func.count().filter(Dossier.identity_verified.is_(True)),
            sa.func.count().filter(Dossier.verification_kind == VerificationKind.CITIZEN),
            sa.func.count().filter(Dossier.verification_kind == VerificationKind.HOUSEHOLD),
            sa.func.count().filter(Dossier.verification_channel == VerificationChannel.SERVICE),
            sa.func.count().filter(Dossier.verification_channel == VerificationChannel.CARD),
            sa.func.count().filter(Dossier.verification_channel == VerificationChannel.VNEID),
            unit=unit,
            since=since,
            until=until,
        )
        return [
            PublicServicesVerificationCount(
                unit_code=found.code,
                unit_name=found.name,
                received=received,
                verified=verified,
                of_citizens=of_citizens,
                of_households=of_households,
                through_service=through_service,
                through_card=through_card,
                through_vneid=through_vneid,
            )
            for found, (
                received,
                verified,
                of_citizens,
                of_households,
                through_service,
                through_card,
                through_vneid,
            ) in counted
        ]

    @strawberry.field(description="Các dịch vụ công thiết yếu trong phạm vi, theo ngày được xác định là thiết yếu")
    async def essential_services(
        self,
        info: Info[Context, None],
        unit: OfUnit = None,
        since: Since = None,
        until: Until = None,
        first: First = None,
        after: After = None,
    ) -> Connection[PublicServicesEssentialService]:
        return await _ESSENTIAL_SERVICES.page(
            info.context,
            PublicServicesEssentialService.of,
            unit=unit,
            since=since,
            until=until,
            first=first,
            after=after,
        )

    @strawberry.field(description="Số dịch vụ công thiết yếu của từng cơ quan chủ quản, tính đến hôm nay")
    async def essential_services_by_unit(
        self, info: Info[Context, None], unit: OfUnit = None
    ) -> list[PublicServicesEssentialServiceCount]:
        today = info.context.on
        counted = await _ESSENTIAL_SERVICES.counts(
            info.context,
            sa.func.count().filter(EssentialService.integrated_on <= today),
            unit=unit,
            since=None,
            until=today + timedelta(days=1),
        )
        return [
            PublicServicesEssentialServiceCount(
                unit_code=found.code, unit_name=found.name, services=services, integrated=integrated
            )
            for found, (services, integrated) in counted
        ]

    @strawberry.field(description="Các thủ tục đủ điều kiện toàn trình trong phạm vi, theo ngày đủ điều kiện")
    async def procedures(
        self,
        info: Info[Context, None],
        unit: OfUnit = None,
        since: Since = None,
        until: Until = None,
        first: First = None,
        after: After = None,
    ) -> Connection[PublicServicesProcedure]:
        return await _PROCEDURES.page(
            info.context, PublicServicesProcedure.of, unit=unit, since=since, until=until, first=first, after=after
        )

    @strawberry.field(description="Số người từ 18 tuổi đã dùng dịch vụ công trực tuyến từ đầu năm nay, theo xã, phường")
    async def adults_by_unit(self, info: Info[Context, None], unit: OfUnit = None) -> list[PublicServicesAdultCount]:
        today = info.context.on
        is_counted = AdultYear.counted_until > today
        counted = await _ADULTS.counts(
            info.context,
            sa.func.count().filter(is_counted),
            sa.func.count().filter(is_counted, AdultYear.first_online_on <= today),
            unit=unit,
            since=date(today.year, 1, 1),
            until=today + timedelta(days=1),
        )
        return [
            PublicServicesAdultCount(unit_code=found.code, unit_name=found.name, adults=adults, users=users)
            for found, (_, adults, users) in counted
        ]
