"""A pass that is over: the database refuses whoever still reads with it, and the caller is told to ask for less."""

from __future__ import annotations

from sqlalchemy import event
from sqlalchemy.engine import ExceptionContext

from dean06_core.database import Database
from dean06_core.errors import BadInput
from dean06_core.walls.postgresql import EXPIRED


class PassExpired(BadInput):
    """A request went on for longer than a pass lasts."""

    def __init__(self) -> None:
        super().__init__(
            "PASS_EXPIRED",
            "Yêu cầu kéo dài quá thời hạn được đọc dữ liệu. Hãy bớt đơn vị, kỳ hoặc số dòng của truy vấn rồi gửi lại.",
        )


def tell_of_expiry(database: Database) -> None:
    """Let whoever reads or writes with a pass that is over meet PassExpired instead of the server's own error."""
    for engine in {database.readers.sync_engine, database.backend.writers.sync_engine}:
        event.listen(engine, "handle_error", _translate)


def _translate(context: ExceptionContext) -> None:
    if getattr(context.original_exception, "sqlstate", None) == EXPIRED:
        raise PassExpired from None
