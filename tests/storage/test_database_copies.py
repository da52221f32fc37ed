"""Copies of an SQLite file: whole or not there, never in place of another, and put back in one step."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bot.storage import copies, migrate
from bot.storage.copies import CopyUnusable, copy
from bot.storage.database import DatabaseUnusable
from bot.storage.whole_files import PART, written_whole
from tests.storage.test_sqlite import checked

SMALL = 64 * 1024


def in_folder(folder: Path) -> list[str]:
    """Return the names there, but for what a reader of the database leaves beside it."""
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("desk.db-"))


def events(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as raw:
        return [row[0] for row in raw.execute("SELECT kind FROM events ORDER BY id")]


def say(file: Path, kind: str) -> None:
    with closing(sqlite3.connect(file)) as raw, raw:
        raw.execute("INSERT INTO events (stream, kind, body, at) VALUES ('desk', ?, '{}', '2026-11-23')", (kind,))


def test_what_is_written_while_a_copy_is_made_is_neither_counted_nor_in_it(
    sqlite_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(sqlite_file, "said")
    count, counted = copies._counted, list[sqlite3.Connection]()  # noqa: SLF001 the moment between counting and copying

    def count_and_go_on(raw: sqlite3.Connection) -> dict[str, int]:
        found = count(raw)
        if not counted:
            say(sqlite_file, "said later")
        counted.append(raw)
        return found

    monkeypatch.setattr(copies, "_counted", count_and_go_on)
    held = copy(sqlite_file, tmp_path / "copy.db")

    assert (held.rows["events"], events(tmp_path / "copy.db")) == (1, ["said"])
    assert events(sqlite_file) == ["said", "said later"]


@contextmanager
def files_at_most(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond a size, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_copy_says_what_it_holds_and_only_its_owner_may_read_it(sqlite_file: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    say(sqlite_file, "said")

    held = copy(sqlite_file, target)

    assert (held.version, held.total, held.rows["events"]) == (migrate.HEAD, 2, 1)
    assert (target.stat().st_mode & 0o777, checked(target), events(target)) == (0o600, "ok", ["said"])
    assert copies.look_through(target, target, thoroughly=True) == held
    assert in_folder(tmp_path) == ["copy.db", "desk.db"]


def test_a_copy_never_replaces_a_file(sqlite_file: Path, tmp_path: Path) -> None:
    taken = tmp_path / "copy.db"
    taken.write_text("somebody's")

    with pytest.raises(DatabaseUnusable, match="exists already; name a new file"):
        copy(sqlite_file, taken)
    with pytest.raises(DatabaseUnusable, match="there is nothing to copy"):
        copy(tmp_path / "nowhere.db", tmp_path / "other.db")
    with pytest.raises(DatabaseUnusable, match="could not be written"):
        copy(sqlite_file, tmp_path / "no such folder" / "copy.db")

    assert taken.read_text() == "somebody's"


def test_a_file_that_appears_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    target = tmp_path / "copy.db"

    with pytest.raises(DatabaseUnusable, match="exists already"), written_whole(target):
        target.write_text("somebody's")

    assert (target.read_text(), in_folder(tmp_path)) == ("somebody's", ["copy.db"])


def test_a_disk_without_hard_links_gets_whole_files_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refused)
    with written_whole(tmp_path / "copy.db") as part:
        part.write_text("ours")

    assert (in_folder(tmp_path), (tmp_path / "copy.db").read_text()) == (["copy.db"], "ours")


@pytest.mark.parametrize(
    "content", [b"no database at all, only words\n" * 200, b"SQLite format 3\x00" + b"\xff" * 5000]
)
def test_a_copy_of_a_broken_file_is_refused_and_nothing_is_left(tmp_path: Path, content: bytes) -> None:
    broken = tmp_path / "broken.db"
    broken.write_bytes(content)

    with pytest.raises(CopyUnusable, match=r"broken\.db is damaged"):
        copy(broken, tmp_path / "copy.db")

    assert in_folder(tmp_path) == ["broken.db"]


def test_pages_that_went_bad_are_found_when_the_copy_is_made(sqlite_file: Path, tmp_path: Path) -> None:
    for number in range(400):
        say(sqlite_file, f"said {number}")
    with closing(sqlite3.connect(sqlite_file)) as raw:
        raw.execute("PRAGMA journal_mode=DELETE")
        page = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = 'ix_events_stream_id'").fetchone()[0]
    with sqlite_file.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 4096)

    with pytest.raises(CopyUnusable, match="is damaged"):
        copy(sqlite_file, tmp_path / "copy.db")

    assert in_folder(tmp_path) == ["desk.db"]


def test_on_a_full_disk_no_half_copy_is_left(sqlite_file: Path, tmp_path: Path) -> None:
    with files_at_most(SMALL), pytest.raises(DatabaseUnusable, match=r"copy\.db could not be written"):
        copy(sqlite_file, tmp_path / "copy.db")

    assert in_folder(tmp_path) == ["desk.db"]


def test_what_a_killed_copy_left_is_written_over(sqlite_file: Path, tmp_path: Path) -> None:
    (tmp_path / f"copy.db{PART}").write_bytes(b"half of it" * 100_000)

    copy(sqlite_file, tmp_path / "copy.db")

    assert (checked(tmp_path / "copy.db"), in_folder(tmp_path)) == ("ok", ["copy.db", "desk.db"])


def test_of_two_copies_to_one_name_one_is_told(sqlite_file: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"

    with written_whole(target) as part:
        with pytest.raises(DatabaseUnusable, match="is being written by another command just now"):
            copy(sqlite_file, target)
        part.write_text("the first one's")

    assert (target.read_text(), in_folder(tmp_path)) == ("the first one's", ["copy.db", "desk.db"])


def staged(file: Path, place: Path) -> Path:
    return copies.stage(file, place)[0]


def test_a_copy_takes_the_place_of_the_database_and_all_of_that_is_kept(sqlite_file: Path, tmp_path: Path) -> None:
    copy(sqlite_file, tmp_path / "copy.db")
    with closing(sqlite3.connect(sqlite_file)) as killed:
        killed.execute("PRAGMA journal_mode=WAL")
        say(sqlite_file, "said later")
        for name in ("desk.db", "desk.db-wal"):  # as a killed program leaves them
            shutil.copy(tmp_path / name, tmp_path / f"left-{name}")
    place, aside = tmp_path / "left-desk.db", tmp_path / "aside.db"

    was_there = copies.put_in_place(staged(tmp_path / "copy.db", place), place, aside)

    assert (was_there, events(place), events(aside)) == (True, [], ["said later"])
    assert [name for name in in_folder(tmp_path) if name.startswith(("left-", "aside"))] == ["aside.db", "left-desk.db"]


def test_a_broken_database_is_set_aside_with_all_that_lies_beside_it(sqlite_file: Path, tmp_path: Path) -> None:
    place, aside = tmp_path / "broken.db", tmp_path / "aside.db"
    place.write_bytes(b"no database")
    (tmp_path / "broken.db-wal").write_bytes(b"what came last")

    copies.put_in_place(staged(sqlite_file, place), place, aside)

    assert (checked(place), aside.read_bytes()) == ("ok", b"no database")
    assert (tmp_path / "aside.db-wal").read_bytes() == b"what came last"
    assert not (tmp_path / "broken.db-wal").exists()


def test_a_database_that_another_program_has_open_is_not_replaced(sqlite_file: Path, tmp_path: Path) -> None:
    copy(sqlite_file, tmp_path / "copy.db")
    say(sqlite_file, "said")
    with closing(sqlite3.connect(sqlite_file, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseUnusable, match=r"another program has .*desk\.db open; end it and try again"):
            copies.put_in_place(staged(tmp_path / "copy.db", sqlite_file), sqlite_file, tmp_path / "aside.db")

    assert events(sqlite_file) == ["said"]
    assert [name for name in in_folder(tmp_path) if name.startswith("aside")] == []


@pytest.mark.parametrize("killed_in", ["set_aside", "replace", "on_disk"])
def test_whoever_is_killed_while_restoring_has_the_old_database_or_the_new_one(
    sqlite_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, killed_in: str
) -> None:
    copy(sqlite_file, tmp_path / "copy.db")
    say(sqlite_file, "said later")

    def killed(*_: object) -> None:
        raise InterruptedError

    ready = staged(tmp_path / "copy.db", sqlite_file)
    monkeypatch.setattr(Path if killed_in == "replace" else copies, killed_in, killed)
    with pytest.raises(InterruptedError):
        copies.put_in_place(ready, sqlite_file, tmp_path / "aside.db")

    assert (checked(sqlite_file), events(sqlite_file)) == ("ok", [] if killed_in == "on_disk" else ["said later"])
