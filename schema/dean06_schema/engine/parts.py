"""What the contract is made of besides the sectors: one query class a noun. A new noun is added here, nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dean06_schema.access import AccessQuery
from dean06_schema.account_lists import AccountListQuery
from dean06_schema.account_reports import AccountReportQuery
from dean06_schema.accounts import AccountQuery
from dean06_schema.assigning import AssigningMutation
from dean06_schema.audits import AuditQuery
from dean06_schema.below_target import BelowTargetQuery
from dean06_schema.documents import DocumentQuery
from dean06_schema.errors import Refusal
from dean06_schema.governance import GovernanceMutation
from dean06_schema.indicators import IndicatorQuery
from dean06_schema.nodes import NodeQuery
from dean06_schema.observations import ObservationQuery
from dean06_schema.own_ways_in import OwnWaysInMutation
from dean06_schema.provider_sign_ins import ProviderSignInMutation
from dean06_schema.recording import RecordingMutation
from dean06_schema.reviews import ReviewMutation, ReviewQuery
from dean06_schema.shared_use import SharedUseMutation, SharedUseQuery
from dean06_schema.sign_ins import SignInMutation
from dean06_schema.systems import SystemQuery
from dean06_schema.task_orders import TaskMutation
from dean06_schema.task_summaries import TaskSummaryQuery
from dean06_schema.tasks import TaskQuery
from dean06_schema.units import UnitQuery


@dataclass(frozen=True, slots=True)
class Parts:
    """Strawberry types whose fields make up Query and Mutation.

    ``types`` are reached through an interface only. A field that callers who
    have not signed in may use says so: ``metadata={"open": True}``; there has
    to be one among the queries, since GraphQL knows no empty Query.
    """

    queries: tuple[type, ...]
    mutations: tuple[type, ...]
    types: tuple[type, ...] = ()


CONTRACT: Final = Parts(
    queries=(
        AccountQuery,
        AccessQuery,
        AccountListQuery,
        AccountReportQuery,
        ReviewQuery,
        SharedUseQuery,
        AuditQuery,
        NodeQuery,
        UnitQuery,
        IndicatorQuery,
        ObservationQuery,
        BelowTargetQuery,
        TaskQuery,
        TaskSummaryQuery,
        DocumentQuery,
        SystemQuery,
    ),
    mutations=(
        SignInMutation,
        OwnWaysInMutation,
        ProviderSignInMutation,
        GovernanceMutation,
        ReviewMutation,
        SharedUseMutation,
        RecordingMutation,
        AssigningMutation,
        TaskMutation,
    ),
    types=(Refusal,),
)
