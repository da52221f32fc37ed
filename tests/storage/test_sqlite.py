"""SQLite in trouble and under load: groups of turns, a full disk, a locked or broken file, copies."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import IntegrityError, OperationalError

from bot.storage import schema, sqlite, versions
from bot.storage.copies import copy
from bot.storage.database import DatabaseUnusable, Work, connect
from bot.storage.sqlite import AlreadyRunning, BeingRestored, OthersAtWork, Sqlite, hold, work_alone, work_beside
from tests.databases import sqlite_url

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
EVENTS = schema.events
A_WHILE = 0.2


@pytest.fixture
async def database(sqlite_file: Path) -> AsyncIterator[Sqlite]:
    opened = Sqlite(sqlite_file)
    yield opened
    await opened.close()


def write(conn: Connection, kind: str, body: str = "") -> None:
    conn.execute(EVENTS.insert(), {"stream": "desk", "kind": kind, "body": body, "at": NOW})


def kinds(conn: Connection) -> list[str]:
    return list(conn.execute(select(EVENTS.c.kind).order_by(EVENTS.c.id)).scalars())


def pragma(conn: Connection, name: str) -> object:
    return conn.exec_driver_sql(f"PRAGMA {name}").scalar()


def counted(conn: Connection) -> dict[str, int]:
    rows = conn.execute(select(EVENTS.c.kind, func.count()).group_by(EVENTS.c.kind))
    return {row.kind: row[1] for row in rows}


def fill_up_after(conn: Connection, pages: int) -> None:
    used = conn.exec_driver_sql("PRAGMA page_count").scalar_one()
    conn.exec_driver_sql(f"PRAGMA max_page_count={used + pages}")


def checked(file: Path) -> str:
    with closing(sqlite3.connect(file)) as raw:
        return str(raw.execute("PRAGMA integrity_check").fetchone()[0])


class Gate:
    """Holds the writer thread inside a turn, so that the turns behind it get into the same commit."""

    def __init__(self) -> None:
        self.reached, self.open = threading.Event(), threading.Event()

    def turn(self, conn: Connection) -> str:
        self.reached.set()
        self.open.wait()
        write(conn, "gate")
        return "gate"


async def in_one_commit(database: Sqlite, *works: Work[object]) -> list[Any]:
    """Run turns behind a gate, in one group; return the gate's outcome and theirs.

    On a busy machine the gate may be shut for longer than a group is kept open.
    """
    gate = Gate()
    with pytest.MonkeyPatch.context() as patient:
        patient.setattr(sqlite, "GROUP_SECONDS", 60.0)
        first = asyncio.ensure_future(database.transaction(gate.turn))
        await asyncio.to_thread(gate.reached.wait)
        others = [asyncio.ensure_future(database.transaction(work)) for work in works]
        await asyncio.sleep(0)  # each puts itself into the writer's line
        gate.open.set()
        return list(await asyncio.gather(first, *others, return_exceptions=True))


async def test_what_is_committed_survives_a_power_cut(database: Sqlite) -> None:
    def look(conn: Connection) -> dict[str, Any]:
        return {name: pragma(conn, name) for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")}

    assert await database.transaction(look) == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
    }


async def test_only_the_writer_of_a_running_bot_checkpoints(database: Sqlite, sqlite_file: Path) -> None:
    beside = Sqlite(sqlite_file, checkpoints=False)

    found = [
        await each(lambda conn: pragma(conn, "wal_autocheckpoint"))
        for each in (database.transaction, database.read, beside.transaction)
    ]

    await beside.close()
    assert found == [1000, 0, 0]


async def test_a_reader_cannot_write(database: Sqlite) -> None:
    with pytest.raises(OperationalError, match="readonly"):
        await database.read(lambda conn: write(conn, "said"))


async def test_turns_that_wait_share_one_commit(database: Sqlite) -> None:
    def sees(conn: Connection) -> list[str]:
        seen = kinds(conn)
        write(conn, "later")
        return seen

    outside: list[list[str]] = []

    def look_from_outside(_: Connection) -> None:
        with closing(sqlite3.connect(database.path)) as raw:
            outside.append([row[0] for row in raw.execute("SELECT kind FROM events")])

    outcomes = await in_one_commit(database, sees, look_from_outside)

    assert outcomes == ["gate", ["gate"], None]
    assert outside == [[]]
    assert await database.read(kinds) == ["gate", "later"]


async def test_of_a_group_only_the_turn_that_failed_is_undone(database: Sqlite) -> None:
    def fails(conn: Connection) -> None:
        write(conn, "bad")
        with conn.begin_nested():
            write(conn, "worse")
        raise ZeroDivisionError

    def breaks_a_rule(conn: Connection) -> None:
        write(conn, "twice")
        for _ in range(2):
            conn.execute(schema.versions.insert().values(name="faq", number=1))

    outcomes = await in_one_commit(
        database, lambda conn: write(conn, "good"), fails, breaks_a_rule, lambda conn: write(conn, "good too")
    )

    assert [type(outcome) for outcome in outcomes] == [str, type(None), ZeroDivisionError, IntegrityError, type(None)]
    assert await database.read(kinds) == ["gate", "good", "good too"]


async def test_a_turn_that_says_commit_or_rollback_is_still_one_turn(database: Sqlite) -> None:
    def impatient(conn: Connection) -> None:
        write(conn, "before")
        conn.commit()
        write(conn, "after")
        raise ZeroDivisionError

    def regrets(conn: Connection) -> None:
        write(conn, "kept")
        conn.rollback()

    outcomes = await in_one_commit(database, impatient, regrets)

    assert [type(outcome) for outcome in outcomes] == [str, ZeroDivisionError, type(None)]
    assert await database.read(kinds) == ["gate", "kept"]


async def test_a_full_disk_fails_the_turn_and_all_goes_on_when_there_is_room_again(database: Sqlite) -> None:
    await database.transaction(lambda conn: write(conn, "before"))
    await database.transaction(lambda conn: fill_up_after(conn, 2))

    with pytest.raises(OperationalError, match="full"):
        await database.transaction(lambda conn: write(conn, "big", "x" * 100_000))
    full = await database.read(kinds)
    await database.transaction(lambda conn: pragma(conn, "max_page_count=1000000"))
    await database.transaction(lambda conn: write(conn, "big", "x" * 100_000))

    assert (full, await database.read(kinds)) == (["before"], ["before", "big"])
    assert checked(database.path) == "ok"


async def test_on_a_full_disk_a_turn_of_the_group_is_stored_or_hears_that_it_is_not(database: Sqlite) -> None:
    await database.transaction(lambda conn: fill_up_after(conn, 3))

    def turn(number: int) -> Work[object]:
        def work(conn: Connection) -> None:
            write(conn, str(number), "x" * (50_000 if number % 3 == 0 else 10))

        return work

    outcomes = await in_one_commit(database, *[turn(number) for number in range(1, 10)])

    stored = [str(number) for number, outcome in enumerate(outcomes[1:], 1) if outcome is None]
    assert [kind for kind in await database.read(kinds) if kind != "gate"] == stored
    assert {type(outcome) for outcome in outcomes[1:] if outcome is not None} == {OperationalError}


async def test_a_file_that_another_program_locks_for_a_while_is_waited_for(database: Sqlite) -> None:
    await database.transaction(lambda conn: write(conn, "before"))
    with closing(sqlite3.connect(database.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        turn = asyncio.ensure_future(database.transaction(lambda conn: write(conn, "waited")))
        done, _ = await asyncio.wait({turn}, timeout=A_WHILE)
        read_meanwhile = await database.read(kinds)
        other.execute("COMMIT")
        await turn

    assert (done, read_meanwhile) == (set(), ["before"])
    assert await database.read(kinds) == ["before", "waited"]


async def test_a_file_that_stays_locked_fails_the_turn_and_works_once_it_is_free(
    sqlite_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.05)
    database = Sqlite(sqlite_file)
    await database.transaction(lambda conn: write(conn, "before"))
    with closing(sqlite3.connect(sqlite_file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="locked"):
            await database.transaction(lambda conn: write(conn, "too late"))
        other.execute("ROLLBACK")

    await database.transaction(lambda conn: write(conn, "in time"))

    assert await database.read(kinds) == ["before", "in time"]
    await database.close()


@pytest.mark.parametrize(
    "content", [b"no database at all, only words\n" * 200, b"SQLite format 3\x00" + b"\xff" * 5000]
)
async def test_a_file_that_is_no_database_is_refused_in_one_sentence_and_left_alone(
    tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "desk.db"
    file.write_bytes(content)
    database = connect(sqlite_url(file))

    with pytest.raises(DatabaseUnusable, match=rf"^{file} cannot be used as a database [^\n]+restore a backup$"):
        await database.transaction(kinds)

    await database.close()
    assert file.read_bytes() == content


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file where the folder should be")
    database = connect(sqlite_url(tmp_path / "var" / "desk.db"))

    with pytest.raises(DatabaseUnusable, match="see that the folder is writable"):
        await database.transaction(kinds)

    await database.close()


async def test_reading_from_a_file_that_is_not_there_says_how_to_make_it(tmp_path: Path) -> None:
    database = connect(sqlite_url(tmp_path / "desk.db"))

    with pytest.raises(DatabaseUnusable, match="supportbot db upgrade"):
        await database.read(kinds)

    await database.close()
    assert not (tmp_path / "desk.db").exists()


async def test_folders_with_odd_names_hold_a_database(tmp_path: Path, sqlite_file: Path) -> None:
    odd = tmp_path / "50% off? #1 Größe"
    odd.mkdir()
    file = sqlite_file.rename(odd / "desk.db")  # noqa: ASYNC240 before anything runs
    database = Sqlite(file)
    await database.transaction(lambda conn: write(conn, "said"))

    copy(file, odd / "copy.db")
    found = await database.read(kinds)
    await database.close()

    assert (found, checked(odd / "copy.db")) == (["said"], "ok")
    assert sorted(path.name for path in odd.glob("*.db")) == ["copy.db", "desk.db"]


async def test_close_finishes_what_was_begun(sqlite_file: Path) -> None:
    database = Sqlite(sqlite_file)
    turns = [asyncio.ensure_future(database.transaction(lambda conn: versions.bump(conn, "faq"))) for _ in range(50)]
    await asyncio.wait(turns, return_when=asyncio.FIRST_COMPLETED)

    await database.close()

    assert sorted([await turn for turn in turns]) == list(range(1, 51))


@pytest.mark.timeout(20)
async def test_a_turn_that_begins_while_the_file_is_closed_is_done_and_not_forgotten(
    sqlite_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "GROUP_SECONDS", 0.0)  # the next turn is not taken along, it has to be fetched
    database, gate = Sqlite(sqlite_file), Gate()
    first = asyncio.ensure_future(database.transaction(gate.turn))
    await asyncio.to_thread(gate.reached.wait)
    closing = asyncio.ensure_future(database.close())
    while database._writer._thread is not None:  # noqa: ASYNC110, SLF001 the moment between; the thread tells nobody
        await asyncio.sleep(0)

    late = asyncio.ensure_future(database.transaction(lambda conn: write(conn, "late")))
    gate.open.set()

    await asyncio.gather(first, closing, late)
    await database.close()
    other = Sqlite(sqlite_file)
    assert await other.read(kinds) == ["gate", "late"]
    await other.close()


async def test_whoever_gives_up_waiting_does_not_stop_the_writer(database: Sqlite) -> None:
    gate = Gate()
    turn = asyncio.ensure_future(database.transaction(gate.turn))
    await asyncio.to_thread(gate.reached.wait)
    turn.cancel()
    await asyncio.wait({turn})
    gate.open.set()

    await database.transaction(lambda conn: write(conn, "next"))

    assert await database.read(kinds) == ["gate", "next"]


async def test_a_copy_made_while_turns_are_written_is_whole(database: Sqlite, tmp_path: Path) -> None:
    def pair(conn: Connection) -> None:
        write(conn, "question", "x" * 500)
        write(conn, "answer", "x" * 500)

    async def keep_writing(enough: asyncio.Event) -> int:
        written = 0
        while not enough.is_set():
            await asyncio.gather(*[database.transaction(pair) for _ in range(20)])
            written += 20
        return written

    enough = asyncio.Event()
    writing = asyncio.ensure_future(keep_writing(enough))
    await database.transaction(pair)
    await asyncio.gather(*[asyncio.to_thread(copy, database.path, tmp_path / f"copy{n}.db") for n in range(3)])
    enough.set()
    written = await writing + 1

    made = [Sqlite(tmp_path / f"copy{n}.db") for n in range(3)]
    counts = [await one.read(counted) for one in made]
    for one in made:
        await one.close()
    assert [checked(one.path) for one in made] == ["ok"] * 3
    assert [count["question"] == count["answer"] <= written for count in counts] == [True] * 3


def test_a_second_process_on_the_same_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "var" / "desk.db"
    first = hold(file)

    with pytest.raises(AlreadyRunning, match=rf"^another supportbot runs on {file}\b[^\n]+$"):
        hold(file)

    first.close()
    hold(file).close()


def test_a_lock_file_that_cannot_be_made_is_an_error_of_the_database(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file where the folder should be")

    with pytest.raises(DatabaseUnusable, match="cannot be written"):
        hold(tmp_path / "var" / "desk.db")


def test_commands_work_beside_each_other_and_never_beside_a_restore(tmp_path: Path) -> None:
    file = tmp_path / "desk.db"
    commands = [work_beside(file), work_beside(file)]

    with pytest.raises(OthersAtWork, match="try again when it is done"):
        work_alone(file)
    for one in commands:
        assert one is not None
        one.close()
    with work_alone(file), pytest.raises(BeingRestored, match="is being restored from a copy just now"):
        work_beside(file)

    assert work_beside(tmp_path / "no such folder" / "desk.db") is None
