"""What a sector needs to add fields: batch fields and the operation's context."""

from dean06_core.graphql.batches import batch_field
from dean06_core.graphql.connections import After, Before, First, Last, PageInfo
from dean06_core.graphql.context import Context
from dean06_core.graphql.enums import described

__all__ = ["After", "Before", "Context", "First", "Last", "PageInfo", "batch_field", "described"]
