"""Dumps of a PostgreSQL database by its own programs: pg_dump makes them, pg_restore reads them, psql puts them back.

The rows are counted in the very view of the database that pg_dump is told to copy, and then in the dump: a dump that
cannot be read to its end is found out when it is made and not when it is needed. What goes back goes in one
transaction. The password goes through the environment: a command line can be read by everybody on the machine.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from sqlalchemy import Connection, Executable, MetaData, func, inspect, select, table, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import DropTable

from bot.storage.copies import OURS, CopyUnusable, Held
from bot.storage.database import DatabaseUnusable
from bot.storage.whole_files import written_whole

BEGINS = b"PGDMP"
_COPY = re.compile(rb'COPY public\."?(\w+)"? \(.*\) FROM stdin;\n')
_SEARCHED = "SET search_path TO public"
"""A dump sets it to nothing."""
_QUERIES = {"ssl": "PGSSLMODE", "sslmode": "PGSSLMODE", "application_name": "PGAPPNAME"}
"""Of a URL's query, what the programs know by another name."""


class ProgramMissing(DatabaseUnusable):
    """A program of PostgreSQL is not on the path."""

    def __init__(self, program: str, instead: str) -> None:
        super().__init__(f"{program} is not on the path; install PostgreSQL's client programs, or {instead}")
        self.program = program


class OthersConnected(DatabaseUnusable):
    """Somebody uses the database that is to be replaced."""

    def __init__(self, many: int) -> None:
        super().__init__(
            f"{many} other connection{'s use' if many > 1 else ' uses'} the database; stop supportbot and whatever "
            "else is connected, then try again"
        )
        self.many = many


async def dump(url: URL, target: Path) -> Held:
    """Write a consistent dump, also while others write, and read it once to its end.

    Raises:
        DatabaseUnusable: the target exists, pg_dump is missing or fails, or the dump is not whole.
    """
    address = f"-h {url.host} -p {url.port or 5432} -U {url.username} {url.database}"
    program = _program("pg_dump", f"run there where they are: pg_dump -Fc {address} > {target.name}")
    with written_whole(target) as part:
        async with _view(url) as conn:
            snapshot = (await conn.execute(text("SELECT pg_export_snapshot()"))).scalar_one()
            rows = await conn.run_sync(_counted)
            with part.open("wb") as out:
                await _run(url, [program, "--format=custom", "--no-owner", f"--snapshot={snapshot}"], out=out)
        held = await read(part, named=target)
        if held.rows != rows:
            raise CopyUnusable("the dump does not hold as many rows as the database; nothing was kept, try again")
    return held


async def read(file: Path, named: Path | None = None) -> Held:
    """Read a dump to its end, and return what it holds.

    Raises:
        CopyUnusable: it is damaged, or none of ours.
    """
    program = _program("pg_restore", "restore where they are")
    with TemporaryFile() as out:
        try:
            await _run(None, [program, "--data-only", "--file=-", str(file)], out=out)
        except DatabaseUnusable as error:
            raise CopyUnusable(f"{named or file} is damaged or no dump ({error}); use another copy") from None
        out.seek(0)
        version, rows = await asyncio.to_thread(_rows_of, out)
    if not rows.keys() >= OURS:
        raise CopyUnusable(f"{named or file} is no database of Supportbot; name one that `supportbot db backup` made")
    return Held(version, rows)


async def put_back(url: URL, file: Path, then: Sequence[Executable]) -> None:
    """Replace what the database holds by a dump, all or nothing.

    Args:
        url: the database.
        file: the dump; read once before.
        then: what else is done in the same transaction, on tables as the dump has them.

    Raises:
        DatabaseUnusable: others are connected, a program is missing, or it cannot be done; then nothing was changed.
    """
    restore, psql = _program("pg_restore", "restore where they are"), _program("psql", "restore where they are")
    async with _view(url) as conn:
        if others := (await conn.execute(_OTHERS)).scalar_one():
            raise OthersConnected(others)
        drops = await conn.run_sync(_drops)
    with TemporaryFile() as script:
        script.write("".join(f"{line};\n" for line in drops).encode())
        script.flush()
        await _run(None, [restore, "--no-owner", "--no-privileges", "--file=-", str(file)], out=script)
        script.seek(0, os.SEEK_END)
        after = [_SEARCHED, *map(_spelt, then)]
        script.write("".join(f"{line};\n" for line in after).encode())
        script.flush()
        script.seek(0)
        with TemporaryFile() as nothing:
            quiet = ["--quiet", "--no-psqlrc", "--single-transaction", "--set=ON_ERROR_STOP=1"]
            await _run(url, [psql, *quiet, "--file=-"], out=nothing, given=script)


