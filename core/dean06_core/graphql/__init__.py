"""What a sector needs to add fields: batch fields, the operation's context, pages, its records by day and by unit."""

from dean06_core.graphql.batches import batch_field
from dean06_core.graphql.connections import After, Before, Connection, First, Last, PageInfo
from dean06_core.graphql.context import Context
from dean06_core.graphql.enums import described
from dean06_core.graphql.records import OfUnit, RecordList, Since, UnitRecord, Until

__all__ = [
    "After",
    "Before",
    "Connection",
    "Context",
    "First",
    "Last",
    "OfUnit",
    "PageInfo",
    "RecordList",
    "Since",
    "UnitRecord",
    "Until",
    "batch_field",
    "described",
]
