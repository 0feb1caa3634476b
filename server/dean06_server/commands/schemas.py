"""``dean06 schema``: the API as it is written, whole or as one account sees it."""
