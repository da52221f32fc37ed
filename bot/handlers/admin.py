"""Editing the FAQ in the chat: `/faq` for admins.

Ada writes `/faq price`, picks the entry that the bot shows, presses "Answer", and sends the new text: customers get it
within a second. What she is in the middle of stands in the database, so a restart asks her the same thing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from bot.domain.conversation import Pressed, Said
from bot.domain.message import Button, ContentKind, Rows, bold, plain
from bot.faq import store
from bot.faq.answer import render
from bot.faq.entry import EntryBroken, FaqEntry, Text
from bot.faq.knowledge_base import digest
from bot.handlers.private import Desk
from bot.handlers.turn import Sayings, answer_press, rows, say_at
from bot.handoff import staff as people

SHOWN = 12
PARTS = ("question", "phrasings", "answer", "category")
NONE = {"-", "–"}
"""What an admin writes to leave a part empty."""


def command(at: Desk, said: Said) -> Sayings:
    """Carry out `/faq …`."""
    _, _, rest = said.content.text.text.partition(" ")
    verb, _, argument = rest.strip().partition(" ")
    people.keep_flow(at.conn, at.person.id, {})
    act = VERBS.get(verb.lower())
    if act is not None:
        return act(at, argument.strip())
    return _find(at, rest.strip()) if rest.strip() else _menu(at)


def _menu(at: Desk) -> Sayings:
    entries = store.list_entries(at.conn)
    buttons = [Button(name or "–", f"adm:cat:{digest(name)}") for name in store.categories(entries)]
    head = bold(at.texts("admin.faq", n=len(entries))) + f"\n{at.texts('admin.usage')}"
    return [say_at(at.place, head, rows(*buttons, width=2))]


def _find(at: Desk, words: str) -> Sayings:
    wanted = words.casefold()
    found = [entry for entry in store.list_entries(at.conn) if wanted in _everything(entry)]
    if not found:
        return [at.tell(at.texts("admin.found_none", words=words))]
    return [_list(at, at.texts("admin.found", n=len(found)), found)]


def _everything(entry: FaqEntry) -> str:
    texts = [part for text in entry.texts.values() for part in (text.question, *text.phrasings, text.answer)]
    return "\n".join([entry.id, entry.category, *texts]).casefold()


def _list(at: Desk, head: str, entries: Sequence[FaqEntry]) -> Any:  # noqa: ANN401 a Saying
    buttons = [Button(_label(at, entry), f"adm:show:{digest(entry.id)}") for entry in entries[:SHOWN]]
    more = len(entries) - len(buttons)
    return say_at(at.place, head + (f"\n{at.texts('admin.more', n=more)}" if more > 0 else ""), rows(*buttons))


def _label(at: Desk, entry: FaqEntry) -> str:
    _, text = entry.text(at.person.language, tuple(at.house.catalogues))
    return f"{'' if entry.enabled else '⏸ '}{text.question}"


def _add(at: Desk, argument: str) -> Sayings:
    flow = {"faq": "add", "language": at.person.language, "given": {}}
    if argument:
        flow["given"] = {"question": argument}
    return _ask_next(at, flow)


def _ask_next(at: Desk, flow: dict[str, Any]) -> Sayings:
    """Ask for the next part of a new entry, or save it when all are there."""
    missing = next((part for part in PARTS if part not in flow["given"]), None)
    if missing is None:
        return _save_new(at, flow)
    people.keep_flow(at.conn, at.person.id, flow)
    return [at.tell(at.texts(f"admin.ask_{missing}"))]


def _save_new(at: Desk, flow: dict[str, Any]) -> Sayings:
    given = flow["given"]
    text = Text(given["question"], tuple(given["phrasings"]), given["answer"])
    entry = FaqEntry(store.free_id(at.conn, given["question"]), {flow["language"]: text}, given["category"])
    people.keep_flow(at.conn, at.person.id, {})
    return _save(at, entry, "admin.added")


def _save(at: Desk, entry: FaqEntry, sentence: str) -> Sayings:
    try:
        FaqEntry.from_dict(entry.to_dict())
    except EntryBroken as broken:
        return [at.tell(str(broken))]
    store.save(at.conn, entry, at.person.id, at.now)
    return [at.tell(at.texts(sentence, id=entry.id)), _shown(at, entry)]


def _edit(at: Desk, argument: str) -> Sayings:
    entry = store.get(at.conn, argument)
    return [_shown(at, entry)] if entry else _find(at, argument)


def _switch(enabled: bool) -> Callable[[Desk, str], Sayings]:  # noqa: FBT001 on or off
    def act(at: Desk, argument: str) -> Sayings:
        if store.get(at.conn, argument) is None:
            return [at.tell(at.texts("admin.unknown", id=argument))]
        entry = store.switch(at.conn, argument, at.person.id, at.now, enabled=enabled)
        return [at.tell(at.texts("admin.on" if enabled else "admin.off", id=entry.id))]

    return act


def _undo(at: Desk, argument: str) -> Sayings:
    if not store.history(at.conn, argument, most=1):
        return [at.tell(at.texts("admin.unknown", id=argument))]
    entry = store.undo(at.conn, argument, at.person.id, at.now)
    told = at.tell(at.texts("admin.undone", id=argument))
    return [told, _shown(at, entry)] if entry else [told]


VERBS: dict[str, Callable[[Desk, str], Sayings]] = {
    "find": _find,
    "add": _add,
    "edit": _edit,
    "off": _switch(enabled=False),
    "on": _switch(enabled=True),
    "undo": _undo,
}


def _shown(at: Desk, entry: FaqEntry) -> Any:  # noqa: ANN401 a Saying
    """Return an entry with what can be changed about it."""
    language, text = entry.text(at.person.language, tuple(at.house.catalogues))
    state = "" if entry.enabled else f" ⏸ {at.texts('admin.is_off')}"
    head = bold(text.question) + f"\n{entry.id} · {entry.category} · {' '.join(entry.texts)}{state}\n"
    phrasings = "".join(f"• {phrasing}\n" for phrasing in text.phrasings)
    return say_at(at.place, head + phrasings + "\n" + render(text.answer), _entry_buttons(at, entry, language))


def _entry_buttons(at: Desk, entry: FaqEntry, language: str) -> Rows:
    key = digest(entry.id)
    parts = [Button(at.texts(f"admin.button_{part}"), f"adm:{part}:{key}:{language}") for part in PARTS]
    others = [Button(code.upper(), f"adm:in:{key}:{code}") for code in at.house.catalogues if code != language]
    switch = Button(at.texts("admin.button_off" if entry.enabled else "admin.button_on"), f"adm:switch:{key}")
    return rows(*parts, switch, Button(at.texts("admin.button_undo"), f"adm:undo:{key}"), width=2) + rows(
        *others, width=4
    )


def pressed(at: Desk, press: Pressed) -> Sayings:
    """Take a button of the FAQ's editing."""
    done = answer_press(press.place, press.press)
    _, verb, key, *rest = [*press.action.split(":"), "", ""]
    entries = store.list_entries(at.conn)
    if verb == "cat":
        name = next((name for name in store.categories(entries) if digest(name) == key), None)
        listed = [entry for entry in entries if entry.category == name]
        return [done, _list(at, name or "–", listed)] if listed else [done]
    entry = next((entry for entry in entries if digest(entry.id) == key), None)
    if entry is None:
        return [done, at.tell(at.texts("admin.gone"))]
    return [done, *_on_entry(at, entry, verb, rest[0])]


