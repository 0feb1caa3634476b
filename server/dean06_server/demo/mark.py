"""How a database is known to be a demonstration: by a number in the header of its own file, which travels with it.

Only there does ``dean06 account token`` give full power, and only there are the
demonstration's accounts made. SQLite keeps this number for the application
that a file belongs to; no statement of ours writes it anywhere else.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from dean06_core.database import Database
from dean06_core.errors import StartUpError

_DEMO: Final = int.from_bytes(b"d06D", "big")


async def is_demo(database: Database) -> bool:
    async with database.services.connect() as connection:
        return bool(await connection.scalar(sa.text("pragma application_id")) == _DEMO)


async def make_demo(database: Database) -> None:
    """Mark an empty database; one that holds tables and no mark is somebody's own, and is refused."""
    if await is_demo(database):
        return
    async with database.services.begin() as connection:
        if await connection.run_sync(lambda opened: sa.inspect(opened).get_table_names()):
            raise StartUpError(
                f"The database at {database.path} was not made by 'dean06 demo' and is left as it is. "
                "Set DEAN06_DATABASE_URL to another file, for example sqlite:///var/demo.db."
            )
        await connection.execute(sa.text(f"pragma application_id = {_DEMO}"))
