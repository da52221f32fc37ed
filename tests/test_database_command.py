"""`supportbot db …` as an owner types it, on both databases: copied while somebody writes, put back, upgraded.

The commands run in this process: what they do is files and rows, and a start of each would take longer than that.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sqlite3
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
import structlog
from alembic import command as alembic
from sqlalchemy import Connection, make_url, select, text

from bot import cli
from bot.domain.conversation import Place
from bot.domain.people import Role
from bot.domain.ports import Act, Outgoing, Raw
from bot.handoff import invitations, staff
from bot.messaging import erasures, inbox
from bot.messaging.deliveries import BOT, CUSTOMER, OPERATOR, Posting
from bot.storage import bundle, dumps, migrate, schema
from bot.storage.database import Database, connect
from bot.storage.files import Files
from bot.storage.sqlite import hold, work_beside
from bot.web import auth
from tests.databases import BOTH, empty_all, postgres_url, sqlite_file, sqlite_template, sqlite_url
from tests.messaging.post import Post, TroubledDatabase, running
from tests.messaging.seen import ANNA, GROUP, NOW, Kept, conversation, put, says, topic
from tests.storage.test_database_copies import SMALL, files_at_most

pytestmark = pytest.mark.slow  # databases made anew, and PostgreSQL's own programs

__all__ = ["postgres_url", "sqlite_file", "sqlite_template"]
T = TypeVar("T")
BEFORE = "0017"
SPY = """#!/bin/sh
echo "$@" > asked
echo "$PGPASSWORD $PGDATABASE" > given
echo "pg_dump: error: no" >&2
exit 1
"""


@dataclass
class Desk:
    """A folder with a database of its own, where commands are run."""

    folder: Path
    url: str
    capsys: pytest.CaptureFixture[str]

    def command(self, *arguments: str) -> tuple[int, str, str]:
        """Run a command; return the exit code, what it printed, and what it complained of."""
        code = cli.run(["db", *arguments])
        printed = self.capsys.readouterr()
        return code, printed.out, printed.err

    def parsed(self, *arguments: str) -> Any:  # noqa: ANN401 JSON
        code, printed, complained = self.command(*arguments, "--json")
        assert (code, complained) == (0, "")
        return json.loads(printed)

    def refused(self, *arguments: str) -> str:
        """Return the one sentence with which a command fails."""
        code, printed, complained = self.command(*arguments)
        assert (code, printed, len(complained.splitlines())) == (1, "", 1)
        return complained.removeprefix("supportbot: ").strip()

    def turn(self, work: Callable[[Connection], T]) -> T:
        done: T = self.with_database(lambda database: database.transaction(work))
        return done

    def with_database(self, work: Callable[[Database], Any]) -> Any:  # noqa: ANN401 whatever the work returns
        async def run() -> Any:  # noqa: ANN401 the same
            database = connect(self.url)
            try:
                return await work(database)
            finally:
                await database.close()

        return asyncio.run(run())

    def hire(self, name: str) -> int:
        return self.turn(lambda conn: staff.add(conn, name, Role.OPERATOR, "en", NOW))

    def names(self) -> list[str]:
        return sorted(person.name for person in self.turn(staff.everybody))

    def has_version(self, version: str) -> None:
        new = text("UPDATE alembic_version SET version_num = :version").bindparams(version=version)
        self.turn(lambda conn: conn.execute(new))


@pytest.fixture(params=BOTH)
def desk(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Desk]:
    """Give a desk whose database has the present version."""
    if request.param == "sqlite":
        yield from _desk(sqlite_url(request.getfixturevalue("sqlite_file")), tmp_path, monkeypatch, capsys)
        return
    for desk in _desk(request.getfixturevalue("postgres_url"), tmp_path, monkeypatch, capsys):
        desk.turn(empty_all)
        yield desk


@pytest.fixture
def on_sqlite(
    sqlite_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Desk]:
    yield from _desk(sqlite_url(sqlite_file), tmp_path, monkeypatch, capsys)


def _desk(
    url: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Desk]:
    monkeypatch.chdir(folder)
    for name in [name for name in os.environ if name.startswith("SUPPORTBOT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SUPPORTBOT_DATABASE__URL", url)
    yield Desk(folder, url, capsys)
    structlog.reset_defaults()  # commands write to what this test reads


def written_down(conn: Connection) -> list[tuple[Any, ...]]:
    """Return the audit's lines of what was done to the database as a whole."""
    log = schema.audit_log.c
    query = select(log.act, log.subject, log.facts).where(log.subject == "database").order_by(log.id)
    return [tuple(row) for row in conn.execute(query)]