def _on_entry(at: Desk, entry: FaqEntry, verb: str, language: str) -> Sayings:
    if verb == "show":
        return [_shown(at, entry)]
    if verb == "switch":
        return _switch(enabled=not entry.enabled)(at, entry.id)
    if verb == "undo":
        return _undo(at, entry.id)
    if verb == "in":
        return _begin_language(at, entry, language)
    if verb in PARTS:
        people.keep_flow(at.conn, at.person.id, {"faq": "edit", "id": entry.id, "part": verb, "language": language})
        return [at.tell(at.texts(f"admin.ask_{verb}"))]
    return []


def _begin_language(at: Desk, entry: FaqEntry, language: str) -> Sayings:
    """Show the entry in another language; one that it lacks is asked for, part by part."""
    if language in entry.texts:
        person = replace(at.person, language=language)
        return [_shown(replace(at, person=person), entry)]
    flow = {"faq": "translate", "id": entry.id, "language": language, "given": {"category": entry.category}}
    people.keep_flow(at.conn, at.person.id, flow)
    return [at.tell(at.texts("admin.ask_question"))]


def awaits(flow: dict[str, Any]) -> bool:
    """Return whether the next text of this admin belongs to the FAQ's editing."""
    return "faq" in flow


def given(at: Desk, said: Said, flow: dict[str, Any]) -> Sayings:
    """Take the text that an admin was asked for."""
    if said.content.kind is not ContentKind.TEXT:
        return [at.tell(at.texts("admin.text_please"))]
    text = said.content.text.text.strip()
    if flow["faq"] == "edit":
        return _change(at, flow, text)
    part = next(part for part in PARTS if part not in flow["given"])
    value, problem = _read(at, part, text)
    if problem:
        return [at.tell(problem)]
    flow = {**flow, "given": {**flow["given"], part: value}}
    if flow["faq"] == "translate" and set(PARTS) <= set(flow["given"]):
        return _save_translation(at, flow)
    return _ask_next(at, flow)


