"""Every sentence of the pages stands in every catalogue, with the same things in braces; pages hold none themselves."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from bot import i18n
from bot.web.static import FOLDER
from tests.web.office import ROOT

WEB = FOLDER.parent
CATALOGUES = i18n.load(ROOT / "config" / "locales", ("en", "de", "ru"))
ENDINGS = {
    "web.state_": ["waiting", "owed", "mine", "taken", "bot"],
    "web.notes_": ["taken", "banned", "merged", "closed", "bot"],
    "web.would_": ["answer", "suggest", "none"],
    "web.priority_": ["0", "1", "2"],
    "web.unit_": ["s", "min", "h", "d"],
    "chat.status_": ["bot", "waiting", "person"],
}
COUNTED = {"web.count_waiting", "web.unanswered", "web.count_entries", "web.count_orders", "web.count_owed"}


def used() -> set[str]:
    files = [*WEB.glob("*.py"), *WEB.glob("templates/*.html"), *WEB.glob("static/*.js")]
    found = {key for file in files for key in re.findall(r'["\'`]((?:web|chat)\.[a-z_0-9]+)["\'%`$]', _text(file))}
    keys = {key for key in found if not key.endswith("_") and key not in {"chat.html", "chat.css", "chat.js"}}
    return keys | {start + ending for start, endings in ENDINGS.items() for ending in endings}


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_there_is_something_to_check() -> None:
    assert len(used()) > 100


@pytest.mark.parametrize("key", sorted(used()))
def test_a_sentence_stands_in_all_languages_with_the_same_parts(key: str) -> None:
    texts = [CATALOGUES[language] for language in ("en", "de", "ru")]

    assert [text.language for text in texts if not text.knows(key)] == []
    if key not in COUNTED:
        assert len({frozenset(placeholders(text(key))) for text in texts}) == 1


@pytest.mark.parametrize("key", sorted(COUNTED))
@pytest.mark.parametrize("count", [0, 1, 2, 5, 21, 22])
def test_counts_are_told_in_every_language(key: str, count: int) -> None:
    assert all(str(count) in CATALOGUES[language](key, n=count) for language in ("en", "de", "ru"))


@pytest.mark.parametrize("file", sorted(WEB.glob("static/*.js")), ids=lambda file: file.name)
def test_no_script_makes_markup_of_text(file: Path) -> None:
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|srcdoc", _text(file)
    )


@pytest.mark.parametrize("file", sorted(WEB.glob("templates/*.html")), ids=lambda file: file.name)
def test_only_the_drawings_are_put_in_unescaped(file: Path) -> None:
    raw = re.findall(r"\|\s*safe", _text(file))

    assert len(raw) == (1 if file.name == "icons.html" else 0)
