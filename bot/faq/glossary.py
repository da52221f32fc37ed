"""The company's glossary: words that mean the same, and abbreviations, from `config/glossary.toml`.

"cod parcel?" is read as "cash on delivery parcel", and "package" counts as "parcel", in questions and in phrasings
alike. Words are compared by their stems, so "packages" counts too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.domain import toml_slips
from bot.domain.errors import SupportbotError
from bot.faq.entry import LANGUAGE_FORM
from bot.faq.text import stem, tokens

MOST_TERMS = 5_000  # a language
LONGEST_TERM = 8  # words
KEYS = ("same", "short")

Change = tuple[str, str]
"""Words as they were written, and as they are read."""
Term = tuple[tuple[str, ...], tuple[str, ...]]
"""The stems of what is written, and the words that it is read as."""


class GlossaryBroken(SupportbotError):
    """The glossary cannot be used; the sentence names file, line and key."""

    def __init__(self, file: str, key: str, problem: str, line: int = 0) -> None:
        place = ", ".join(part for part in (file, f"line {line}" if line else "", key) if part)
        super().__init__(f"{place}: {problem}")
        self.key = key
        self.line = line


@dataclass(frozen=True, slots=True)
class Glossary:
    """What is read as what, by language.

    Attributes:
        short: abbreviations by the stem of their first word, the longest first.
        same: words of one meaning, likewise; read as the first of their group.
        words: every word that the glossary names, so that none of them is taken for a typing error.
    """

    short: Mapping[str, Mapping[str, tuple[Term, ...]]] = field(default_factory=dict)
    same: Mapping[str, Mapping[str, tuple[Term, ...]]] = field(default_factory=dict)
    words: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def spelled_out(self, words: Sequence[str], language: str) -> tuple[list[str], tuple[Change, ...]]:
        """Return the words with abbreviations written out, and what was changed."""
        return _replaced(words, self.short.get(language, {}), language)

    def common(self, words: Sequence[str], language: str) -> tuple[list[str], tuple[Change, ...]]:
        """Return the words with each one of a group as the group's first, and what was changed."""
        return _replaced(words, self.same.get(language, {}), language)

    def read(self, words: Sequence[str], language: str) -> list[str]:
        """Return the words as they are compared: abbreviations written out, then each group as its first word."""
        return self.common(self.spelled_out(words, language)[0], language)[0]

    def known(self, language: str) -> frozenset[str]:
        """Return the words that the glossary names in a language."""
        return self.words.get(language, frozenset())


EMPTY = Glossary()


def _replaced(
    words: Sequence[str], terms: Mapping[str, Sequence[Term]], language: str
) -> tuple[list[str], tuple[Change, ...]]:
    if not terms:
        return list(words), ()
    stems = [stem(word, language) for word in words]
    read: list[str] = []
    changes: list[Change] = []
    at = 0
    while at < len(words):
        found = next((one for one in terms.get(stems[at], ()) if tuple(stems[at : at + len(one[0])]) == one[0]), None)
        if found is None:
            read.append(words[at])
            at += 1
            continue
        end = at + len(found[0])
        read += found[1]
        changes.append((" ".join(words[at:end]), " ".join(found[1])))
        at = end
    return read, tuple(dict.fromkeys(changes))


def load(file: Path) -> Glossary:
    """Read the glossary; a missing file is an empty one.

    Raises:
        GlossaryBroken: with file, line and key.
    """
    try:
        text = file.read_text(encoding="utf-8") if file.exists() else ""
        body = toml_slips.read(text)
    except (toml_slips.TomlSlip, UnicodeDecodeError, OSError) as error:
        raise GlossaryBroken(file.name, "", f"is not readable as TOML: {error}") from None
    except RecursionError:
        raise GlossaryBroken(file.name, "", "is nested too deeply") from None
    return _Reader(file.name, text).glossary(body)


