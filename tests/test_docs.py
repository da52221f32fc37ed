"""The pages tell the truth: their links lead somewhere; the commands, settings and files that they name exist.

A page that says `supportbot faq improt` fails here, as does one whose example of the order form cannot be loaded.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from textwrap import dedent
from typing import Any, NamedTuple

import pytest
from cyclopts.exceptions import MissingArgumentError
from pydantic import BaseModel

from bot import settings
from bot.cli import command
from bot.faq import evaluate, exchange
from bot.handlers import customer, menus, private, topic
from bot.handoff import rules
from bot.orders import definition
from bot.settings import PREFIX, Settings

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("requirements/*.md")])
FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
PATH = re.compile(r"[\w.*-]+(?:/[\w.*-]+)+\.(?:py|toml|yaml|po|md|txt)")
KEY = re.compile(r"[a-z_]+(?:\.[a-z_]+)+")
CHAT_COMMAND = re.compile(r"/([a-z]+)(?: .*)?")
OF_OTHERS = {"newbot", "revoke", "setinline", "metrics"}
"""Commands of BotFather, and an address of the web server that looks like a command."""


class Example(NamedTuple):
    """A fenced block of a page."""

    kind: str
    text: str


@cache
def examples(page: Path) -> list[Example]:
    return [Example(kind, dedent(text)) for _, kind, text in FENCE.findall(page.read_text(encoding="utf-8"))]


@cache
def prose(page: Path) -> str:
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def inline(page: Path) -> list[str]:
    return CODE.findall(prose(page))


def shell_lines(page: Path) -> Iterator[list[str]]:
    """Give the words of each line that a reader would type."""
    for example in examples(page):
        if example.kind == "sh":
            yield from (words for line in example.text.splitlines() if (words := shlex.split(line, comments=True)))


def command_lines(page: Path) -> Iterator[tuple[list[str], bool]]:
    """Give the arguments of each `supportbot …` of a page, and whether they are to be typed as they stand."""
    for words in shell_lines(page):
        if Path(words[0]).name == "supportbot":
            yield words[1:], True
    for code in inline(page):
        if code.startswith("supportbot "):
            yield shlex.split(code)[1:], False


def setting(key: str) -> bool:
    """Return whether the settings have this key."""
    place: Any = Settings
    for part in key.split("."):
        if not (isinstance(place, type) and issubclass(place, BaseModel) and part in place.model_fields):
            return False
        place = place.model_fields[part].annotation
    return True


SECTIONS = {name for name, field in Settings.model_fields.items() if hasattr(field.annotation, "model_fields")}

by_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


@by_page
def test_every_relative_link_and_picture_leads_to_a_file(page: Path) -> None:
    links = [link.partition("#")[0] for link in LINK.findall(prose(page)) if "://" not in link]

    missing = [link for link in links if link and not (page.parent / link).exists()]

    assert missing == []


@by_page
def test_every_file_that_is_named_exists(page: Path) -> None:
    named = [code for code in inline(page) if PATH.fullmatch(code)]

    missing = [path for path in named if not any(ROOT.glob(path))]

    assert missing == []


@by_page
def test_every_command_line_can_be_typed(page: Path) -> None:
    for words, whole in command_lines(page):
        try:
            command.parse_args(words, exit_on_error=False, print_error=False)
        except MissingArgumentError:
            assert not whole, words


@by_page
def test_every_make_target_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    typed = [words[1] for words in shell_lines(page) if words[0] == "make"]
    named = [code.split()[1] for code in inline(page) if code.startswith("make ")]

    assert {*typed, *named} <= targets


@by_page
def test_every_setting_that_is_named_exists(page: Path) -> None:
    keys = [code.partition(" ")[0] for code in inline(page)]
    named = [key for key in keys if KEY.fullmatch(key) and key.partition(".")[0] in SECTIONS]

    unknown = [key for key in named if not setting(key)]

    assert unknown == []


@by_page
def test_every_variable_that_is_named_is_read(page: Path, tmp_path: Path) -> None:
    typed = [word for words in shell_lines(page) for word in words if word.startswith(PREFIX) and "=" in word]
    names = [code.removeprefix(PREFIX) for code in inline(page) if re.fullmatch(rf"{PREFIX}[A-Z_]+", code)]

    for word in typed:
        name, _, value = word.partition("=")
        settings.load({name: value}, tmp_path)

    assert [name for name in names if name != "CONFIG" and not setting(name.lower().replace("__", "."))] == []


@by_page
def test_every_example_of_a_file_can_be_loaded(page: Path, tmp_path: Path) -> None:
    for example in examples(page):
        name = example.text.partition("\n")[0].removeprefix("# ")
        if example.kind == "json":
            assert evaluate.questions_from("example.jsonl", example.text.encode())
        elif example.kind == "yaml":
            assert exchange.read_bytes(Path(name).name, example.text.encode())
        elif example.kind == "toml":
            _load(tmp_path / name, example.text)


def _load(file: Path, text: str) -> None:
    """Load one of the owner's files as a start would."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    match file.name:
        case "settings.toml":
            settings.load({}, file.parent.parent)
        case _ if file.name == "order_form.toml" or file.parent.name == "forms":
            definition.load(file)
        case "handoff.toml":
            rules.load(file)
        case _:
            pytest.fail(f"{file.name}: an example must begin with the file that it belongs to")


@by_page
def test_every_command_of_the_chat_that_is_named_exists(page: Path) -> None:
    known = {
        *customer.COMMANDS,
        *topic.COMMANDS,
        topic.DELETE,
        *private.COMMANDS,
        *menus.CUSTOMER,
        *private.ADMIN_COMMANDS,
        *private.MANAGER_COMMANDS,
        "help",
        "history",
    }
    named = {found[1] for code in inline(page) if (found := CHAT_COMMAND.fullmatch(code))}

    assert named <= known | OF_OTHERS


def test_the_operators_page_names_every_command_of_theirs() -> None:
    page = ROOT / "docs" / "howto" / "work-a-shift.md"
    named = {found[1] for code in inline(page) if (found := CHAT_COMMAND.fullmatch(code))}

    assert {*topic.COMMANDS, *private.COMMANDS} - named == set()


def test_the_picture_of_the_house_names_every_room() -> None:
    tree = examples(ROOT / "docs" / "architecture.md")[0].text
    drawn = set(re.findall(r"^  (\w+)(?:/|\.py) ", tree, re.MULTILINE))

    rooms = {path.parent.name for path in (ROOT / "bot").glob("*/__init__.py")}
    modules = {path.stem for path in (ROOT / "bot").glob("*.py")} - {"__init__", "__main__"}

    assert rooms | modules <= drawn


def test_the_decisions_are_numbered_without_a_gap() -> None:
    pages = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("*.md"))

    assert [name[:4] for name in pages] == [f"{number:04}" for number in range(1, len(pages) + 1)]
