"""What admins edit in their private chat: `/faq`, `/unanswered`, `/import`, `/export` and `/canned`, and their buttons.

Ada writes `/faq price`, picks the entry that the bot shows, presses "Answer", and sends the new text: customers get it
within a second. What she is in the middle of stands in the database, so a restart asks her the same thing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.domain.conversation import Pressed, Said
from bot.domain.message import Button, ContentKind, bold, plain
from bot.faq import groups, store
from bot.faq.knowledge_base import digest
from bot.handlers import canned_admin, faq_edit, faq_entry, faq_files, faq_questions, faq_tryout
from bot.handlers.private import Desk
from bot.handlers.turn import Sayings, answer_press, rows, say_at
from bot.handoff import staff as people

Verb = Callable[[Desk, str], Sayings]


def command(at: Desk, said: Said) -> Sayings:
    """Carry out `/faq …` or another command of the FAQ; what was being edited is left."""
    first, _, rest = said.content.text.text.partition(" ")
    store.hold(at.conn)
    people.keep_flow(at.conn, at.person.id, {})
    act = COMMANDS[first.split("@")[0].lower()]
    return act(at, rest.strip())


def _faq(at: Desk, rest: str) -> Sayings:
    verb, _, argument = rest.partition(" ")
    act = VERBS.get(verb.lower())
    if act is not None:
        return act(at, argument.strip())
    return faq_entry.find(at, rest) if rest else [menu(at)]


def menu(at: Desk) -> Any:  # noqa: ANN401 a Saying
    """Return the FAQ's categories, and what can be done."""
    entries, texts = store.list_entries(at.conn), at.texts
    categories = [
        Button(faq_entry.category_name(at, name), f"adm:cat:{digest(name)}") for name in store.categories(entries)
    ]
    tools = (
        Button(texts("admin.button_find"), "adm:find"),
        Button(texts("admin.button_add"), "adm:add"),
        Button(texts("admin.button_test"), "adm:test"),
        Button(texts("unanswered.button", count=groups.count_open(at.conn)), "adm:un"),
    )
    head = bold(texts("admin.faq", n=len(entries))) + f"\n{texts('admin.usage')}"
    return say_at(at.place, head, rows(*categories, width=2) + rows(*tools, width=2))


def _by_id(act: Callable[..., Sayings]) -> Verb:
    """Return a verb that is followed by an entry's id."""

    def verb(at: Desk, argument: str) -> Sayings:
        entry = store.get(at.conn, argument)
        return act(at, entry) if entry else [at.tell(at.texts("admin.unknown", id=argument))]

    return verb


def _undo(at: Desk, key: str) -> Sayings:
    """Take back the last change of an entry, also of one that is gone."""
    if not store.history(at.conn, key, most=1):
        return [at.tell(at.texts("admin.unknown", id=key))]
    return faq_entry.undo(at, key)