def test_a_copy_tells_its_size_its_rows_and_how_long_it_took(desk: Desk) -> None:
    desk.hire("Olga")

    code, printed, complained = desk.command("backup", "monday.copy")
    told = desk.parsed("backup", "tuesday.copy")
    again = desk.refused("backup", "monday.copy")

    assert (code, complained) == (0, "")
    assert printed.startswith("The copy is in monday.copy: ")
    assert re.search(rf" rows at version {migrate.HEAD}; it took \d+\.\d s and was looked through\.$", printed)
    size = (desk.folder / "tuesday.copy").stat().st_size
    assert {**told, "seconds": 0, "rows": 0} == {
        "file": "tuesday.copy",
        "bytes": size,
        "seconds": 0,
        "version": migrate.HEAD,
        "rows": 0,
        "files": None,
    }
    assert told["rows"] > 1
    assert stat.S_IMODE((desk.folder / "monday.copy").stat().st_mode) == 0o600
    assert again == "monday.copy exists already; name a new file"
    assert [act for act, *_ in desk.turn(written_down)] == ["database.copied"] * 2


def test_after_a_restore_all_is_as_when_the_copy_was_made_and_the_one_before_is_kept(desk: Desk) -> None:
    desk.hire("Olga")
    desk.command("backup", "monday.copy")
    desk.hire("Max")

    told = desk.parsed("restore", "monday.copy")
    after = desk.names()
    back = desk.parsed("restore", told["aside"])

    assert (after, desk.names()) == (["Olga"], ["Max", "Olga"])
    assert {**told, "aside": "", "rows": 0} == {
        "file": "monday.copy",
        "version": migrate.HEAD,
        "before": migrate.HEAD,
        "rows": 0,
        "aside": "",
        "held_words_of_the_bot": 0,
        "held_words_of_operators": 0,
        "sent_once_more": 0,
        "withdrawn_invitations": 0,
        "files": 0,
        "disabled_since": [],
        "erased_since": [],
    }
    assert ".before-restore." in Path(told["aside"]).name
    assert back["aside"] != told["aside"]
    assert desk.turn(written_down) == [
        ("database.copied", "database", {"rows": told["rows"], "files": None}),
        ("database.restored", "database", {"from": migrate.HEAD, "rows": back["rows"], "held": 0}),
    ]


def test_an_owner_reads_what_to_expect_after_a_restore(desk: Desk) -> None:
    desk.with_database(conversation)
    desk.with_database(
        lambda database: put(database, Posting(ANNA, says("hello")), Posting(ANNA, says("me"), OPERATOR))
    )
    desk.command("backup", "monday.copy")

    _, printed, _ = desk.command("restore", "monday.copy")

    lines = printed.splitlines()
    assert lines[0].startswith("The database is that of monday.copy now: ")
    assert lines[1].endswith("; `supportbot db restore` takes it back.")
    assert lines[2:] == [
        "What came in after the copy was made is not in it; Telegram keeps for 24 hours what no bot has taken in.",
        "1 words of the bot to customers waited; they may have gone out, so they do not.",
        "1 words of operators to customers waited; their topics offer to send them.",
        "Everybody signs in to the console again.",
    ]


def test_no_customer_gets_twice_what_waited_when_the_copy_was_made(desk: Desk) -> None:
    async def as_it_waits(database: Database) -> None:
        anna = await conversation(database)
        place = await topic(database, anna, thread="42")
        keys = await put(
            database,
            Posting(ANNA, says("bot's"), BOT, conversation=anna),
            Posting(ANNA, says("Olga's"), OPERATOR, conversation=anna),
            Posting(ANNA, Outgoing(Act.ANSWER_PRESS, {"press": "1"}), BOT, conversation=anna),
            Posting(GROUP, says("Anna's"), CUSTOMER, place, anna),
            Posting(Place("telegram", "77"), says("to Olga herself"), BOT),
        )
        taken = schema.outbox.update().where(schema.outbox.c.id.in_(keys[1:2])).values(state="sending")  # killed then
        await database.transaction(lambda conn: conn.execute(taken))

    async def after_the_start(database: Database) -> tuple[list[Kept], Post]:
        post = Post(TroubledDatabase(database), now=NOW + timedelta(hours=1))
        async with running(post):
            rows = await post.until("uncertain", "uncertain", "sent", "sent", "sent")
        return rows, post

    desk.with_database(as_it_waits)
    desk.command("backup", "monday.copy")
    told = desk.parsed("restore", "monday.copy")
    rows, post = desk.with_database(after_the_start)

    held = (told["held_words_of_the_bot"], told["held_words_of_operators"], told["sent_once_more"])
    assert held == (1, 1, 3)
    assert [(row.says, row.state, row.repeated) for row in rows] == [
        ("bot's", "uncertain", False),
        ("Olga's", "uncertain", False),
        ("answer_press", "sent", True),
        ("Anna's", "sent", True),
        ("to Olga herself", "sent", True),
    ]
    assert sorted(post.channel.got) == [("42", "Anna's"), ("511", "answer_press"), ("77", "to Olga herself")]
    assert [said for said, _ in post.refused] == ["Olga's"]


