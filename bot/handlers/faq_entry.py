"""An entry of the FAQ as its admins see it in the chat: found, shown, switched, its history and the way back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from bot import i18n
from bot.domain.message import Button, RichText, Rows, bold, join, plain, split
from bot.faq import changes, store
from bot.faq.answer import render
from bot.faq.changes import Change
from bot.faq.entry import FaqEntry, wording_in
from bot.faq.knowledge_base import digest
from bot.faq.store import Revision
from bot.handlers.private import Desk
from bot.handlers.turn import Saying, Sayings, rows, say_at
from bot.handoff import staff as people

SHOWN = 8
PHRASINGS = 10
REVISIONS = 8
LINES = 4
LONGEST_ANSWER = 1_500
"""Units of an answer that an entry's card shows; the button "Answer" and a file show all of it."""
LONGEST_LINE = 260


def by_digest(at: Desk, key: str) -> FaqEntry | None:
    """Return the entry that a button's key names, or None."""
    return next((entry for entry in store.list_entries(at.conn) if digest(entry.id) == key), None)


def category_name(at: Desk, name: str) -> str:
    """Return a category as people read it: from the catalogue where it is one of the sample's, else as written."""
    key = f"category.{name}"
    return at.texts(key) if at.texts.knows(key) else (name or at.texts("topics.other"))


def cancel_button(at: Desk) -> Button:
    """Return the button that leaves whatever is being edited."""
    return Button(at.texts("admin.button_cancel"), "adm:cancel")


def to_menu(at: Desk) -> Button:
    """Return the button that leads back to the FAQ's menu."""
    return Button(at.texts("admin.button_menu"), "adm:menu")


def ask_words(at: Desk) -> Sayings:
    """Ask what to look for."""
    people.keep_flow(at.conn, at.person.id, {"faq": "find"})
    return [say_at(at.place, at.texts("admin.ask_words"), rows(cancel_button(at)))]


def find(at: Desk, words: str) -> Sayings:
    """Show the entries that hold these words, or this id."""
    people.keep_flow(at.conn, at.person.id, {})
    found = matching(at, words)
    if not found:
        return [say_at(at.place, at.texts("admin.found_none", words=words), rows(to_menu(at)))]
    more = len(found) - SHOWN
    head = at.texts("admin.found", n=len(found)) + (f"\n{at.texts('admin.more', n=more)}" if more > 0 else "")
    return [say_at(at.place, head, rows(*_buttons(at, found[:SHOWN]), to_menu(at)))]


def matching(at: Desk, words: str) -> list[FaqEntry]:
    """Return the entries that hold all of these words, those that hold them in this order first."""
    wanted = words.casefold().split()
    texts = {entry.id: _everything(entry) for entry in store.list_entries(at.conn)}
    found = [key for key, text in texts.items() if wanted and all(word in text for word in wanted)]
    whole = " ".join(wanted)
    entries = {entry.id: entry for entry in store.list_entries(at.conn)}
    return [entries[key] for key in sorted(found, key=lambda key: whole not in texts[key])]


def _everything(entry: FaqEntry) -> str:
    texts = [part for text in entry.texts.values() for part in (text.question, *text.phrasings, text.answer)]
    return "\n".join([entry.id, entry.category, *texts]).casefold()


