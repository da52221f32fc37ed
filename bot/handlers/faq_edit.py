"""How an admin changes an entry in the chat: a new one, its parts in each language, its phrasings one by one.

Every step can be left with a button or `/cancel`; what was given so far stands in the database until all is in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from bot.domain.message import Button, EntityKind, Rows, bold, join, plain, styled
from bot.faq import store
from bot.faq.entry import EntryBroken, FaqEntry, Text
from bot.faq.knowledge_base import digest
from bot.faq.text import key_of, language_of
from bot.handlers import faq_entry
from bot.handlers.private import Desk
from bot.handlers.turn import Saying, Sayings, rows, say_at
from bot.handoff import staff as people

PARTS = ("question", "phrasings", "answer", "category")
NONE = {"-", "–", "—"}
"""What an admin writes to leave a part empty."""
MOST_CATEGORIES = 40
MOST_DROPPABLE = 30


def add(at: Desk, argument: str) -> Sayings:
    """Begin a new entry, perhaps with its question."""
    flow: dict[str, Any] = {"faq": "add", "language": at.person.language, "given": {}}
    if not argument:
        return _ask_next(at, flow)
    people.keep_flow(at.conn, at.person.id, flow)
    return take_part(at, flow, argument)


def in_language(at: Desk, entry: FaqEntry, language: str) -> Sayings:
    """Show the entry in another language; one that it lacks is asked for, part by part."""
    if language in entry.texts:
        return [faq_entry.shown(at, entry, language)]
    if language not in at.house.catalogues:
        return [faq_entry.shown(at, entry)]
    flow = {"faq": "translate", "id": entry.id, "language": language, "given": {"category": entry.category}}
    return _ask_next(at, flow)


def _ask_next(at: Desk, flow: dict[str, Any]) -> Sayings:
    """Ask for the next part of a new entry or language, or save it when all are there."""
    missing = next((part for part in PARTS if part not in flow["given"]), None)
    if missing is None:
        return _save_new(at, flow) if flow["faq"] == "add" else _save_translation(at, flow)
    people.keep_flow(at.conn, at.person.id, flow)
    source = _source(at, flow, missing) if flow["faq"] == "translate" else []
    return [*source, say_at(at.place, at.texts(f"admin.ask_{missing}"), _choices(at, missing))]


def _source(at: Desk, flow: dict[str, Any], part: str) -> Sayings:
    """Return what the part says in a language that is there, to be translated."""
    entry = store.get(at.conn, flow["id"])
    return _as_it_is(at, entry, part, entry.text(at.person.language)[0]) if entry else []


def _as_it_is(at: Desk, entry: FaqEntry, part: str, language: str) -> Sayings:
    """Return a part as it was written, to be copied and changed."""
    written = _written(entry, part, language)
    return [say_at(at.place, styled(EntityKind.PRE, written))] if written else []


def _written(entry: FaqEntry, part: str, language: str) -> str:
    text = entry.texts[language]
    lines = {"question": text.question, "phrasings": "\n".join(text.phrasings), "answer": text.answer}
    return lines.get(part, entry.category)


def _choices(at: Desk, part: str) -> Rows:
    """Return the buttons below a question for a part: what can be chosen instead of written, and the way out."""
    nothing = Button(at.texts("admin.button_none"), "adm:none") if part in {"phrasings", "category"} else None
    found = []
    if part == "category":
        names = [name for name in store.categories(store.list_entries(at.conn)) if name][:MOST_CATEGORIES]
        found = [Button(faq_entry.category_name(at, name), f"adm:chosen:{digest(name)}") for name in names]
    return rows(*found, width=2) + rows(nothing, faq_entry.cancel_button(at), width=2)


def choose_category(at: Desk, flow: dict[str, Any], key: str) -> Sayings:
    """Take a category that was chosen from the buttons."""
    name = next((one for one in store.categories(store.list_entries(at.conn)) if digest(one) == key), None)
    if name is None:
        return [at.tell(at.texts("admin.gone"))]
    if flow.get("faq") == "edit" and flow.get("part") == "category":
        return change(at, flow, name)
    if flow.get("faq") == "add" and "answer" in flow["given"]:
        return take_part(at, flow, name)
    return [at.tell(at.texts("admin.gone"))]


def take_part(at: Desk, flow: dict[str, Any], text: str) -> Sayings:
    """Take the next part of a new entry or language."""
    part = next(part for part in PARTS if part not in flow["given"])
    value, problem = _read(at, flow, part, text)
    if problem:
        return [say_at(at.place, problem, _choices(at, part))]
    return _ask_next(at, {**flow, "given": {**flow["given"], part: value}})


def _read(at: Desk, flow: dict[str, Any], part: str, text: str) -> tuple[Any, str]:
    """Return the value that a text stands for, and what is wrong with it: too long for an entry, or nothing at all."""
    value, problem = _value(at, part, text)
    if problem or part == "category":
        return value, problem
    try:
        FaqEntry.from_dict({"id": "new", flow["language"]: {"question": "?", part: value}})
    except EntryBroken as broken:
        return value, str(broken)
    return value, ""


def _value(at: Desk, part: str, text: str) -> tuple[Any, str]:
    if part == "phrasings":
        return [] if text in NONE else _lines(text), ""
    if part == "category":
        return "" if text in NONE else " ".join(text.split())[:64], ""
    if text in NONE or not text:
        return "", at.texts("admin.text_please")
    return (" ".join(text.split()) if part == "question" else text), ""


def _lines(text: str) -> list[str]:
    """Return the phrasings of a message, one a line, without the marks of a list."""
    return [one for line in text.splitlines() if (one := " ".join(line.strip().lstrip("•*-– ").split()))]


def _save_new(at: Desk, flow: dict[str, Any]) -> Sayings:
    given = flow["given"]
    text = Text(given["question"], tuple(given["phrasings"]), given["answer"])
    entry = FaqEntry(store.free_id(at.conn, given["question"]), {flow["language"]: text}, given["category"])
    return save(at, entry, "admin.added", flow["language"])


def _save_translation(at: Desk, flow: dict[str, Any]) -> Sayings:
    store.hold(at.conn)
    entry = store.get(at.conn, flow["id"])
    if entry is None:
        return _gone(at)
    if flow["language"] in entry.texts:  # a colleague was faster
        people.keep_flow(at.conn, at.person.id, {})
        return faq_entry.stale(at, entry, flow["language"])
    made = flow["given"]
    text = Text(made["question"], tuple(made["phrasings"]), made["answer"])
    return save(at, replace(entry, texts={**entry.texts, flow["language"]: text}), "", flow["language"])


def _gone(at: Desk) -> Sayings:
    people.keep_flow(at.conn, at.person.id, {})
    return [at.tell(at.texts("admin.gone"))]


def save(at: Desk, entry: FaqEntry, sentence: str = "", language: str = "") -> Sayings:
    """Save an entry and show it; what cannot be is said, and the admin is asked again."""
    try:
        entry = FaqEntry.from_dict(entry.to_dict())
    except EntryBroken as broken:
        return [say_at(at.place, str(broken), rows(faq_entry.cancel_button(at)))]
    people.keep_flow(at.conn, at.person.id, {})
    saved = faq_entry.kept(at, entry)
    told = at.texts(sentence, id=entry.id) if sentence else saved
    return [at.tell("\n".join([told, *_shared(at, entry)])), faq_entry.shown(at, entry, language)]


def _shared(at: Desk, entry: FaqEntry) -> Iterable[str]:
    """Return a warning for each phrasing that another entry has as well: neither would be answered surely."""
    own = {key_of(one): one for code in entry.texts for one in entry.phrasings(code)}
    for other in store.list_entries(at.conn):
        if other.id == entry.id or not other.enabled:
            continue
        keys = {key_of(one) for code in other.texts for one in other.phrasings(code)}
        for key in own.keys() & keys:
            yield at.texts("admin.shared", phrasing=own[key], id=other.id)


def ask_part(at: Desk, entry: FaqEntry, part: str, language: str) -> Sayings:
    """Ask for a new text of a part, the present one before it; the flow keeps which one was shown."""
    language, _ = entry.text(language or at.person.language, tuple(at.house.catalogues))
    shown = digest(_written(entry, part, language))
    flow = {"faq": "edit", "id": entry.id, "part": part, "language": language, "shown": shown}
    people.keep_flow(at.conn, at.person.id, flow)
    return [
        *_as_it_is(at, entry, part, language),
        say_at(at.place, at.texts(f"admin.ask_{part}"), _choices(at, part)),
    ]


def change(at: Desk, flow: dict[str, Any], text: str) -> Sayings:
    """Replace one part of an entry by what the admin sent, unless somebody else has changed it since it was shown."""
    store.hold(at.conn)
    entry, part, language = store.get(at.conn, flow["id"]), flow["part"], flow["language"]
    if entry is None or language not in entry.texts:
        return _gone(at)
    value, problem = _read(at, flow, part, text)
    if problem:
        return [say_at(at.place, problem, _choices(at, part))]
    now = _written(entry, part, language)
    if value != now and flow.get("shown", digest(now)) != digest(now):
        return [at.tell(at.texts("admin.changed_meanwhile", id=entry.id)), *ask_part(at, entry, part, language)]
    if part == "category":
        return save(at, replace(entry, category=value))
    old = entry.texts[language]
    new = replace(old, question=value) if part == "question" else replace(old, answer=value)
    return save(at, replace(entry, texts={**entry.texts, language: new}), language=language)


def phrasings(at: Desk, entry: FaqEntry, language: str) -> Saying:
    """Return an entry's phrasings in a language, each with a button that takes it out."""
    language, text = entry.text(language or at.person.language, tuple(at.house.catalogues))
    key = digest(entry.id)
    lines = [plain(f"{number}. {one}") for number, one in enumerate(text.phrasings, 1)]
    head = bold(f"{text.question} · {language.upper()}")
    drops = [
        Button(f"✕ {number}", f"adm:drop:{key}:{language}:{digest(one)}")
        for number, one in enumerate(text.phrasings[:MOST_DROPPABLE], 1)
    ]
    more = Button(at.texts("admin.button_more"), f"adm:more:{key}:{language}")
    show = Button(at.texts("admin.button_back"), f"adm:show:{key}:{language}")
    return say_at(at.place, join([head, *lines]), rows(*drops, width=5) + rows(more, show, width=2))