class _Reader:
    """Checks the file's parts and knows where they stand."""

    def __init__(self, file: str, text: str) -> None:
        self._file = file
        self._lines = text.splitlines()

    def glossary(self, body: Mapping[str, Any]) -> Glossary:
        short, same, words = {}, {}, {}
        for language, section in body.items():
            if not LANGUAGE_FORM.fullmatch(language) or not isinstance(section, dict):
                raise self._broken(language, "should be a language with its words, such as [en]", language)
            for key in section:
                if key not in KEYS:
                    raise self._broken(f"{language}.{key}", f"is unknown; known are {', '.join(KEYS)}", key)
            owners: dict[tuple[str, ...], str] = {}
            short[language] = _by_first(self._short(language, section.get("short", {}), owners))
            same[language] = _by_first(self._same(language, section.get("same", []), owners))
            terms = [*section.get("short", {}), *section.get("short", {}).values()]
            terms += [term for group in section.get("same", []) for term in group]
            words[language] = frozenset(word for term in terms for word in tokens(term))
            if len(owners) > MOST_TERMS:
                raise self._broken(language, f"names {len(owners)} terms; {MOST_TERMS} are the most", language)
        return Glossary(short, same, words)

    def _short(self, language: str, table: Any, owners: dict[tuple[str, ...], str]) -> Iterator[Term]:  # noqa: ANN401
        where = f"{language}.short"
        if not isinstance(table, dict):
            raise self._broken(where, 'should be lines such as cod = "cash on delivery"', "short")
        for written, meant in table.items():
            at = f"{where}.{written}"
            term = self._term(at, written, language, owners)
            yield term, tuple(self._words(at, meant))

    def _same(self, language: str, groups: Any, owners: dict[tuple[str, ...], str]) -> Iterator[Term]:  # noqa: ANN401
        where = f"{language}.same"
        if not isinstance(groups, list):
            raise self._broken(where, 'should be a list of groups such as ["parcel", "package"]', "same")
        for number, group in enumerate(groups, 1):
            at = f"{where}[{number}]"
            if not isinstance(group, list) or len(group) < 2:  # noqa: PLR2004 one word alone has no like
                raise self._broken(at, 'should be a group of two words or more, such as ["parcel", "package"]', "same")
            first = tuple(self._words(at, group[0]))
            self._term(at, group[0], language, owners)
            for other in group[1:]:
                yield self._term(at, other, language, owners), first

    def _term(self, at: str, written: Any, language: str, owners: dict[tuple[str, ...], str]) -> tuple[str, ...]:  # noqa: ANN401
        """Return the stems of a term that stands nowhere else."""
        term = tuple(stem(word, language) for word in self._words(at, written))
        if term in owners:
            raise self._broken(
                at, f"{written!r} stands in {owners[term]} already, as the same word or a form of it", written
            )
        owners[term] = at
        return term

    def _words(self, at: str, value: Any) -> list[str]:  # noqa: ANN401
        if not isinstance(value, str):
            raise self._broken(at, f"{value!r} should be text in quotes")
        words = tokens(value)
        if not 0 < len(words) <= LONGEST_TERM:
            raise self._broken(at, f"{value[:40]!r} should have 1 to {LONGEST_TERM} words", value)
        return words

    def _broken(self, key: str, problem: str, sought: str = "") -> GlossaryBroken:
        """Return the error with the last line that names what is wrong; a word said twice is wrong the second time."""
        pattern = re.compile(rf"(?<!\w){re.escape(sought)}(?!\w)") if sought else None
        found = [
            number
            for number, line in enumerate(self._lines, 1)
            if pattern and not line.lstrip().startswith("#") and pattern.search(line)
        ]
        return GlossaryBroken(self._file, key, problem, found[-1] if found else 0)


def _by_first(terms: Iterable[Term]) -> dict[str, tuple[Term, ...]]:
    found: dict[str, list[Term]] = {}
    for term in terms:
        found.setdefault(term[0][0], []).append(term)
    return {first: tuple(sorted(some, key=lambda one: -len(one[0]))) for first, some in found.items()}
