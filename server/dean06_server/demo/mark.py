"""How a database is known to be a demonstration: by a mark that travels with it and stands in none of its tables.

Only there does ``dean06 account token`` give full power, and only there are the
demonstration's accounts made.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from dean06_core.database import Database
from dean06_core.errors import StartUpError

_DEMO: Final = "d06D"


async def is_demo(database: Database) -> bool:
    return await database.backend.read_mark() == _DEMO


async def make_demo(database: Database) -> None:
    """Mark an empty database; one that holds tables and no mark is somebody's own, and is refused."""
    if await is_demo(database):
        return
    async with database.services.connect() as connection:
        if await connection.run_sync(lambda opened: sa.inspect(opened).get_table_names()):
            raise StartUpError(
                f"The database at {database.name} was not made by 'dean06 demo' and is left as it is. "
                "Set DEAN06_DATABASE_URL to another file, for example sqlite:///var/demo.db, or to another database."
            )
    await database.backend.write_mark(_DEMO)