_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
    "AND backend_type = 'client backend'"
)


@asynccontextmanager
async def _view(url: URL) -> AsyncIterator[AsyncConnection]:
    """Give a connection in one view of the database, which it only reads."""
    engine = create_async_engine(url, isolation_level="REPEATABLE READ", poolclass=NullPool, hide_parameters=True)
    try:
        async with engine.connect() as conn:
            yield conn
    except OSError as error:
        raise DatabaseUnusable(f"database.url: the database cannot be reached ({type(error).__name__})") from None
    finally:
        await engine.dispose()


def _counted(conn: Connection) -> dict[str, int]:
    names = sorted(inspect(conn).get_table_names())
    return {name: int(conn.execute(select(func.count()).select_from(table(name))).scalar_one()) for name in names}


def _drops(conn: Connection) -> list[str]:
    """Return what takes all tables away, those that others refer to last; a newer version may have more of them."""
    found = MetaData()
    found.reflect(conn)
    return [_spelt(DropTable(one)) for one in reversed(found.sorted_tables)]


def _spelt(statement: Executable | DropTable) -> str:
    """Return a statement with its values in it; ours alone, nothing that anybody wrote."""
    spoken: Any = postgresql
    compiled = statement.compile(  # type: ignore[union-attr] # all that is executed can be compiled
        dialect=spoken.dialect(paramstyle="named"), compile_kwargs={"literal_binds": True}
    )
    return str(compiled).strip()


def _rows_of(out: IO[bytes]) -> tuple[str, dict[str, int]]:
    """Return the version and how many rows each table has in what pg_restore wrote."""
    version, rows, inside = "", dict[str, int](), ""
    for line in out:
        if inside and line == b"\\.\n":
            inside = ""
        elif inside:
            rows[inside] += 1
            version = line.decode().strip() if inside == "alembic_version" else version
        elif begun := _COPY.fullmatch(line):
            inside = begun[1].decode()
            rows[inside] = 0
    return version, rows


def _program(name: str, instead: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise ProgramMissing(name, instead)
    return found


def environment_of(url: URL) -> dict[str, str]:
    """Return the parts of a URL as PostgreSQL's programs take them from the environment."""
    parts = {
        "PGHOST": url.host,
        "PGPORT": url.port and str(url.port),
        "PGUSER": url.username,
        "PGPASSWORD": url.password and str(url.password),
        "PGDATABASE": url.database,
        **{_QUERIES[name]: str(value) for name, value in url.query.items() if name in _QUERIES},
    }
    return {name: value for name, value in parts.items() if value}


async def _run(url: URL | None, command: Sequence[str], out: IO[bytes], given: IO[bytes] | None = None) -> None:
    """Run a program to its end; when this is cancelled it ends too.

    Raises:
        DatabaseUnusable: it failed, with its own last words.
    """
    surroundings = {**os.environ, "LC_ALL": "C", **(environment_of(url) if url else {})}
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=given or asyncio.subprocess.DEVNULL,
        stdout=out,
        stderr=asyncio.subprocess.PIPE,
        env=surroundings,
    )
    try:
        _, complained = await process.communicate()
    except BaseException:
        process.kill()
        await process.wait()
        raise
    if process.returncode:
        raise DatabaseUnusable(f"{Path(command[0]).name} failed: {_reason(complained)}")


def _reason(complained: bytes) -> str:
    """Return the line that names the fault; those that follow it may quote what customers wrote."""
    lines = complained.decode("utf-8", "replace").strip().splitlines() or ["no reason given"]
    return next((line for line in lines if "error" in line.lower()), lines[-1])
