"""SQLite: one file, one writer thread that groups commits, a few readers.

Forty chats write at once: their turns wait in line, the writer runs them in one `BEGIN IMMEDIATE … COMMIT`, each behind
its own savepoint, and one fsync serves them all. A turn that fails is rolled back to its savepoint; the others stay.
WAL with `synchronous=FULL`: what was committed survives a power cut (sqlite.org/pragma.html#pragma_synchronous).
"""

from __future__ import annotations

import asyncio
import fcntl
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO, Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.engine import URL
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.pool import NullPool

from bot.domain.errors import SupportbotError
from bot.storage.database import DatabaseUnusable, Work

T = TypeVar("T")
GROUP_SIZE = 64
GROUP_SECONDS = 0.02
BUSY_SECONDS = 5.0
READERS = 2


@dataclass(slots=True)
class _Job:
    """A turn that waits for the writer, and what became of it."""

    work: Callable[[Connection], Any]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]
    result: Any = None
    error: BaseException | None = None

    def tell(self) -> None:
        """Give the outcome to the one who waits, if they still do."""
        if self.future.done():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


class _Raw(sqlite3.Connection):
    """A connection that only our own BEGIN, COMMIT and ROLLBACK begin and end.

    SQLAlchemy and Alembic call these methods when they think that a transaction is theirs; a turn would then be cut in
    two, and what follows it would be committed statement by statement.
    """

    def commit(self) -> None:
        """Leave the transaction open."""

    def rollback(self) -> None:
        """Leave the transaction open; closing the connection rolls back."""


def _engine(path: Path, *, read_only: bool, checkpoints: bool) -> Engine:
    """Return an engine whose connections have our pragmas and leave BEGIN and COMMIT to us."""

    def open_file() -> sqlite3.Connection:
        mode = "ro" if read_only else "rwc"
        uri = f"{path.absolute().as_uri()}?mode={mode}"
        raw = sqlite3.connect(
            uri, uri=True, isolation_level=None, timeout=BUSY_SECONDS, check_same_thread=False, factory=_Raw
        )
        if not read_only:
            raw.execute("PRAGMA journal_mode=WAL")
            raw.execute("PRAGMA synchronous=FULL")
            raw.execute("PRAGMA secure_delete=ON")
            raw.execute("PRAGMA temp_store=MEMORY")  # what a savepoint keeps; beyond 64 kB it would go into a file
        if read_only or not checkpoints:
            raw.execute("PRAGMA wal_autocheckpoint=0")
        raw.execute("PRAGMA foreign_keys=ON")
        return raw

    return create_engine(  # named later, by `execution_options`, the level would have each statement tell events of it
        URL.create("sqlite"),
        isolation_level="AUTOCOMMIT",
        creator=open_file,
        poolclass=NullPool,
        query_cache_size=2000,
        hide_parameters=True,
    )


def _prepare(path: Path) -> None:
    """Make the folder and see that the file is a database.

    Raises:
        DatabaseUnusable: it is not, or cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _engine(path, read_only=False, checkpoints=False).connect() as conn:
            conn.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one()
    except (OSError, sqlite3.Error, DatabaseError) as error:
        raise DatabaseUnusable(
            f"{path} cannot be used as a database ({error.__class__.__name__}); "
            "see that the folder is writable, or restore a backup"
        ) from error


@dataclass(slots=True)
class _Writer:
    """The only thread that writes; it starts with the first turn.

    Each thread has a queue of its own, and whoever puts a turn into it or ends it holds the lock: a turn that comes as
    the thread is told to end is not left in a queue that nobody reads.
    """

    path: Path
    checkpoints: bool
    _jobs: queue.SimpleQueue[_Job | None] | None = None
    _thread: threading.Thread | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def put(self, job: _Job) -> None:
        with self._lock:
            if self._jobs is None:
                self._jobs = queue.SimpleQueue()
                self._thread = threading.Thread(target=self._run, args=(self._jobs,), name="sqlite-writer", daemon=True)
                self._thread.start()
            self._jobs.put(job)

    def stop(self) -> None:
        """Let the turns that were put be done, and end the thread."""
        with self._lock:
            jobs, thread, self._jobs, self._thread = self._jobs, self._thread, None, None
            if jobs is not None:
                jobs.put(None)
        if thread is not None:
            thread.join()

    def _run(self, jobs: queue.SimpleQueue[_Job | None]) -> None:
        conn: Connection | None = None
        while (first := jobs.get()) is not None:
            group = [first]
            try:
                if conn is None:
                    _prepare(self.path)
                    conn = _engine(self.path, read_only=False, checkpoints=self.checkpoints).connect()
                self._commit_group(conn, jobs, group)
            except Exception as error:  # noqa: BLE001 whatever it was, those who wait must hear of it
                for job in group:
                    job.error = error
            by_loop = {job.loop for job in group}
            for loop in by_loop:
                _tell_all(loop, [job for job in group if job.loop is loop])
        if conn is not None:
            conn.close()
            conn.engine.dispose()

    def _commit_group(self, conn: Connection, jobs: queue.SimpleQueue[_Job | None], group: list[_Job]) -> None:
        """Run the first job and those that wait behind it in one commit; `group` grows as they are taken.

        Raises:
            OperationalError: the file stayed locked for longer than we wait, or the disk is full; nothing is stored.
        """
        raw: sqlite3.Connection = conn.connection.driver_connection  # type: ignore[assignment] # the pool's own type is Any
        try:
            self._in_one_transaction(raw, conn, jobs, group)
        except sqlite3.OperationalError as error:  # ours came past SQLAlchemy; callers know only its classes
            raise OperationalError("BEGIN or COMMIT", None, error, hide_parameters=True) from error

    def _in_one_transaction(
        self, raw: sqlite3.Connection, conn: Connection, jobs: queue.SimpleQueue[_Job | None], group: list[_Job]
    ) -> None:
        raw.execute("BEGIN IMMEDIATE")
        try:
            until = time.monotonic() + GROUP_SECONDS
            self._run_job(raw, conn, group[0])
            while len(group) < GROUP_SIZE and time.monotonic() < until and not jobs.empty():
                job = jobs.get()
                if job is None:
                    jobs.put(None)
                    break
                group.append(job)
                self._run_job(raw, conn, job)
            raw.execute("COMMIT")
        except BaseException:
            if raw.in_transaction:
                raw.execute("ROLLBACK")
            raise

    @staticmethod
    def _run_job(raw: sqlite3.Connection, conn: Connection, job: _Job) -> None:
        raw.execute("SAVEPOINT turn")
        try:
            job.result = job.work(conn)
        except Exception as error:
            job.error = error
            if not raw.in_transaction:  # a full disk ends the whole transaction, the others' turns with it
                raise
            raw.execute("ROLLBACK TO turn")
        raw.execute("RELEASE turn")


class AlreadyRunning(SupportbotError):
    """Another `run` has the SQLite file: it is for one process at a time."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"another supportbot runs on {path}, and an SQLite file is for one process; stop it first, "
            "or name another file in database.url"
        )
        self.path = path


