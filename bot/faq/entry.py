"""What the company has written down: one FAQ entry, its texts per language and what goes with them.

The entry `delivery-cost` holds an English and a German text, each a question, other phrasings of it and an answer,
and a button "Order now". Pure, and light to import; the dictionary form is the YAML of `config/faq/*.yaml` and the
database's body alike.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import isfinite
from typing import Any

from bot.domain.errors import SupportbotError

ID_FORM = re.compile(r"[A-Za-z0-9_./-]{1,64}")
LANGUAGE_FORM = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
ACTION_FORM = re.compile(
    r"orders?|form:[a-z][a-z0-9_]{0,19}|human|faq:[A-Za-z0-9_./-]{1,64}|https?://\S+|tel:\S+|mailto:\S+"
)
DAY_FORM = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?")
LONGEST_PHRASING = 1_000  # characters; a question is a sentence or two
ONE_MESSAGE = 4_000  # characters of an answer; a longer one reaches customers as several messages
LONGEST_ANSWER = 20_000  # characters; five Telegram messages, and below the 32,767 of a spreadsheet cell
MOST_PHRASINGS = 2_000  # an entry and language
YES = frozenset({"true", "yes", "on", "1", "y", "ja", "да", "wahr", "истина"})
NO = frozenset({"false", "no", "off", "0", "n", "nein", "нет", "falsch", "ложь"})
PLAIN_FIELDS = frozenset(
    {"id", "category", "enabled", "valid_from", "valid_to", "buttons", "attachments", "follow_up", "related"}
)


class EntryBroken(SupportbotError):
    """A field of a FAQ entry does not hold what it should; the sentence says which and what to write."""

    def __init__(self, field_name: str, problem: str) -> None:
        super().__init__(f"{field_name}: {problem}")
        self.field = field_name
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Text:
    """What an entry says in one language.

    Attributes:
        question: as shown on a button and in a list; counts as the first phrasing.
        phrasings: other ways to ask the same; may be empty.
        answer: Markdown; empty only in a base that is there to be evaluated.
    """

    question: str
    phrasings: tuple[str, ...] = ()
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """A button under the answer; `action` is order, orders, form:KEY, human, faq:ID or a link."""

    text: Mapping[str, str]
    action: str


@dataclass(frozen=True, slots=True)
class Option:
    """A choice of a follow-up question and the entry that answers it."""

    text: Mapping[str, str]
    entry: str


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A question asked after the answer."""

    text: Mapping[str, str]
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class FaqEntry:
    """One answer of the company and all the ways to ask for it.

    Attributes:
        id: unique in the base, `[A-Za-z0-9_./-]{1,64}`.
        category: heading in the menu; empty for none.
        enabled: off means kept, but neither matched nor shown.
        valid_from: first day on which it holds, in the company's calendar; None for always.
        valid_to: last day on which it holds.
        texts: by language code, in the order of the file; at least one.
        buttons: under the answer.
        attachments: names of files beside the FAQ file, sent after the answer.
        follow_up: asked after the answer.
        related: ids of entries to offer as well.
    """

    id: str
    texts: Mapping[str, Text]
    category: str = ""
    enabled: bool = True
    valid_from: date | None = None
    valid_to: date | None = None
    buttons: tuple[Button, ...] = ()
    attachments: tuple[str, ...] = ()
    follow_up: FollowUp | None = None
    related: tuple[str, ...] = field(default=())

    def phrasings(self, language: str) -> tuple[str, ...]:
        """Return the question and the other phrasings in a language, each once; empty without that language."""
        text = self.texts.get(language)
        return tuple(dict.fromkeys((text.question, *text.phrasings))) if text else ()

    def text(self, language: str, languages: Sequence[str] = ()) -> tuple[str, Text]:
        """Return the text in a language, else in the first of `languages` that it has, else its first one."""
        chosen = next((code for code in (language, *languages) if code in self.texts), next(iter(self.texts)))
        return chosen, self.texts[chosen]

    def too_long_for_one_message(self) -> list[str]:
        """Return the codes of the languages whose answer goes out as several messages."""
        return [code for code, text in self.texts.items() if len(text.answer) > ONE_MESSAGE]

    def live_on(self, day: date) -> bool:
        """Return whether customers get this entry on that day; both ends of the validity count in."""
        begun = self.valid_from is None or self.valid_from <= day
        return self.enabled and begun and (self.valid_to is None or day <= self.valid_to)

    def links(self) -> Iterator[tuple[str, str]]:
        """Yield (field, entry id) for every other entry that this one points to."""
        for button in self.buttons:
            if button.action.startswith("faq:"):
                yield "buttons", button.action.removeprefix("faq:")
        for option in self.follow_up.options if self.follow_up else ():
            yield "follow_up", option.entry
        for other in self.related:
            yield "related", other

    def to_dict(self) -> dict[str, Any]:
        """Return the form of the FAQ files: JSON types only, fields that say nothing left out."""
        body: dict[str, Any] = {"id": self.id}
        if self.category:
            body["category"] = self.category
        if not self.enabled:
            body["enabled"] = False
        if self.valid_from:
            body["valid_from"] = self.valid_from.isoformat()
        if self.valid_to:
            body["valid_to"] = self.valid_to.isoformat()
        for code, text in self.texts.items():
            body[code] = _text_to_dict(text)
        if self.buttons:
            body["buttons"] = [{"text": dict(button.text), "action": button.action} for button in self.buttons]
        if self.attachments:
            body["attachments"] = list(self.attachments)
        if self.follow_up:
            options = [{"text": dict(option.text), "entry": option.entry} for option in self.follow_up.options]
            body["follow_up"] = {"text": dict(self.follow_up.text), "options": options}
        if self.related:
            body["related"] = list(self.related)
        return body

    @classmethod
    def from_dict(cls, body: Mapping[str, Any]) -> FaqEntry:
        """Read the form of the FAQ files.

        Raises:
            EntryBroken: names the first field that is wrong.
        """
        _mapping(body, "entry")
        texts = {code: _text(value, code) for code, value in body.items() if _is_language(code)}
        if not texts:
            raise EntryBroken("en", "the entry has no text in any language")
        first_question = next(iter(texts.values())).question
        key, follow_up = body.get("id"), body.get("follow_up")
        entry = cls(
            id=_id(id_from(first_question) if key is None or key == "" else key, "id"),
            texts=texts,
            category=_line("" if body.get("category") is None else body["category"], "category", 100),
            enabled=_yes_or_no(body.get("enabled")),
            valid_from=_day(body.get("valid_from"), "valid_from"),
            valid_to=_day(body.get("valid_to"), "valid_to"),
            buttons=tuple(_button(one, f"buttons[{n}]") for n, one in enumerate(_list(body, "buttons"), 1)),
            attachments=tuple(_attachment(one) for one in _list(body, "attachments")),
            follow_up=None if follow_up is None else _follow_up(follow_up),
            related=tuple(_id(one, "related") for one in _list(body, "related")),
        )
        if entry.valid_from and entry.valid_to and entry.valid_to < entry.valid_from:
            raise EntryBroken("valid_to", f"{entry.valid_to} is before valid_from {entry.valid_from}")
        return entry


