"""The history of core's own tables."""