COMMANDS: dict[str, Verb] = {
    "/faq": _faq,
    "/unanswered": lambda at, _: [faq_questions.listed(at)],
    "/import": lambda at, _: faq_files.ask(at),
    "/export": faq_files.export,
    "/canned": canned_admin.command,
}
VERBS: dict[str, Verb] = {
    "find": faq_entry.find,
    "add": faq_edit.add,
    "edit": faq_entry.edit,
    "phrasing": faq_edit.add_phrasing,
    "off": _by_id(lambda at, entry: faq_entry.switch(at, entry, enabled=False)),
    "on": _by_id(lambda at, entry: faq_entry.switch(at, entry, enabled=True)),
    "history": _by_id(lambda at, entry: [faq_entry.history(at, entry)]),
    "undo": _undo,
    "test": faq_tryout.test,
}
PRESSES: dict[str, Callable[[Desk, list[str]], Sayings]] = {
    "menu": lambda at, _: [menu(at)],
    "find": lambda at, _: faq_entry.ask_words(at),
    "add": lambda at, _: faq_edit.add(at, ""),
    "test": lambda at, _: faq_tryout.test(at, ""),
    "cancel": lambda at, _: cancel(at),
    "cat": faq_entry.category,
    "none": lambda at, _: _typed(at, "-"),
    "chosen": lambda at, args: faq_edit.choose_category(at, people.flow(at.conn, at.person.id), args[0]),
    "un": lambda at, args: [faq_questions.listed(at, args[0])],
    "group": faq_questions.show,
    "attach": faq_questions.attach,
    "look": faq_questions.ask_words,
    "draft": faq_questions.draft,
    "dismiss": faq_questions.dismiss,
    "reopen": faq_questions.reopen,
    "teach": faq_tryout.teach,
    "export": lambda at, args: faq_files.export(at, args[0]),
    "import": lambda at, _: faq_files.carry_out(at),
    **canned_admin.PRESSES,
}
ON_ENTRY: dict[str, Callable[..., Sayings]] = {
    "show": lambda at, entry, language, _: [faq_entry.shown(at, entry, language)],
    "on": lambda at, entry, *_: faq_entry.switch(at, entry, enabled=True),
    "off": lambda at, entry, *_: faq_entry.switch(at, entry, enabled=False),
    "switch": lambda at, entry, *_: faq_entry.stale(at, entry),  # of an older card, which does not say which
    "undo": lambda at, entry, revision, _: faq_entry.undo_change(at, entry, revision),
    "delete": lambda at, entry, revision, _: faq_entry.delete(at, entry, revision),
    "remove": lambda at, entry, *_: faq_entry.ask_to_delete(at, entry),
    "history": lambda at, entry, *_: [faq_entry.history(at, entry)],
    "back": lambda at, entry, revision, _: faq_entry.back(at, entry, revision),
    "in": lambda at, entry, language, _: faq_edit.in_language(at, entry, language),
    "phrasings": lambda at, entry, language, _: [faq_edit.phrasings(at, entry, language)],
    "more": lambda at, entry, language, _: faq_edit.ask_phrasings(at, entry, language),
    "drop": faq_edit.drop_phrasing,
    "question": lambda at, entry, language, _: faq_edit.ask_part(at, entry, "question", language),
    "answer": lambda at, entry, language, _: faq_edit.ask_part(at, entry, "answer", language),
    "category": lambda at, entry, language, _: faq_edit.ask_part(at, entry, "category", language),
}


def pressed(at: Desk, press: Pressed) -> Sayings:
    """Take a button of the FAQ's editing; one that means nothing any more is answered with the menu."""
    done = answer_press(press.place, press.press)
    store.hold(at.conn)
    _, verb, *args = press.action.split(":")
    first, second = [*args, "", ""][:2]
    if verb in PRESSES:
        return [done, *PRESSES[verb](at, [first, second])]
    if verb not in ON_ENTRY:
        return [done, menu(at)]
    entry = faq_entry.by_digest(at, first)
    if entry is None:
        return [done, at.tell(at.texts("admin.gone")), menu(at)]
    return [done, *ON_ENTRY[verb](at, entry, second, [*args, "", "", ""][2])]


def awaits(flow: dict[str, Any]) -> bool:
    """Return whether the next message of this admin belongs to the FAQ's editing."""
    return "faq" in flow


def given(at: Desk, said: Said, flow: dict[str, Any]) -> Sayings:
    """Take what an admin was asked for."""
    if flow["faq"] == "import":
        return faq_files.given(at, said)
    if said.content.kind is not ContentKind.TEXT:
        return [at.tell(at.texts("admin.text_please"))]
    return _typed(at, said.content.text.text.strip())


def _typed(at: Desk, text: str) -> Sayings:
    store.hold(at.conn)
    flow = people.flow(at.conn, at.person.id)
    act = TYPED.get(flow.get("faq", ""))
    return act(at, flow, text) if act else [menu(at)]


TYPED: dict[str, Callable[[Desk, dict[str, Any], str], Sayings]] = {
    "find": lambda at, _, text: faq_entry.find(at, text),
    "test": lambda at, _, text: faq_tryout.test(at, text),
    "look": faq_questions.found,
    "draft": faq_questions.drafted,
    "edit": faq_edit.change,
    "phrasings": faq_edit.take_phrasings,
    "add": faq_edit.take_part,
    "translate": faq_edit.take_part,
    **canned_admin.TYPED,
}


def cancel(at: Desk) -> Sayings:
    """Stop what is being edited; nothing of it is kept."""
    people.keep_flow(at.conn, at.person.id, {})
    return [at.tell(at.texts("admin.cancelled"))]


def refused(at: Desk) -> Sayings:
    """Tell somebody who is no admin."""
    return [at.tell(plain(at.texts("admin.not_yours")))]
