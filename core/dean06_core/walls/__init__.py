"""Rows are kept from callers by the database itself; each database has its own way of doing it."""
