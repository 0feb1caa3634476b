"""The commands of ``dean06``, one module a noun."""