def test_a_copy_does_not_bring_back_sessions_invitations_colleagues_or_those_who_were_erased(desk: Desk) -> None:
    def as_it_was(conn: Connection) -> tuple[int, str]:
        olga = staff.add(conn, "Olga", Role.ADMIN, "en", NOW)
        session = auth.sign_in(conn, auth.issue_link(conn, olga, NOW), NOW)
        invitations.invite(conn, Role.ADMIN, NOW + timedelta(days=36500))
        return olga, session or ""

    def since(conn: Connection) -> None:
        staff.change(conn, olga, disabled=True)
        erasures.remember(conn, ANNA.channel, ANNA.chat, NOW + timedelta(hours=1))

    olga, session = desk.turn(as_it_was)
    anna = desk.with_database(conversation)
    desk.with_database(lambda database: conversation(database, Place("telegram", "512"), "Boris"))
    desk.command("backup", "monday.copy")
    desk.turn(since)

    told = desk.parsed("restore", "monday.copy")

    assert (told["withdrawn_invitations"], told["disabled_since"], told["erased_since"]) == (1, ["Olga"], [anna])
    assert desk.turn(lambda conn: auth.session_of(conn, session, NOW)) is None
    when = desk.turn(lambda conn: erasures.erased_at(conn, ANNA.channel, ANNA.chat))
    assert when == NOW + timedelta(hours=1)
    words = desk.command("restore", "monday.copy")[1]
    assert f"Customer {anna} was erased since and is back; see supportbot customer erase" in words


def test_a_copy_of_a_newer_program_is_refused_and_nothing_is_touched(desk: Desk) -> None:
    desk.has_version("9999")
    desk.command("backup", "future.copy")
    desk.has_version(migrate.HEAD)
    desk.hire("Olga")

    said = desk.refused("restore", "future.copy")

    assert said == (
        f"future.copy has version 9999, this program knows {migrate.HEAD}; install the program that made it (or a "
        "newer one), and restore with that"
    )
    assert desk.names() == ["Olga"]
    assert [path for path in desk.folder.rglob("*") if "restor" in path.name] == []


def test_an_older_copy_is_upgraded_while_it_is_restored(desk: Desk) -> None:
    desk.turn(lambda conn: alembic.downgrade(migrate.alembic_config(conn), BEFORE))
    desk.command("backup", "older.copy")
    desk.with_database(migrate.upgrade)

    told = desk.parsed("restore", "older.copy")

    assert (told["before"], told["version"]) == (BEFORE, migrate.HEAD)
    assert desk.turn(migrate.version) == migrate.HEAD
    assert desk.command("restore", "older.copy")[1].startswith("The database is that of older.copy now: ")


def test_an_upgrade_keeps_a_copy_of_what_was_before(desk: Desk) -> None:
    desk.turn(lambda conn: alembic.downgrade(migrate.alembic_config(conn), BEFORE))

    told = desk.parsed("upgrade")
    already = desk.parsed("upgrade")

    assert {**told, "backup": ""} == {"version": migrate.HEAD, "before": BEFORE, "changed": True, "backup": ""}
    assert f".version-{BEFORE}." in Path(told["backup"]).name
    assert already == {"version": migrate.HEAD, "before": migrate.HEAD, "changed": False, "backup": None}
    assert desk.parsed("restore", told["backup"])["before"] == BEFORE
    desk.turn(lambda conn: alembic.downgrade(migrate.alembic_config(conn), BEFORE))
    assert desk.parsed("upgrade", "--no-backup")["backup"] is None


def test_another_command_that_upgrades_keeps_a_copy_too(on_sqlite: Desk) -> None:
    on_sqlite.turn(lambda conn: alembic.downgrade(migrate.alembic_config(conn), BEFORE))

    assert cli.run(["operator", "list"]) == 0

    assert [path.name for path in on_sqlite.folder.glob(f"desk.version-{BEFORE}.*.db")] != []


