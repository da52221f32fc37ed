"""`supportbot db …`."""

from __future__ import annotations

from pathlib import Path

from cyclopts import App as Command

from bot import settings as configuration
from bot.cli.common import do, opened, say
from bot.domain.errors import WrongUsage

database = Command(name="db", help="The database.")


@database.command(name="upgrade")
def db_upgrade() -> int:
    """Bring the database to the version of this program."""

    async def work() -> int:
        from bot.storage import migrate

        async with opened(configuration.load(), upgraded=False) as found:
            changed = await migrate.upgrade(found)
        say(f"The database is at version {migrate.HEAD}" + (" now." if changed else " already."))
        return 0

    return do(work())


@database.command(name="backup")
def db_backup(file: Path) -> int:
    """Write a copy of the SQLite database, also while the bot runs.

    Parameters
    ----------
    file
        To be written; it must not exist yet.
    """
    from bot.storage.database import parse, sqlite_path
    from bot.storage.sqlite import backup

    url = parse(configuration.load().database_url)
    if url.get_backend_name() != "sqlite":
        raise WrongUsage("db backup copies an SQLite file; for PostgreSQL use pg_dump")
    backup(sqlite_path(url), file)
    say(f"The copy is in {file}.")
    return 0
