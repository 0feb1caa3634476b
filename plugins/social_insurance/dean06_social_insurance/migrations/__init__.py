"""The history of the social-insurance sector's own tables."""
