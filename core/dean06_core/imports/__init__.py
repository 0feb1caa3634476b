"""Files of rows: ``read_rows`` reads one, ``run`` imports all of it or says everything that is wrong with it."""

from dean06_core.imports.entries import Sheet
from dean06_core.imports.loading import NOUNS, nouns, run
from dean06_core.imports.reading import Row, read_rows, rows_of
from dean06_core.imports.reports import ImportReport, RowError

__all__ = ["NOUNS", "ImportReport", "Row", "RowError", "Sheet", "nouns", "read_rows", "rows_of", "run"]
