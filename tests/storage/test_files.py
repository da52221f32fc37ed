"""Files that are brought from one channel for another: whole or not there, never outside their folder."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.storage.files import Files, shown_as

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def test_a_file_comes_back_as_it_was_kept_and_another_key_has_none(tmp_path: Path) -> None:
    files = Files(tmp_path / "files")

    files.keep("a1", b"one")
    files.keep("a1", b"two")

    found = files.path("a1")
    assert found is not None
    assert found.read_bytes() == b"two"
    assert files.path("a2") is None
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["file"]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Rechnung №7.pdf", "Rechnung _7.pdf"),
        ("../../etc/passwd", "_.._etc_passwd"),
        (".htaccess", "htaccess"),
        ("", "file"),
        ("a" * 200 + ".jpg", "a" * 76 + ".jpg"),
        ("a\x00b\r\n.png", "a_b__.png"),
    ],
)
def test_a_name_keeps_its_ending_and_leads_nowhere(tmp_path: Path, name: str, kept: str) -> None:
    path = Files(tmp_path).keep("one", b"x", name)

    assert path == tmp_path / "on" / "one" / kept
    assert Files(tmp_path).path("one") == path


@pytest.mark.parametrize("key", ["", "../a", "a/b", "a" * 65, ".hidden", "a\x00", "ä"])
def test_a_key_that_is_none_of_ours_leads_nowhere(tmp_path: Path, key: str) -> None:
    files = Files(tmp_path / "files")

    with pytest.raises(ValueError, match="key"):
        files.keep(key, b"x")

    assert files.path(key) is None
    assert list(tmp_path.rglob("*")) == []


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0" + bytes(20), "image/jpeg"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"OggS" + bytes(20), "audio/ogg"),
        (b"\x00\x00\x00\x18ftypmp42", "video/mp4"),
        (b"<html><script>alert(1)</script>", ""),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", ""),
        (b"%PDF-1.7", ""),
        (b"", ""),
    ],
)
def test_only_what_begins_as_a_picture_a_sound_or_a_film_is_shown(tmp_path: Path, content: bytes, kind: str) -> None:
    path = Files(tmp_path).keep("one", content)

    assert shown_as(path) == kind


def test_old_files_go_some_at_a_time_and_young_ones_stay(tmp_path: Path) -> None:
    files, now = Files(tmp_path / "files"), datetime(2026, 6, 1, tzinfo=UTC)
    assert files.forget(now) == (0, "")
    ages = {"aa1": 10, "aa2": 1, "ab1": 10, "b-1": 10, "zz9": 1}
    for key, days in ages.items():
        written = (now - timedelta(days=days)).timestamp()
        os.utime(files.keep(key, b"one"), (written, written))

    looks: list[int] = []
    after = ""
    while not looks or after:
        gone, after = files.forget(now - timedelta(days=5), after, most=2)
        looks.append(gone)

    assert looks == [1, 2, 0]
    assert {key for key in ages if files.path(key)} == {"aa2", "zz9"}
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == ["file", "file"]