def wording_in(wording: Mapping[str, str], language: str, languages: Sequence[str] = ()) -> str:
    """Return a button's or option's text in a language, else in the first of `languages` that it has, or any."""
    return next(
        (wording[code] for code in (language, "*", *languages) if code in wording), next(iter(wording.values()))
    )


def id_from(question: str) -> str:
    """Return an id made of a question: a-z, 0-9 and dashes, up to 64 characters.

    A question without a single Latin letter or digit gives its letters' code points, so that the id stays the same.
    """
    plain = unicodedata.normalize("NFKD", question.casefold().translate(LATIN))
    slug = re.sub(r"[^a-z0-9]+", "-", plain.encode("ascii", "ignore").decode() if plain.isascii() else _ascii(plain))
    slug = slug.strip("-") or "q-" + "-".join(f"{ord(char):x}" for char in question[:12])
    return slug[:64].strip("-")


def clean(text: str) -> str:
    """Return the text as it is kept: NFC, line feeds as line ends, no characters that a file cannot hold."""
    return unicodedata.normalize("NFC", _writable(text.replace("\r\n", "\n").replace("\r", "\n")))


def _writable(text: str) -> str:
    """Return a text without control characters, lone surrogates and the two signs that XML knows no way to write."""
    if text.isprintable():
        return text
    return "".join(
        char
        for char in text
        if char in "\n\t" or (unicodedata.category(char) not in {"Cc", "Cs"} and char not in "\ufffe\uffff")
    )


# fmt: off
LATIN = str.maketrans({
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh",
    "з": "z", "и": "i", "й": "j", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o",
    "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "h", "ц": "c",
    "ч": "ch", "ш": "sh", "щ": "sch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu",
    "я": "ya", "і": "i", "ї": "yi", "є": "ye", "ґ": "g", "ß": "ss", "ä": "ae", "ö": "oe",
    "ü": "ue",
})
# fmt: on


def _ascii(text: str) -> str:
    return "".join(char if char.isascii() else ("" if unicodedata.combining(char) else " ") for char in text)


def _is_language(key: object) -> bool:
    if key in PLAIN_FIELDS:
        return False
    if not isinstance(key, str) or not LANGUAGE_FORM.fullmatch(key):
        known = ", ".join(sorted(PLAIN_FIELDS))
        raise EntryBroken(str(key)[:40], f"is neither a field ({known}) nor a language code such as en")
    return True


def _text_to_dict(text: Text) -> dict[str, Any]:
    body: dict[str, Any] = {"question": text.question}
    if text.phrasings:
        body["phrasings"] = list(text.phrasings)
    if text.answer:
        body["answer"] = text.answer
    return body