def category(at: Desk, args: list[str]) -> Sayings:
    """Show a page of a category; which page stands behind the category's key."""
    entries = store.list_entries(at.conn)
    name = next((name for name in store.categories(entries) if digest(name) == args[0]), None)
    if name is None:
        return [say_at(at.place, at.texts("admin.gone"), rows(to_menu(at)))]
    listed = [entry for entry in entries if entry.category == name]
    page = int(args[1]) if args[1].isdecimal() else 0
    start = min(page * SHOWN, max(len(listed) - 1, 0)) // SHOWN * SHOWN
    turns = pages(f"adm:cat:{args[0]}:", start // SHOWN, len(listed), SHOWN)
    head = bold(category_name(at, name)) + f" · {at.texts('admin.found', n=len(listed)).rstrip(':')}"
    return [say_at(at.place, head, rows(*_buttons(at, listed[start : start + SHOWN])) + turns + rows(to_menu(at)))]


def pages(action: str, page: int, size: int, shown: int) -> Rows:
    """Return the buttons to the page before and after, where there are such."""
    before = Button("‹", f"{action}{page - 1}") if page else None
    after = Button("›", f"{action}{page + 1}") if (page + 1) * shown < size else None
    return rows(before, after, width=2)


def _buttons(at: Desk, entries: Sequence[FaqEntry]) -> list[Button]:
    return [Button(label(at, entry), f"adm:show:{digest(entry.id)}") for entry in entries]


def label(at: Desk, entry: FaqEntry) -> str:
    """Return an entry's question in the admin's language, marked when it is switched off."""
    _, text = entry.text(at.person.language, tuple(at.house.catalogues))
    return f"{'' if entry.enabled else '⏸ '}{text.question}"


def edit(at: Desk, argument: str) -> Sayings:
    """Show the entry with this id, or those that hold these words."""
    entry = store.get(at.conn, argument)
    return [shown(at, entry)] if entry else find(at, argument)


def shown(at: Desk, entry: FaqEntry, language: str = "") -> Saying:
    """Return an entry with what can be changed about it."""
    language, text = entry.text(language or at.person.language, tuple(at.house.catalogues))
    state = "" if entry.enabled else f" ⏸ {at.texts('admin.is_off')}"
    parts = [
        bold(text.question),
        plain(f"{entry.id} · {category_name(at, entry.category)} · {language.upper()}{state}"),
        *(plain(line) for line in _facts(at, entry, language)),
        *(plain(f"• {phrasing}") for phrasing in text.phrasings[:PHRASINGS]),
    ]
    if len(text.phrasings) > PHRASINGS:
        parts.append(plain(at.texts("admin.more_phrasings", n=len(text.phrasings) - PHRASINGS)))
    answer, *rest = split(render(text.answer), LONGEST_ANSWER) or [RichText("")]
    cut = [plain(at.texts("admin.answer_goes_on", n=len(text.answer)))] if rest else []
    return say_at(at.place, join([*parts, RichText(""), answer, *cut]), _below(at, entry, language))


def _facts(at: Desk, entry: FaqEntry, language: str) -> list[str]:
    """Return what else an entry has, which the chat shows and files change: dates, buttons, attachments, links."""
    languages = tuple(at.house.catalogues)
    days = [str(day) if day else "…" for day in (entry.valid_from, entry.valid_to)]
    made = [f"▫ {wording_in(button.text, language, languages)} → {button.action}" for button in entry.buttons]
    asked = [f"❔ {wording_in(entry.follow_up.text, language, languages)}"] if entry.follow_up else []
    return [
        *([f"{days[0]} – {days[1]}"] if entry.valid_from or entry.valid_to else []),
        *made,
        *(f"📎 {name}" for name in entry.attachments),
        *asked,
        *(f"→ {key}" for key in entry.related),
    ]


def _below(at: Desk, entry: FaqEntry, language: str) -> Rows:
    key, texts = digest(entry.id), at.texts
    parts = [
        Button(texts("admin.button_question"), f"adm:question:{key}:{language}"),
        Button(texts("admin.button_phrasings"), f"adm:phrasings:{key}:{language}"),
        Button(texts("admin.button_answer"), f"adm:answer:{key}:{language}"),
        Button(texts("admin.button_category"), f"adm:category:{key}:{language}"),
        Button(texts("admin.button_off"), f"adm:off:{key}")
        if entry.enabled
        else Button(texts("admin.button_on"), f"adm:on:{key}"),
        Button(texts("admin.button_undo"), f"adm:undo:{key}:{_newest(at, entry.id)}"),
        Button(texts("admin.button_history"), f"adm:history:{key}"),
        Button(texts("admin.button_delete"), f"adm:remove:{key}"),
    ]
    others = [
        Button(code.upper() if code in entry.texts else f"+ {code.upper()}", f"adm:in:{key}:{code}")
        for code in at.house.catalogues
        if code != language
    ]
    back = Button(f"« {category_name(at, entry.category)}", f"adm:cat:{digest(entry.category)}")
    return rows(*parts, width=2) + rows(*others, width=4) + rows(back)


def switch(at: Desk, entry: FaqEntry, *, enabled: bool) -> Sayings:
    """Switch an entry on or off; one that is so already stays, and that is said."""
    if entry.enabled is enabled:
        return [
            at.tell(at.texts("admin.already_on" if enabled else "admin.already_off", id=entry.id)),
            shown(at, entry),
        ]
    changed = store.switch(at.conn, entry.id, at.person.id, at.now, enabled=enabled)
    told = at.texts("admin.on" if enabled else "admin.off", id=entry.id)
    return [at.tell(told), shown(at, changed)]


def _newest(at: Desk, key: str) -> int:
    """Return the number of an entry's last change."""
    return next((one.id for one in store.history(at.conn, key, most=1)), 0)


def undo(at: Desk, key: str) -> Sayings:
    """Take back the last change of an entry; before that deletes the entry, ask."""
    last = store.to_take_back(at.conn, key)
    if last and last.before is None:
        return [_sure(at, key, "admin.sure_delete")]
    entry = store.undo(at.conn, key, at.person.id, at.now)
    told = [plain(at.texts("admin.undone", id=key)), *(_became(at, last) if last and last.after else ())]
    return [at.tell(join(told)), *([shown(at, entry)] if entry else [])]


def ask_to_delete(at: Desk, entry: FaqEntry) -> Sayings:
    """Ask before an entry is deleted."""
    return [_sure(at, entry.id, "admin.sure_remove")]


def _sure(at: Desk, key: str, question: str) -> Saying:
    delete = Button(at.texts("admin.button_delete"), f"adm:delete:{digest(key)}:{_newest(at, key)}")
    keep = Button(at.texts("admin.button_cancel"), f"adm:show:{digest(key)}")
    return say_at(at.place, at.texts(question, id=key), rows(delete, keep, width=2))


def delete(at: Desk, entry: FaqEntry, revision: str) -> Sayings:
    """Delete an entry, unless it was changed since that was asked."""
    if revision != str(_newest(at, entry.id)):
        return stale(at, entry)
    store.remove(at.conn, entry.id, at.person.id, at.now)
    return [say_at(at.place, at.texts("admin.deleted", id=entry.id), rows(to_menu(at)))]


def undo_change(at: Desk, entry: FaqEntry, revision: str) -> Sayings:
    """Take back the change that a button was made for; when it is no longer the last one, show how things stand."""
    return undo(at, entry.id) if revision == str(_newest(at, entry.id)) else stale(at, entry)


def stale(at: Desk, entry: FaqEntry, language: str = "") -> Sayings:
    """Say that the entry is another one than where the button stands, and show it."""
    return [at.tell(at.texts("admin.stale", id=entry.id)), shown(at, entry, language)]


def history(at: Desk, entry: FaqEntry) -> Saying:
    """Return an entry's last changes, each with a way back to what was before it."""
    names, zone, language = people.names(at.conn), at.house.rules.hours.zone, at.person.language
    parts, buttons = [bold(at.texts("admin.history", id=entry.id))], []
    for number, one in enumerate(store.history(at.conn, entry.id, REVISIONS), 1):
        who = names.get(one.staff_id, "–") if one.staff_id else at.texts("admin.by_command")
        day = one.at.astimezone(ZoneInfo(zone)).date()
        parts.append(bold(f"{number}. {i18n.day(day, language)} {i18n.clock_time(one.at, zone, language)} · {who}"))
        parts += _became(at, one)
        if one.before is not None:
            buttons.append(Button(f"↶ {number}", f"adm:back:{digest(entry.id)}:{one.id}"))
    show = Button(at.texts("admin.button_back"), f"adm:show:{digest(entry.id)}")
    return say_at(at.place, join(parts), rows(*buttons, width=4) + rows(show))


def _became(at: Desk, revision: Revision) -> list[RichText]:
    """Return what a change made of an entry."""
    if revision.before is None:
        return [plain(at.texts("admin.history_added"))]
    if revision.after is None:
        return [plain(at.texts("admin.history_gone"))]
    return lines_of(at, changes.change(revision.before, revision.after))


def lines_of(at: Desk, change: Change, before: str = "") -> list[RichText]:
    """Return what becomes of an entry: languages that it loses, then other lines, and how many are left out."""
    lost = [bold(f"{before}✗ {at.texts('admin.language_lost', n=len(change.lost), which=named(change.lost))}")]
    cut = [f"{line[: LONGEST_LINE - 1]}…" if len(line) > LONGEST_LINE else line for line in change.lines[:LINES]]
    shown = [plain(before + line) for line in cut]
    return [*(lost if change.lost else []), *shown, *more(at, len(change.lines) - LINES, "files.more_lines", before)]


def more(at: Desk, left_out: int, key: str = "files.more", before: str = "") -> list[RichText]:
    """Return the line that tells how many were left out, none for none."""
    return [plain(before + at.texts(key, n=left_out))] if left_out > 0 else []


def named(languages: Iterable[str]) -> str:
    """Return codes of languages as people see them."""
    return ", ".join(code.upper() for code in languages)


def back(at: Desk, entry: FaqEntry, revision: str) -> Sayings:
    """Put an entry back to what it was before a change; that is a change of its own, and can be undone."""
    known = store.history(at.conn, entry.id, REVISIONS * 2)
    newer = next((number for number, one in enumerate(known) if str(one.id) == revision), 0)
    before = next((one.before for one in known if str(one.id) == revision), None)
    if before is None:
        return [at.tell(at.texts("admin.gone"))]
    if store.get(at.conn, entry.id) == before:
        return [at.tell(kept(at, before)), shown(at, before)]
    also = [at.texts("admin.taken_back_too", n=newer)] if newer else []
    return [at.tell("\n".join([kept(at, before), *also])), shown(at, before)]


def kept(at: Desk, entry: FaqEntry) -> str:
    """Save an entry; return the sentence that says so and whether customers get it, or that it was so already."""
    if store.get(at.conn, entry.id) == entry:
        return at.texts("admin.unchanged", id=entry.id)
    store.save(at.conn, entry, at.person.id, at.now)
    return saved(at, entry)


def saved(at: Desk, entry: FaqEntry) -> str:
    """Return the sentence that an entry is saved, which says whether customers get it."""
    return at.texts("admin.saved" if entry.enabled else "admin.saved_off", id=entry.id)