def test_without_room_for_a_copy_nothing_is_upgraded(on_sqlite: Desk) -> None:
    on_sqlite.turn(lambda conn: alembic.downgrade(migrate.alembic_config(conn), BEFORE))

    with files_at_most(SMALL):
        said = on_sqlite.refused("upgrade")

    assert said.startswith("no copy was made before the upgrade, so nothing was upgraded: ")
    assert said.endswith("; `supportbot db upgrade --no-backup` goes on without a copy")
    assert on_sqlite.turn(migrate.version) == BEFORE


def test_files_go_along_in_a_zip_and_come_back(desk: Desk) -> None:
    files = Files(desk.folder / "var" / "attachments")
    files.keep("key-1", b"a photo", "photo.jpg", NOW)
    files.keep("key-2", b"a letter", "letter.pdf", NOW)
    told = desk.parsed("backup", "monday.zip", "--files")
    for name in ("key-1", "key-2"):
        path = files.path(name)
        assert path is not None
        path.unlink()
    files.keep("key-2", b"there already", "letter.pdf")
    desk.hire("Max")

    back = desk.parsed("restore", "monday.zip")

    photo, letter = files.path("key-1"), files.path("key-2")
    assert (told["files"], back["files"], desk.names()) == (2, 1, [])
    assert photo is not None
    assert letter is not None
    assert (photo.read_bytes(), letter.read_bytes()) == (b"a photo", b"there already")
    assert abs(photo.stat().st_mtime - NOW.timestamp()) <= 2
    assert sorted(path.name for path in desk.folder.iterdir() if path.name.startswith("monday")) == ["monday.zip"]


def test_a_zip_puts_files_nowhere_else(on_sqlite: Desk, tmp_path: Path) -> None:
    hostile = ("attachments/../../evil", "attachments/ke/key-1/../../../evil", "/evil", "attachments/xx/key-1/evil")
    on_sqlite.command("backup", "monday.zip", "--files")
    with zipfile.ZipFile("monday.zip", "a") as archive:
        for name in hostile:
            archive.writestr(name, "evil")

    told = on_sqlite.parsed("restore", "monday.zip")

    assert (told["files"], list(tmp_path.rglob("evil"))) == (0, [])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nothing", "nothing cannot be read (No such file or directory); name a copy that db backup made"),
        ("folder", "folder cannot be read (Is a directory); name a copy that db backup made"),
        ("words", "words is no database of Supportbot; name a copy that `supportbot db backup` made"),
        ("empty", "empty is no database of Supportbot; name a copy that `supportbot db backup` made"),
        ("other.db", "other.db is no database of Supportbot; name a copy that `supportbot db backup` made"),
        ("other.zip", "other.zip is no backup of Supportbot; name one that `supportbot db backup` made"),
        ("desk.db", "desk.db is the database itself; name a copy of it"),
        ("server.dump", "server.dump is of PostgreSQL and database.url names an SQLite file; set that first"),
        ("cut.db", "cut.db is damaged ("),
        ("cut.zip", "cut.zip is damaged ("),
        ("later.zip", "later.zip is of format 2, this program knows 1; install the program that made it"),
    ],
)
def test_what_is_no_copy_is_refused_in_one_sentence(on_sqlite: Desk, name: str, said: str) -> None:
    on_sqlite.hire("Olga")
    on_sqlite.command("backup", "whole.db")
    on_sqlite.command("backup", "whole.zip", "--files")
    Path("folder").mkdir()
    Path("words").write_text("only words\n" * 100)
    Path("empty").touch()
    Path("server.dump").write_bytes(dumps.BEGINS + bytes(100))
    Path("cut.db").write_bytes(Path("whole.db").read_bytes()[:200_000])
    Path("cut.zip").write_bytes(Path("whole.zip").read_bytes()[:-300])
    with closing(sqlite3.connect("other.db")) as raw:
        raw.execute("CREATE TABLE customers (id)")
    with zipfile.ZipFile("other.zip", "w") as archive:
        archive.writestr("note.txt", "somebody's")
    with zipfile.ZipFile("later.zip", "w") as archive:
        archive.writestr(bundle.NOTE, '{"format": 2}')
        archive.writestr(bundle.SQLITE, "")

    refused = on_sqlite.refused("restore", name)

    assert refused.startswith(said)
    assert on_sqlite.names() == ["Olga"]


def test_nothing_is_restored_under_a_bot_or_a_command_at_work(on_sqlite: Desk) -> None:
    on_sqlite.command("backup", "monday.copy")
    file = on_sqlite.folder / "desk.db"

    with hold(file):
        by_the_bot = on_sqlite.refused("restore", "monday.copy")
    at_work = work_beside(file)
    assert at_work is not None
    with at_work:
        by_a_command = on_sqlite.refused("restore", "monday.copy")

    assert by_the_bot.startswith(f"another supportbot runs on {file}, ")
    assert by_a_command == f"another supportbot command works on {file} just now; try again when it is done"