def _text(value: object, code: str) -> Text:
    body = _fields(value, code, "question", "phrasings", "answer")
    phrasings = _list(body, "phrasings", code + ".")
    if len(phrasings) > MOST_PHRASINGS:
        raise EntryBroken(f"{code}.phrasings", f"{len(phrasings)} are too many; {MOST_PHRASINGS} is the most")
    question = _line(body.get("question") or "", f"{code}.question")
    if not question:
        raise EntryBroken(f"{code}.question", "is missing")
    lines = [_line(one, f"{code}.phrasings[{n}]") for n, one in enumerate(phrasings, 1)]
    return Text(question, tuple(line for line in lines if line), _answer(body.get("answer"), f"{code}.answer"))


def _answer(value: object, where: str) -> str:
    answer = clean(_words(value if value is not None else "", where)).strip()
    if len(answer) > LONGEST_ANSWER:
        raise EntryBroken(where, f"is {len(answer)} characters long; {LONGEST_ANSWER} is the most")
    return answer


def _mapping(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise EntryBroken(where, f"should be fields with values, not {_kind(value)}")
    return value


def _fields(value: object, where: str, *known: str) -> Mapping[str, Any]:
    """Return a part of an entry that has these fields and no other, so that nothing is lost without a word."""
    body = _mapping(value, where)
    for key in body:
        if key not in known:
            raise EntryBroken(f"{where}.{str(key)[:40]}", f"is unknown; known here are {', '.join(known)}")
    return body


def _list(body: Mapping[str, Any], key: str, prefix: str = "") -> Sequence[Any]:
    value = body.get(key)
    if value is None:
        return ()
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise EntryBroken(prefix + key, f"should be a list, not {_kind(value)}")
    return value


def _words(value: object, where: str) -> str:
    if isinstance(value, str):
        return value
    if (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, float) and isfinite(value)):
        return str(value)
    raise EntryBroken(where, f"should be text, not {_kind(value)}; put it in quotes")


def _line(value: object, where: str, longest: int = LONGEST_PHRASING) -> str:
    """Return a text of one line, white space runs as one space."""
    line = " ".join(clean(_words(value, where)).split())
    if len(line) > longest:
        raise EntryBroken(where, f"is {len(line)} characters long; {longest} is the most")
    return line


def _id(value: object, where: str) -> str:
    name = _words(value, where).strip()
    if not ID_FORM.fullmatch(name):
        raise EntryBroken(where, f"{name[:80]!r} is no id; use up to 64 of A-Z a-z 0-9 _ . / -")
    return name


def _yes_or_no(value: object) -> bool:
    word = str("true" if value is None or value == "" else value).strip().casefold()
    if word in YES:
        return True
    if word in NO:
        return False
    raise EntryBroken("enabled", f"{word[:40]!r} is neither true nor false")


def _day(value: object, where: str) -> date | None:
    if value is None or value == "":
        return None
    day = DAY_FORM.fullmatch(str(value).strip())
    try:
        return date.fromisoformat(day[1] if day else "")
    except ValueError as wrong:
        raise EntryBroken(where, f"{str(value)[:40]!r} is no day; write it as 2026-01-31") from wrong


def _wording(value: object, where: str) -> dict[str, str]:
    """Return a short text by language; a plain text stands for every language under the key `*`."""
    if isinstance(value, str):
        value = {"*": value}
    wording = {}
    for code, line in _mapping(value, where).items():
        if code != "*" and not (isinstance(code, str) and LANGUAGE_FORM.fullmatch(code)):
            raise EntryBroken(f"{where}.{str(code)[:40]}", "is no language code such as en")
        wording[code] = _line(line, f"{where}.{code}", 200)
    if not wording or not all(wording.values()):
        raise EntryBroken(where, "needs a text in at least one language")
    return wording


def _button(value: object, where: str) -> Button:
    body = _fields(value, where, "text", "action")
    action = _writable(_words(body.get("action") or "", f"{where}.action")).strip()
    if not ACTION_FORM.fullmatch(action):
        raise EntryBroken(
            f"{where}.action", f"{action[:80]!r} is none of order, orders, form:KEY, human, faq:ID, https://…"
        )
    return Button(_wording(body.get("text"), f"{where}.text"), action)


def _attachment(value: object) -> str:
    name = _line(value, "attachments", 200)
    if not name or name.startswith(("/", "\\", "~")) or ".." in name.replace("\\", "/").split("/") or ":" in name:
        raise EntryBroken("attachments", f"{name!r} should name a file beside the FAQ file")
    return name


def _follow_up(value: object) -> FollowUp:
    body = _fields(value, "follow_up", "text", "options")
    options = []
    for number, one in enumerate(_list(body, "options", "follow_up."), 1):
        where = f"follow_up.options[{number}]"
        option = _fields(one, where, "text", "entry")
        options.append(
            Option(_wording(option.get("text"), f"{where}.text"), _id(option.get("entry", ""), f"{where}.entry"))
        )
    if not options:
        raise EntryBroken("follow_up.options", "needs at least one option")
    return FollowUp(_wording(body.get("text"), "follow_up.text"), tuple(options))


def _kind(value: object) -> str:
    if value is None:
        return "nothing"
    names = {dict: "fields", list: "a list", str: "text", bool: "yes/no", int: "a number", float: "a number"}
    return names.get(type(value), "something else")
