"""How the sector's own records are asked for: payments and insured persons one by one, and counted by commune."""

from datetime import date
from typing import Annotated

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
from dean06_social_insurance.beneficiaries import Beneficiary, Benefit
from dean06_social_insurance.insured_persons import InsuredPerson

_BENEFICIARIES = RecordList(Beneficiary, Beneficiary.started_on, "social_insurance.beneficiaries")
_INSURED = RecordList(InsuredPerson, InsuredPerson.joined_on, "social_insurance.insured_persons")

described(
    Benefit,
    "Chế độ được chi trả",
    name="SocialInsuranceBenefit",
    PENSION="Lương hưu",
    ALLOWANCE="Trợ cấp BHXH hằng tháng",
    UNEMPLOYMENT="Trợ cấp thất nghiệp",
    ASSISTANCE="Trợ cấp an sinh xã hội",
)

OnDay = Annotated[date | None, strawberry.argument(name="on", description="Vào ngày này; không ghi là hôm nay")]
OfBenefits = Annotated[
    list[Benefit] | None, strawberry.argument(description="Chỉ các chế độ này; không ghi là mọi chế độ")
]


@strawberry.type(description="Một chế độ của một người hưởng, không có thông tin người đó")
class SocialInsuranceBeneficiary(UnitRecord):
    benefit: Benefit = strawberry.field(description="Chế độ được hưởng")
    started_on: date = strawberry.field(description="Ngày bắt đầu hưởng")
    ended_on: date | None = strawberry.field(description="Ngày đầu tiên không còn hưởng; null nếu đang hưởng")
    cashless_since: date | None = strawberry.field(
        description="Ngày bắt đầu nhận không dùng tiền mặt; null nếu nhận tiền mặt"
    )

    @classmethod
    def of(cls, record: Beneficiary, on: date) -> "SocialInsuranceBeneficiary":
        return cls(
            unit_key=record.unit_key,
            day=on,
            benefit=record.benefit,
            started_on=record.started_on,
            ended_on=record.ended_on,
            cashless_since=record.cashless_since,
        )


@strawberry.type(description="Số người hưởng của một xã, phường vào một ngày")
class SocialInsuranceBeneficiaryCount:
    unit_code: str = strawberry.field(description="Mã đơn vị")
    unit_name: str = strawberry.field(description="Tên đơn vị")
    receiving: int = strawberry.field(description="Số người đang hưởng; người hưởng hai chế độ được tính hai lần")
    cashless: int = strawberry.field(description="Số người nhận không dùng tiền mặt")
    cash: int = strawberry.field(description="Số người còn nhận bằng tiền mặt")


@strawberry.type(description="Một lần tham gia bảo hiểm của một người, không có thông tin người đó")
class SocialInsuranceInsuredPerson(UnitRecord):
    joined_on: date = strawberry.field(description="Ngày bắt đầu tham gia")
    left_on: date | None = strawberry.field(description="Ngày đầu tiên không còn tham gia; null nếu đang tham gia")
    has_personal_id: bool = strawberry.field(description="Đã có số CCCD hoặc số định danh cá nhân")
    verified_on: date | None = strawberry.field(
        description="Ngày được xác thực đúng với Cơ sở dữ liệu quốc gia về dân cư; null nếu chưa"
    )
    is_armed_forces: bool = strawberry.field(description="Thuộc lực lượng vũ trang hoặc thân nhân")

    @classmethod
    def of(cls, record: InsuredPerson, on: date) -> "SocialInsuranceInsuredPerson":
        return cls(
            unit_key=record.unit_key,
            day=on,
            joined_on=record.joined_on,
            left_on=record.left_on,
            has_personal_id=record.has_personal_id,
            verified_on=record.verified_on,
            is_armed_forces=record.is_armed_forces,
        )


