"""The history of the justice sector's own tables."""
