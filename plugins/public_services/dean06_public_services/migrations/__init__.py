"""The history of the public-services sector's own tables."""
