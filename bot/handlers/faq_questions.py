"""The questions that had no sure answer, for admins: `/unanswered`, and what to make of each in one tap.

"12 × do you have gaiwans" → Ada presses "＋ Do you sell cups?", and the thirteenth customer gets the answer.
"""

from __future__ import annotations

from typing import Any

from bot.domain.message import Button, RichText, bold, join, plain
from bot.faq import groups, store, unanswered
from bot.faq.entry import EntryBroken
from bot.faq.groups import Details, Outcomes, Problem, State
from bot.faq.knowledge_base import digest
from bot.handlers import faq_entry
from bot.handlers.private import Desk
from bot.handlers.turn import Saying, Sayings, rows, say_at
from bot.handoff import staff as people

SHOWN = 8
LONGEST_LABEL = 60
LONGEST_ANSWER = 600


def listed(at: Desk, page: str = "") -> Saying:
    """Return a page of the groups that wait for a decision, the most asked first."""
    unanswered.gather(at.conn)
    size = groups.count_open(at.conn)
    number = min(int(page), max(size - 1, 0) // SHOWN) if page.isdecimal() and len(page) < 6 else 0  # noqa: PLR2004
    found = groups.overview(at.conn, SHOWN, number * SHOWN)
    if not found:
        return say_at(at.place, at.texts("unanswered.none"), rows(faq_entry.to_menu(at)))
    buttons = [
        Button(f"{group.outcomes.asked}× {group.example[:LONGEST_LABEL]}", f"adm:group:{group.id}") for group in found
    ]
    head = bold(at.texts("unanswered.head", n=size)) + f"\n{at.texts('unanswered.usage')}"
    turns = faq_entry.pages("adm:un:", number, size, SHOWN)
    return say_at(at.place, head, rows(*buttons) + turns + rows(faq_entry.to_menu(at)))


def _details(at: Desk, number: str) -> Details | None:
    key = int(number) if number.isdecimal() and len(number) < 16 else 0  # noqa: PLR2004 a row's id
    return groups.details(at.conn, key)


def show(at: Desk, args: list[str]) -> Sayings:
    """Show a group, with what can be made of it."""
    found = _details(at, args[0])
    return [_shown(at, found)] if found else [listed(at)]


def _shown(at: Desk, found: Details) -> Saying:
    group, texts = found.group, at.texts
    parts = [bold(group.example), plain(_outcomes(at, group.outcomes))]
    parts += [plain(f"• {question}") for question in found.questions if question != group.example]
    if found.answers:
        parts += [RichText(""), bold(texts("unanswered.operators_said"))]
        parts += [plain(f"“{answer[:LONGEST_ANSWER]}”") for answer in found.answers]
    parts += [RichText(""), plain(texts("unanswered.choose"))]
    near = [
        Button(f"＋ {faq_entry.label(at, entry)}", f"adm:attach:{group.id}:{digest(entry.id)}")
        for key in found.candidates
        if (entry := store.get(at.conn, key))
    ]
    ways = (
        Button(texts("unanswered.button_other"), f"adm:look:{group.id}"),
        Button(texts("unanswered.button_draft"), f"adm:draft:{group.id}"),
        Button(texts("unanswered.button_dismiss"), f"adm:dismiss:{group.id}"),
        _to_list(at),
    )
    return say_at(at.place, join(parts), rows(*near) + rows(*ways, width=2))


def _outcomes(at: Desk, outcomes: Outcomes) -> str:
    """Return how often it was asked, and what people did next."""
    counts = {name: getattr(outcomes, name) for name in ("picked", "handed_over", "not_helpful", "gave_up")}
    did = [at.texts(f"unanswered.{name}", n=count) for name, count in counts.items() if count]
    return " · ".join([at.texts("unanswered.asked", n=outcomes.asked), *did])


def _to_list(at: Desk) -> Button:
    return Button(at.texts("unanswered.button_list"), "adm:un")


def attach(at: Desk, args: list[str]) -> Sayings:
    """Make a group's example a phrasing of an entry."""
    people.keep_flow(at.conn, at.person.id, {})
    found, entry = _details(at, args[0]), faq_entry.by_digest(at, args[1])
    if found is None or entry is None:
        return [at.tell(at.texts("unanswered.gone")), listed(at)]
    try:
        done = groups.attach(at.conn, found.group.id, entry.id, tuple(at.house.catalogues), at.person.id, at.now)
    except EntryBroken as broken:
        return [at.tell(str(broken)), faq_entry.shown(at, entry)]
    if isinstance(done, Problem):
        show_it = [faq_entry.shown(at, entry)] if done is Problem.NO_LANGUAGE else []
        return [at.tell(at.texts(done.value)), *show_it]
    told = at.texts("unanswered.attached", id=entry.id) if done.enabled else faq_entry.saved(at, done)
    told = "\n".join([told, *_shortened(at, found)])
    undo = Button(at.texts("admin.button_undo"), f"adm:reopen:{found.group.id}")
    show_entry = Button(at.texts("unanswered.button_show"), f"adm:show:{digest(entry.id)}")
    return [say_at(at.place, told, rows(undo, show_entry, _to_list(at), width=2))]


def _shortened(at: Desk, found: Details) -> list[str]:
    """Return a word about a question that is longer than a phrasing may be."""
    return [at.texts("unanswered.shortened")] if groups.shortened(found.group.example) else []


def reopen(at: Desk, args: list[str]) -> Sayings:
    """Take a decision about a group back; a phrasing that came of it goes, unless the entry was changed since."""
    found = _details(at, args[0])
    if found is None:
        return [listed(at)]
    group = found.group
    if group.state is State.ATTACHED:
        last = next(iter(store.history(at.conn, group.entry, most=1)), None)
        before, after = (last.before, last.after) if last else (None, None)
        if before is None or after is None or not groups.made(group, before, after):
            return [at.tell(at.texts("unanswered.changed_since", id=group.entry))]
        store.save(at.conn, before, at.person.id, at.now)
    groups.reopen(at.conn, group.id)
    again = _details(at, args[0])
    return [at.tell(at.texts("unanswered.reopened")), _shown(at, again or found)]


def dismiss(at: Desk, args: list[str]) -> Sayings:
    """Take a group off the list."""
    found = _details(at, args[0])
    if found is None:
        return [listed(at)]
    groups.dismiss(at.conn, found.group.id, at.person.id, at.now)
    undo = Button(at.texts("admin.button_undo"), f"adm:reopen:{found.group.id}")
    return [say_at(at.place, at.texts("unanswered.dismissed"), rows(undo, _to_list(at), width=2))]


def ask_words(at: Desk, args: list[str]) -> Sayings:
    """Ask which entry a group belongs to."""
    found = _details(at, args[0])
    if found is None:
        return [listed(at)]
    people.keep_flow(at.conn, at.person.id, {"faq": "look", "group": found.group.id})
    return [say_at(at.place, at.texts("unanswered.ask_words"), rows(faq_entry.cancel_button(at)))]


def found(at: Desk, flow: dict[str, Any], words: str) -> Sayings:
    """Offer the entries that hold these words; the question stays until one is chosen."""
    entries = faq_entry.matching(at, words)[:SHOWN]
    if not entries:
        text = at.texts("admin.found_none", words=words)
        return [say_at(at.place, text, rows(faq_entry.cancel_button(at)))]
    buttons = [
        Button(f"＋ {faq_entry.label(at, entry)}", f"adm:attach:{flow['group']}:{digest(entry.id)}")
        for entry in entries
    ]
    head = at.texts("admin.found", n=len(entries))
    return [say_at(at.place, head, rows(*buttons, faq_entry.cancel_button(at)))]


def draft(at: Desk, args: list[str]) -> Sayings:
    """Make a new entry of a group: with what an operator answered, else the answer is asked for."""
    found = _details(at, args[0])
    if found is None:
        return [listed(at)]
    if found.answers:
        return _made(at, found, found.answers[0])
    people.keep_flow(at.conn, at.person.id, {"faq": "draft", "group": found.group.id})
    return [say_at(at.place, at.texts("admin.ask_answer"), rows(faq_entry.cancel_button(at)))]


def drafted(at: Desk, flow: dict[str, Any], answer: str) -> Sayings:
    """Take the answer of a new entry."""
    found = _details(at, str(flow["group"]))
    if found is None or not answer:
        return [at.tell(at.texts("admin.text_please"))] if found else [listed(at)]
    return _made(at, found, answer)


def _made(at: Desk, found: Details, answer: str) -> Sayings:
    try:
        entry = groups.draft(at.conn, found.group.id, answer, at.person.id, at.now)
    except EntryBroken as broken:
        return [say_at(at.place, str(broken), rows(faq_entry.cancel_button(at)))]
    people.keep_flow(at.conn, at.person.id, {})
    if isinstance(entry, Problem):
        return [at.tell(at.texts(entry.value, id=found.group.entry))]
    told = "\n".join([at.texts("unanswered.drafted", id=entry.id), *_shortened(at, found)])
    return [at.tell(told), faq_entry.shown(at, entry, found.group.language)]
