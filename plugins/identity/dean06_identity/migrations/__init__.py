"""The history of the identity sector's own tables."""