def hold(path: Path) -> IO[bytes]:
    """Take the lock file beside an SQLite file; it is let go when the returned file is closed or the process ends.

    Raises:
        AlreadyRunning: another process has it.
        DatabaseUnusable: the folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = path.with_name(f"{path.name}.lock").open("wb")
    except OSError as error:
        raise DatabaseUnusable(f"{path.parent} cannot be written ({error.strerror}); see database.url") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise AlreadyRunning(path) from None
    return lock


class BeingRestored(SupportbotError):
    """Somebody puts another database in the place of this one."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is being restored from a copy just now; try again when that is done")
        self.path = path


class OthersAtWork(SupportbotError):
    """A command works on the file, so that no other may be put in its place."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"another supportbot command works on {path} just now; try again when it is done")
        self.path = path


def work_beside(path: Path) -> IO[bytes] | None:
    """Say that a command works on an SQLite file, until what is returned is closed; many may.

    Returns:
        None where no lock file can be made: the command will hear that of the database.

    Raises:
        BeingRestored: the file is about to be another one.
    """
    try:
        lock = _commands_lock(path)
    except OSError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise BeingRestored(path) from None
    return lock


def work_alone(path: Path) -> IO[bytes]:
    """Keep all commands from an SQLite file until what is returned is closed; a `run` is kept off by `hold`.

    Raises:
        OthersAtWork: one works on it.
    """
    lock = _commands_lock(path)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise OthersAtWork(path) from None
    return lock


def _commands_lock(path: Path) -> IO[bytes]:
    return path.with_name(f"{path.name}.commands").open("ab")


def _tell_all(loop: asyncio.AbstractEventLoop, jobs: list[_Job]) -> None:
    def tell() -> None:
        for job in jobs:
            job.tell()

    if not loop.is_closed():
        loop.call_soon_threadsafe(tell)


class Sqlite:
    """An SQLite file behind the `Database` port."""

    dialect = "sqlite"

    def __init__(self, path: Path, *, checkpoints: bool = True) -> None:
        self.path = path
        self._writer = _Writer(path, checkpoints)
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="sqlite-reader")
        self._local = threading.local()
        self._opened: list[Connection] = []

    async def transaction(self, work: Work[T]) -> T:
        """Run `work` in the writer thread; returns when its commit is on the disk."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._writer.put(_Job(work, loop, future))
        return await future

    async def read(self, work: Work[T]) -> T:
        """Run `work` in a reader thread, on a consistent view of the file."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, partial(self._read, work))

    async def read_at_length(self, work: Work[T]) -> T:
        """Run `work` in a reader thread, where all reading is done here."""
        return await self.read(work)

    def _read(self, work: Work[T]) -> T:
        conn: Connection | None = getattr(self._local, "conn", None)
        if conn is None:
            if not self.path.exists():
                raise DatabaseUnusable(f"{self.path} does not exist; run `supportbot db upgrade` first")
            conn = _engine(self.path, read_only=True, checkpoints=False).connect()
            self._local.conn = conn
            self._opened.append(conn)
        raw: sqlite3.Connection = conn.connection.driver_connection  # type: ignore[assignment] # the pool's own type is Any
        raw.execute("BEGIN")
        try:
            return work(conn)
        finally:
            raw.execute("COMMIT")

    async def close(self) -> None:
        """Finish the turns that wait, then close all connections."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._writer.stop()
        self._readers.shutdown(wait=True)
        for conn in self._opened:
            conn.close()