@pytest.fixture
def on_server(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Desk]:
    for desk in _desk(postgres_url, tmp_path, monkeypatch, capsys):
        desk.turn(empty_all)
        yield desk


@pytest.mark.postgres
def test_a_server_s_database_is_not_replaced_under_whoever_is_connected(on_server: Desk) -> None:
    on_server.command("backup", "monday.copy")

    async def while_connected(database: Database) -> str:
        await database.read(migrate.version)
        return await asyncio.to_thread(on_server.refused, "restore", "monday.copy")

    assert on_server.with_database(while_connected) == (
        "1 other connection uses the database; stop supportbot and whatever else is connected, then try again"
    )
    assert on_server.parsed("restore", "monday.copy")["version"] == migrate.HEAD


@pytest.mark.postgres
def test_a_server_s_dump_that_is_cut_or_of_another_kind_is_refused(on_server: Desk) -> None:
    on_server.hire("Olga")
    on_server.command("backup", "monday.copy")
    Path("cut.copy").write_bytes(Path("monday.copy").read_bytes()[:-20_000])
    Path("words").write_text("only words\n" * 100)
    Path("file.db").write_bytes(b"SQLite format 3\x00".ljust(4096))

    said = [on_server.refused("restore", name) for name in ("cut.copy", "words", "file.db")]

    assert said[0].startswith("cut.copy is damaged or no dump (pg_restore failed: ")
    assert said[1:] == [
        "words is no database of Supportbot; name a copy that `supportbot db backup` made",
        "file.db is of SQLite and database.url names PostgreSQL; set that first",
    ]
    assert on_server.names() == ["Olga"]


@pytest.mark.postgres
def test_without_pg_dump_it_is_said_which_command_to_run_and_no_command_line_has_the_password(
    on_server: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = make_url(on_server.url).set(password="canary-password")
    monkeypatch.setenv("SUPPORTBOT_DATABASE__URL", url.render_as_string(hide_password=False))
    programs = tmp_path / "programs"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    missing = on_server.refused("backup", "monday.copy")
    spy = programs / "pg_dump"
    spy.write_text(SPY)
    spy.chmod(0o700)

    failed = on_server.refused("backup", "monday.copy")

    assert missing.startswith("pg_dump is not on the path; install PostgreSQL's client programs, or run there where ")
    assert missing.endswith(f" {url.database} > monday.copy")
    assert failed == "pg_dump failed: pg_dump: error: no"
    assert "canary" not in missing + failed + Path("asked").read_text()
    assert Path("given").read_text().split() == ["canary-password", url.database]
    assert not Path("monday.copy").exists()


def test_what_was_committed_before_a_copy_is_in_it_and_the_bot_goes_on_at_the_right_update(desk: Desk) -> None:
    """The rehearsal: updates come in all the time, a copy is made, the disk dies, the copy is put back."""

    def update(number: int) -> Raw:
        return Raw(str(number), "telegram:511", {"update_id": number})

    async def taken_in(database: Database) -> tuple[int, int]:
        stored, enough = 0, asyncio.Event()

        def next_one(conn: Connection) -> None:
            inbox.admit(conn, "telegram", "7", [update(stored + 1)], NOW)

        async def take_in() -> None:
            nonlocal stored
            while not enough.is_set():
                await database.transaction(next_one)
                stored += 1

        taking = asyncio.ensure_future(take_in())
        while stored < 20:  # noqa: ASYNC110 the writer tells nobody
            await asyncio.sleep(0.01)
        before = stored
        outcome = await asyncio.to_thread(cli.run, ["db", "backup", "monday.copy"])
        enough.set()
        await taking
        assert outcome == 0
        return before, stored

    def numbers(conn: Connection) -> list[int]:
        rows = conn.execute(select(schema.inbox.c.external_id).order_by(schema.inbox.c.id))
        return [int(one) for one in rows.scalars()]

    before, stored = desk.with_database(taken_in)
    if desk.url.startswith("sqlite"):
        (desk.folder / "desk.db").write_bytes(b"\x00" * 1000)  # the disk has died
    desk.command("restore", "monday.copy")
    found = desk.turn(numbers)
    repeated = [update(number) for number in range(found[-1] - 3, stored + 4)]
    desk.turn(lambda conn: inbox.admit(conn, "telegram", "7", repeated, NOW))

    assert found == list(range(1, len(found) + 1))
    assert before <= len(found) <= stored
    assert desk.turn(numbers) == list(range(1, stored + 4))