def drop_phrasing(at: Desk, entry: FaqEntry, language: str, key: str) -> Sayings:
    """Take one phrasing out."""
    text = entry.texts.get(language)
    if text is None:
        return [at.tell(at.texts("admin.gone"))]
    left = tuple(one for one in text.phrasings if digest(one) != key)
    changed = replace(entry, texts={**entry.texts, language: replace(text, phrasings=left)})
    return [at.tell(faq_entry.kept(at, changed)), phrasings(at, changed, language)]


def ask_phrasings(at: Desk, entry: FaqEntry, language: str) -> Sayings:
    """Ask for more phrasings."""
    language, _ = entry.text(language or at.person.language, tuple(at.house.catalogues))
    people.keep_flow(at.conn, at.person.id, {"faq": "phrasings", "id": entry.id, "language": language})
    return [say_at(at.place, at.texts("admin.ask_phrasings"), rows(faq_entry.cancel_button(at)))]


def take_phrasings(at: Desk, flow: dict[str, Any], text: str) -> Sayings:
    """Add the phrasings that were sent, one a line; those that are there already are left out."""
    entry = store.get(at.conn, flow["id"])
    if entry is None or flow["language"] not in entry.texts:
        return _gone(at)
    return with_phrasings(at, entry, flow["language"], _lines(text))


def with_phrasings(at: Desk, entry: FaqEntry, language: str, lines: Iterable[str]) -> Sayings:
    """Add phrasings to an entry in a language that it has."""
    text = entry.texts[language]
    known = {key_of(one) for one in entry.phrasings(language)}
    new = {key_of(line): line for line in lines if key_of(line) not in known}
    changed = replace(text, phrasings=(*text.phrasings, *new.values()))
    return save(at, replace(entry, texts={**entry.texts, language: changed}), language=language)


def add_phrasing(at: Desk, argument: str) -> Sayings:
    """Carry out `/faq phrasing ID TEXT`; the text's language is found in it."""
    key, _, text = argument.partition(" ")
    entry = store.get(at.conn, key)
    if entry is None:
        return [at.tell(at.texts("admin.unknown", id=key))]
    language = language_of(text, tuple(entry.texts), at.person.language)
    return with_phrasings(at, entry, language, _lines(text)) if text.strip() else ask_phrasings(at, entry, "")
