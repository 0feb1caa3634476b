"""How the sector's own records are asked for: one by one, and counted for each commune."""

from datetime import date

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
from dean06_identity.card_dossiers import CardDossier
from dean06_identity.eid_accounts import EidAccount, HolderKind
from dean06_identity.registrations import Registration, RegistrationKind

_CARD_DOSSIERS = RecordList(CardDossier, CardDossier.received_on, "identity.card_dossiers")
_EID_ACCOUNTS = RecordList(EidAccount, EidAccount.eligible_from, "identity.eid_accounts")
_REGISTRATIONS = RecordList(Registration, Registration.registered_on, "identity.registrations")

described(
    HolderKind,
    "Đối tượng được cấp tài khoản định danh điện tử",
    name="IdentityHolderKind",
    CITIZEN="Công dân Việt Nam",
    FOREIGNER="Người nước ngoài có thẻ thường trú hoặc thẻ tạm trú",
    ORGANISATION="Cơ quan, tổ chức, doanh nghiệp, hợp tác xã",
)
described(
    RegistrationKind,
    "Việc hộ tịch thuộc diện liên thông",
    name="IdentityRegistrationKind",
    BIRTH="Đăng ký khai sinh",
    DEATH="Đăng ký khai tử",
)


@strawberry.type(description="Hồ sơ cấp thẻ căn cước, không có thông tin người được cấp")
class IdentityCardDossier(UnitRecord):
    received_on: date = strawberry.field(description="Ngày thu nhận")
    issued_on: date | None = strawberry.field(description="Ngày cấp thẻ; null nếu chưa cấp")

    @classmethod
    def of(cls, record: CardDossier) -> "IdentityCardDossier":
        return cls(
            unit_key=record.unit_key,
            day=record.received_on,
            received_on=record.received_on,
            issued_on=record.issued_on,
        )


@strawberry.type(description="Số hồ sơ cấp thẻ căn cước của một xã, phường")
class IdentityCardDossierCount:
    unit_code: str = strawberry.field(description="Mã đơn vị")
    unit_name: str = strawberry.field(description="Tên đơn vị")
    received: int = strawberry.field(description="Số hồ sơ đã thu nhận")
    issued: int = strawberry.field(description="Số hồ sơ đã cấp thẻ")


@strawberry.type(description="Đối tượng đủ điều kiện và tài khoản định danh điện tử của họ, không có thông tin là ai")
class IdentityEidAccount(UnitRecord):
    kind: HolderKind = strawberry.field(description="Đối tượng")
    eligible_from: date = strawberry.field(description="Đủ điều kiện từ ngày này")
    eligible_until: date | None = strawberry.field(description="Thôi đủ điều kiện từ ngày này; null nếu còn")
    issued_on: date | None = strawberry.field(description="Ngày cấp; null nếu chưa cấp")
    activated_on: date | None = strawberry.field(description="Ngày kích hoạt; null nếu chưa kích hoạt")
    closed_on: date | None = strawberry.field(description="Ngày đóng tài khoản; null nếu không đóng")

    @classmethod
    def of(cls, record: EidAccount) -> "IdentityEidAccount":
        return cls(
            unit_key=record.unit_key,
            day=record.eligible_from,
            kind=record.kind,
            eligible_from=record.eligible_from,
            eligible_until=record.eligible_until,
            issued_on=record.issued_on,
            activated_on=record.activated_on,
            closed_on=record.closed_on,
        )


@strawberry.type(description="Số đối tượng và tài khoản định danh điện tử của một xã, phường, kể cả đã đóng")
class IdentityEidAccountCount:
    unit_code: str = strawberry.field(description="Mã đơn vị")
    unit_name: str = strawberry.field(description="Tên đơn vị")
    eligible: int = strawberry.field(description="Số đối tượng đủ điều kiện trong khoảng thời gian")
    issued_to_citizens: int = strawberry.field(description="Trong đó: công dân đã được cấp")
    issued_to_foreigners: int = strawberry.field(description="Trong đó: người nước ngoài đã được cấp")
    issued_to_organisations: int = strawberry.field(description="Trong đó: tổ chức đã được cấp")
    activated: int = strawberry.field(description="Trong đó: tài khoản đã kích hoạt")


@strawberry.type(description="Trường hợp khai sinh, khai tử thuộc diện liên thông, không có thông tin là ai")
class IdentityRegistration(UnitRecord):
    kind: RegistrationKind = strawberry.field(description="Khai sinh hay khai tử")
    registered_on: date = strawberry.field(description="Ngày đăng ký")
    linked: bool = strawberry.field(description="Đã làm theo thủ tục liên thông có hiệu lực vào ngày đăng ký")

    @classmethod
    def of(cls, record: Registration) -> "IdentityRegistration":
        return cls(
            unit_key=record.unit_key,
            day=record.registered_on,
            kind=record.kind,
            registered_on=record.registered_on,
            linked=record.linked,
        )


