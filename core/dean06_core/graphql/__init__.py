"""What a sector needs to add fields: batch fields and the operation's context."""

from dean06_core.graphql.batches import batch_field
from dean06_core.graphql.context import Context

__all__ = ["Context", "batch_field"]