def _read(at: Desk, part: str, text: str) -> tuple[Any, str]:
    """Return the value that a text stands for, and what is wrong with it."""
    if part == "phrasings":
        return [] if text in NONE else [line.strip() for line in text.splitlines() if line.strip()], ""
    if part == "category":
        return "" if text in NONE else " ".join(text.split())[:64], ""
    if text in NONE or not text:
        return "", at.texts("admin.text_please")
    return (" ".join(text.split()) if part == "question" else text), ""


def _save_translation(at: Desk, flow: dict[str, Any]) -> Sayings:
    people.keep_flow(at.conn, at.person.id, {})
    entry = store.get(at.conn, flow["id"])
    if entry is None:
        return [at.tell(at.texts("admin.gone"))]
    made = flow["given"]
    text = Text(made["question"], tuple(made["phrasings"]), made["answer"])
    return _save(at, replace(entry, texts={**entry.texts, flow["language"]: text}), "admin.saved")


def _change(at: Desk, flow: dict[str, Any], text: str) -> Sayings:
    """Replace one part of an entry by what the admin sent."""
    entry = store.get(at.conn, flow["id"])
    if entry is None:
        people.keep_flow(at.conn, at.person.id, {})
        return [at.tell(at.texts("admin.gone"))]
    value, problem = _read(at, flow["part"], text)
    if problem:
        return [at.tell(problem)]
    people.keep_flow(at.conn, at.person.id, {})
    if flow["part"] == "category":
        return _save(at, replace(entry, category=value), "admin.saved")
    old = entry.texts[flow["language"]]
    parts: dict[str, Any] = {"question": old.question, "phrasings": old.phrasings, "answer": old.answer}
    parts[flow["part"]] = tuple(value) if flow["part"] == "phrasings" else value
    new = Text(**parts)
    return _save(at, replace(entry, texts={**entry.texts, flow["language"]: new}), "admin.saved")


def cancel(at: Desk) -> Sayings:
    """Stop what is being edited; nothing of it is kept."""
    people.keep_flow(at.conn, at.person.id, {})
    return [at.tell(at.texts("admin.cancelled"))]


def refused(at: Desk) -> Sayings:
    """Tell somebody who is no admin."""
    return [at.tell(plain(at.texts("admin.not_yours")))]