@strawberry.type(description="Số trường hợp khai sinh, khai tử của một xã, phường")
class IdentityRegistrationCount:
    unit_code: str = strawberry.field(description="Mã đơn vị")
    unit_name: str = strawberry.field(description="Tên đơn vị")
    births: int = strawberry.field(description="Số trường hợp khai sinh")
    linked_births: int = strawberry.field(description="Số trường hợp khai sinh làm liên thông")
    deaths: int = strawberry.field(description="Số trường hợp khai tử")
    linked_deaths: int = strawberry.field(description="Số trường hợp khai tử làm liên thông")


@strawberry.type(description="Căn cước, tài khoản định danh điện tử, khai sinh và khai tử liên thông")
class IdentityQuery:
    @strawberry.field(description="Các hồ sơ cấp thẻ căn cước trong phạm vi, theo ngày thu nhận")
    async def card_dossiers(
        self,
        info: Info[Context, None],
        unit: OfUnit = None,
        since: Since = None,
        until: Until = None,
        first: First = None,
        after: After = None,
    ) -> Connection[IdentityCardDossier]:
        return await _CARD_DOSSIERS.page(
            info.context, IdentityCardDossier.of, unit=unit, since=since, until=until, first=first, after=after
        )

    @strawberry.field(description="Số hồ sơ cấp thẻ căn cước của từng xã, phường")
    async def card_dossiers_by_unit(
        self, info: Info[Context, None], unit: OfUnit = None, since: Since = None, until: Until = None
    ) -> list[IdentityCardDossierCount]:
        counted = await _CARD_DOSSIERS.counts(
            info.context, sa.func.count(CardDossier.issued_on), unit=unit, since=since, until=until
        )
        return [
            IdentityCardDossierCount(unit_code=found.code, unit_name=found.name, received=received, issued=issued)
            for found, (received, issued) in counted
        ]

    @strawberry.field(description="Các đối tượng đủ điều kiện và tài khoản của họ, theo ngày đủ điều kiện")
    async def eid_accounts(
        self,
        info: Info[Context, None],
        unit: OfUnit = None,
        since: Since = None,
        until: Until = None,
        first: First = None,
        after: After = None,
    ) -> Connection[IdentityEidAccount]:
        return await _EID_ACCOUNTS.page(
            info.context, IdentityEidAccount.of, unit=unit, since=since, until=until, first=first, after=after
        )

    @strawberry.field(description="Số đối tượng và tài khoản của từng xã, phường, tính theo ngày đủ điều kiện")
    async def eid_accounts_by_unit(
        self, info: Info[Context, None], unit: OfUnit = None, since: Since = None, until: Until = None
    ) -> list[IdentityEidAccountCount]:
        issued = sa.func.count(EidAccount.issued_on)
        counted = await _EID_ACCOUNTS.counts(
            info.context,
            *(issued.filter(EidAccount.kind == kind) for kind in HolderKind),
            sa.func.count(EidAccount.activated_on),
            unit=unit,
            since=since,
            until=until,
        )
        return [
            IdentityEidAccountCount(
                unit_code=found.code,
                unit_name=found.name,
                eligible=eligible,
                issued_to_citizens=citizens,
                issued_to_foreigners=foreigners,
                issued_to_organisations=organisations,
                activated=activated,
            )
            for found, (eligible, citizens, foreigners, organisations, activated) in counted
        ]

    @strawberry.field(description="Các trường hợp khai sinh, khai tử thuộc diện liên thông, theo ngày đăng ký")
    async def registrations(
        self,
        info: Info[Context, None],
        unit: OfUnit = None,
        since: Since = None,
        until: Until = None,
        first: First = None,
        after: After = None,
    ) -> Connection[IdentityRegistration]:
        return await _REGISTRATIONS.page(
            info.context, IdentityRegistration.of, unit=unit, since=since, until=until, first=first, after=after
        )

    @strawberry.field(description="Số trường hợp khai sinh, khai tử của từng xã, phường")
    async def registrations_by_unit(
        self, info: Info[Context, None], unit: OfUnit = None, since: Since = None, until: Until = None
    ) -> list[IdentityRegistrationCount]:
        is_birth = Registration.kind == RegistrationKind.BIRTH
        is_linked = Registration.linked.is_(True)
        counted = await _REGISTRATIONS.counts(
            info.context,
            sa.func.count().filter(is_birth),
            sa.func.count().filter(is_birth, is_linked),
            sa.func.count().filter(is_linked),
            unit=unit,
            since=since,
            until=until,
        )
        return [
            IdentityRegistrationCount(
                unit_code=found.code,
                unit_name=found.name,
                births=births,
                linked_births=linked_births,
                deaths=registered - births,
                linked_deaths=linked - linked_births,
            )
            for found, (registered, births, linked_births, linked) in counted
        ]