@strawberry.type(
    description="Số người tham gia bảo hiểm của một xã, phường vào một ngày; không kể lực lượng vũ trang, thân nhân"
)
class SocialInsuranceInsuredCount:
    unit_code: str = strawberry.field(description="Mã đơn vị")
    unit_name: str = strawberry.field(description="Tên đơn vị")
    insured: int = strawberry.field(description="Số người đang tham gia")
    verified: int = strawberry.field(description="Số người đã được xác thực")
    without_id: int = strawberry.field(description="Số người chưa xác thực vì chưa có số CCCD hoặc số định danh")
    unverified: int = strawberry.field(description="Số người có số CCCD hoặc số định danh nhưng chưa được xác thực")


@strawberry.type(description="Bảo hiểm xã hội: người hưởng và người tham gia")
class SocialInsuranceQuery:
    @strawberry.field(description="Các chế độ đang và đã chi trả trong phạm vi, theo ngày bắt đầu hưởng")
    async def beneficiaries(
        self,
        info: Info[Context, None],
        unit: OfUnit = None,
        since: Since = None,
        until: Until = None,
        first: First = None,
        after: After = None,
    ) -> Connection[SocialInsuranceBeneficiary]:
        return await _BENEFICIARIES.page(
            info.context,
            lambda record: SocialInsuranceBeneficiary.of(record, info.context.on),
            unit=unit,
            since=since,
            until=until,
            first=first,
            after=after,
        )

    @strawberry.field(description="Số người hưởng của từng xã, phường vào một ngày")
    async def beneficiaries_by_unit(
        self, info: Info[Context, None], unit: OfUnit = None, benefits: OfBenefits = None, on: OnDay = None
    ) -> list[SocialInsuranceBeneficiaryCount]:
        day = on or info.context.on
        receives = sa.and_(
            Beneficiary.started_on <= day,
            sa.or_(Beneficiary.ended_on.is_(None), Beneficiary.ended_on > day),
            *([] if benefits is None else [Beneficiary.benefit.in_(benefits)]),
        )
        counted = await _BENEFICIARIES.counts(
            info.context,
            sa.func.count().filter(receives),
            sa.func.count().filter(receives, Beneficiary.cashless_since <= day),
            unit=unit,
            since=None,
            until=None,
        )
        return [
            SocialInsuranceBeneficiaryCount(
                unit_code=found.code,
                unit_name=found.name,
                receiving=receiving,
                cashless=cashless,
                cash=receiving - cashless,
            )
            for found, (_, receiving, cashless) in counted
            if receiving
        ]

    @strawberry.field(description="Các lần tham gia bảo hiểm trong phạm vi, theo ngày bắt đầu tham gia")
    async def insured_persons(
        self,
        info: Info[Context, None],
        unit: OfUnit = None,
        since: Since = None,
        until: Until = None,
        first: First = None,
        after: After = None,
    ) -> Connection[SocialInsuranceInsuredPerson]:
        return await _INSURED.page(
            info.context,
            lambda record: SocialInsuranceInsuredPerson.of(record, info.context.on),
            unit=unit,
            since=since,
            until=until,
            first=first,
            after=after,
        )

    @strawberry.field(
        description="Số người tham gia bảo hiểm của từng xã, phường vào một ngày, trừ lực lượng vũ trang, thân nhân"
    )
    async def insured_persons_by_unit(
        self, info: Info[Context, None], unit: OfUnit = None, on: OnDay = None
    ) -> list[SocialInsuranceInsuredCount]:
        day = on or info.context.on
        takes_part = sa.and_(
            InsuredPerson.joined_on <= day,
            sa.or_(InsuredPerson.left_on.is_(None), InsuredPerson.left_on > day),
            sa.not_(InsuredPerson.is_armed_forces),
        )
        counted = await _INSURED.counts(
            info.context,
            sa.func.count().filter(takes_part),
            sa.func.count().filter(takes_part, InsuredPerson.verified_on <= day),
            sa.func.count().filter(takes_part, sa.not_(InsuredPerson.has_personal_id)),
            unit=unit,
            since=None,
            until=None,
        )
        return [
            SocialInsuranceInsuredCount(
                unit_code=found.code,
                unit_name=found.name,
                insured=insured,
                verified=verified,
                without_id=without_id,
                unverified=insured - verified - without_id,
            )
            for found, (_, insured, verified, without_id) in counted
            if insured
        ]
