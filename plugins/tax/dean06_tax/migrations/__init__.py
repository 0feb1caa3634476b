"""The history of the tax sector's own tables."""
