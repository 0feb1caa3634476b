"""The history of the health sector's own tables."""
