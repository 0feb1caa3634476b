"""The public GraphQL contract: one module a noun, and the engine that answers on it."""

from dean06_schema import vocabulary

__all__ = ["vocabulary"]
