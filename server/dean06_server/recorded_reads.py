"""What an operation read of records, citizens and accounts is recorded before it is answered, or it is not answered."""

from __future__ import annotations

import hashlib
import logging
from http import HTTPStatus
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from dean06_core import audit
from dean06_core.acting import Actor
from dean06_core.audit.reads import Reads
from dean06_core.database import Database
from dean06_schema.engine import Answer, Operation
from dean06_server.refusals import Refusal

_log: Final = logging.getLogger(__name__)


async def keep(database: Database, reads: Reads, actor: Actor, operation: Operation, answer: Answer) -> None:
    """One event for the whole operation, if it read any such row; NOT_RECORDED where it cannot be written."""
    if not reads.rows:
        return
    document = hashlib.sha256(operation.query.encode("utf-8", "surrogatepass")).hexdigest()
    try:
        async with database.service(in_turn=False) as session:
            await audit.record(session, reads.event(actor, operation=answer.operation, document=document))
    except (SQLAlchemyError, OSError) as error:
        _log.error("What an operation read was not recorded: %s", type(error).__name__)
        raise Refusal(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "NOT_RECORDED",
            "Chưa ghi được nhật ký truy cập nên không trả lời. Hãy thử lại sau ít phút; nếu vẫn vậy, báo người "
            "vận hành.",
            {"Retry-After": "10"},
        ) from None
