"""The bot's sentences: whole in every language, asked for by their names, with their values and plurals.

Keys are looked for in the sources: a constant is a key when its first part is one that the catalogues know; a key that
is put together (`f"kind.{…}"`) counts by its beginning.
"""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from bot import i18n
from bot.domain.rights import Right
from bot.i18n import CatalogueBroken
from bot.storage.audit import Act
from bot.storage.schema import metadata

ROOT = Path(__file__).parents[1]
LOCALES = ROOT / "config" / "locales"
LANGUAGES = ("en", "de", "ru")
KEY = re.compile(r"[a-z_]+(\.[a-z0-9_]+)+")
QUOTED = re.compile(r"""["']([a-z_]+\.[a-z0-9_.]*)["']""")
FILES = (".css", ".js", ".html", ".toml", ".py")
NOT_SENTENCES = {"faq.path", "faq.encoder", "faq.policy", "orders.form", "order.number", "order.status", *Right, *Act}
"""Settings, variables of canned answers, rights and acts of the audit, whose names begin like sentences."""


@cache
def catalogue(language: str) -> Catalog:
    with (LOCALES / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def key_of(message: Message) -> str:
    return str(message.id if isinstance(message.id, str) else message.id[0])


@cache
def messages(language: str) -> dict[str, Message]:
    return {key_of(message): message for message in catalogue(language) if message.id}


def forms(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


@cache
def sources() -> dict[Path, str]:
    found = [path for path in (ROOT / "bot").rglob("*") if path.suffix in {".py", ".html", ".js"}]
    return {path: path.read_text(encoding="utf-8") for path in found if "sandbox" not in path.parts}


@cache
def telling() -> list[ast.AST]:
    """Return what in the sources may name a sentence."""
    trees = [ast.parse(text) for path, text in sources().items() if path.suffix == ".py"]
    kinds = (ast.JoinedStr, ast.Constant, ast.Call)
    return [node for tree in trees for node in ast.walk(tree) if isinstance(node, kinds)]


@cache
def mentioned() -> frozenset[str]:
    """Return every constant of the sources that looks like a key or the beginning of one."""
    constants = {quoted for text in sources().values() for quoted in QUOTED.findall(text)}
    for node in telling():
        if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
            constants.add(str(node.values[0].value))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            constants.add(node.value)
    return frozenset(constants)


def calls() -> Iterator[tuple[str, set[str] | None]]:
    """Yield the key of each call for a sentence with the names of its values, None for values that are not named."""
    known = messages("en")
    for node in telling():
        if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
            continue
        name, key = getattr(node.func, "attr", getattr(node.func, "id", "")), node.args[0].value
        if "texts" in name and isinstance(key, str) and key in known:
            names = {keyword.arg for keyword in node.keywords}
            yield key, None if None in names else {str(name) for name in names}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_every_sentence_and_none_of_its_own(language: str) -> None:
    assert set(messages(language)) ^ set(messages("en")) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_says_something_in_every_form(language: str) -> None:
    wanted = catalogue(language).num_plurals
    silent = [key for key, message in messages(language).items() if not all(form.strip() for form in forms(message))]
    short = [
        key for key, message in messages(language).items() if message.pluralizable and len(forms(message)) != wanted
    ]

    assert (silent, short, [key for key, message in messages(language).items() if message.fuzzy]) == ([], [], [])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_shows_the_same_values_in_every_language_and_form(language: str) -> None:
    def shown(message: Message) -> list[set[str]]:
        return [places(form) for form in forms(message)]

    english = messages("en")
    differing = {
        key: shown(message)
        for key, message in messages(language).items()
        if any(
            form != shown(english[key])[-1]
            for form in shown(message)
            if form | {"n"} != shown(english[key])[-1] | {"n"}
        )
    }
    assert differing == {}


def test_a_sentence_that_counts_does_so_in_every_language() -> None:
    counting = {
        language: {key for key, one in messages(language).items() if one.pluralizable} for language in LANGUAGES
    }

    assert counting["de"] == counting["en"] == counting["ru"] != set()


@pytest.mark.parametrize(
    ("language", "form"),
    [
        ("ru", {0: 2, 1: 0, 2: 1, 5: 2, 11: 2, 12: 2, 21: 0, 22: 1, 25: 2, 101: 0, 111: 2, 112: 2}),
        ("en", {0: 1, 1: 0, 2: 1, 11: 1, 21: 1}),
        ("de", {0: 1, 1: 0, 2: 1, 11: 1, 21: 1}),
    ],
)
def test_the_plural_form_is_the_one_that_people_say(language: str, form: dict[int, int]) -> None:
    texts = i18n.load(LOCALES, LANGUAGES)[language]
    spoken = forms(messages(language)["admin.faq"])

    assert {n: texts("admin.faq", n=n) for n in form} == {n: spoken[which].format(n=n) for n, which in form.items()}


def test_every_sentence_that_the_bot_asks_for_is_there() -> None:
    known, first_parts = set(messages("en")), {key.split(".")[0] for key in messages("en")}
    keys = {text for text in mentioned() if KEY.fullmatch(text) and text.split(".")[0] in first_parts}
    keys -= {text for text in keys if text.endswith(FILES) or text.partition(".")[0] in metadata.tables}
    asked = {key for key, _ in calls()}

    missing = {key for key in keys - known - NOT_SENTENCES if not any(one.startswith(key) for one in known)}
    assert (missing, asked - known, len(asked) > 100) == (set(), set(), True)


def test_no_sentence_is_there_that_nobody_asks_for() -> None:
    beginnings = tuple(text for text in mentioned() if re.fullmatch(r"[a-z_]+\.([a-z_]+[._])*", text))
    owners = ("category.",)  # named after the owner's categories, looked for by the name in the FAQ files

    unused = {key for key in messages("en") if key not in mentioned() and not key.startswith(beginnings + owners)}

    assert unused == set()


def test_whoever_asks_for_a_sentence_names_the_values_that_it_shows() -> None:
    english = messages("en")
    wanted = {key: set[str]().union(*map(places, forms(message))) for key, message in english.items()}

    lacking = {key: wanted[key] - names for key, names in calls() if names is not None and wanted[key] - names}
    miscounted = {key for key, names in calls() if names is not None and english[key].pluralizable != ("n" in names)}
    assert (lacking, miscounted) == ({}, set())


def test_a_sentence_without_values_keeps_braces_of_an_owner_out_of_trouble() -> None:
    texts = i18n.load(LOCALES, LANGUAGES)["en"]

    assert texts("csat.1")
    assert "{" not in texts("admin.added", id="{evil} <b>_*").replace("{evil}", "")
    assert "{evil} <b>_*" in texts("admin.added", id="{evil} <b>_*")


def test_a_sentence_that_nobody_wrote_is_known_to_be_missing() -> None:
    texts = i18n.load(LOCALES, LANGUAGES)["de"]

    assert [texts.knows(key) for key in ("csat.1", "admin.faq", "no.such_sentence")] == [True, True, False]


@pytest.mark.parametrize(
    ("tag", "language"),
    [("de", "de"), ("de-AT", "de"), ("RU", "ru"), ("ru_RU", "ru"), ("pt-br", "en"), ("", "en"), ("deu", "en")],
)
def test_a_customer_is_served_in_the_nearest_language(tag: str, language: str) -> None:
    catalogues = i18n.load(LOCALES, LANGUAGES)

    assert catalogues.closest(tag) == language
    assert catalogues[catalogues.closest(tag)].language == language
    assert catalogues["fr"].language == "en"


@pytest.mark.parametrize(
    ("moment", "language", "said"),
    [
        ("2026-11-23T17:00:00", "en", "today at 18:00"),
        ("2026-11-24T08:00:00", "de", "morgen um 9:00"),
        ("2026-11-25T08:00:00", "ru", "25 ноября"),
        ("2026-11-23T23:30:00", "en", "tomorrow at 0:30"),
    ],
)
def test_when_people_are_back_is_said_as_people_say_it(moment: str, language: str, said: str) -> None:
    texts = i18n.load(LOCALES, LANGUAGES)[language]
    now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

    told = i18n.day_and_time(datetime.fromisoformat(moment).replace(tzinfo=UTC), now, "Europe/Berlin", texts)

    assert said in told


def test_a_day_is_said_with_its_month_in_words() -> None:
    said = [i18n.day(date(2026, 11, 23), language) for language in LANGUAGES]

    assert said == ["Mon, November 23", "Mo., 23. November", "пн, 23 ноября"]


def test_a_file_of_sentences_that_is_missing_or_broken_is_named(tmp_path: Path) -> None:
    (tmp_path / "de.po").write_text('msgid "start"\nno key word "x"\n', encoding="utf-8")

    with pytest.raises(CatalogueBroken, match=r"en\.po: there are no sentences for the language 'en'"):
        i18n.load(tmp_path, ["en"])
    with pytest.raises(CatalogueBroken, match=r"de\.po: not readable as PO"):
        i18n.load(tmp_path, ["de"])


CUSTOMER = re.compile(
    r"Kundin oder (?:(?:de[rmns]|des|ein|eine[snm]|diese[rnm]|derselbe|desselben) )?Kunden?\b"
    r"|Kundinnen (?:und|oder) Kunden|Kundin/Kunde|Dieselbe Kundin, derselbe Kunde|Kundenkonto"
)
"""How German names a customer: by this word, and by no other such as a person or the male form alone."""
OF_OTHERS = {"report.by_operator", "web.forbidden"}
GIVEN = "Nicht zugestellt: Die Person hat den Bot blockiert."
"""A sentence that is prescribed to the letter."""


def test_in_german_a_customer_goes_by_one_word() -> None:
    others = {
        key: text
        for key, message in messages("de").items()
        for text in forms(message)
        if text != GIVEN and re.search(r"Kund|\bPerson\b|Personen", CUSTOMER.sub("", text))
    }

    assert others.keys() <= OF_OTHERS, others
