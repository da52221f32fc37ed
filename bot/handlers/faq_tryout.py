"""An admin tries a question in the chat: what the bot would do, why, and the question as a phrasing in one tap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.message import Button, RichText, bold, join, plain
from bot.faq.knowledge_base import digest
from bot.faq.masking import mask, without_marks
from bot.faq.smalltalk import Kind, kind_of
from bot.handlers import faq_edit, faq_entry
from bot.handlers.private import Desk
from bot.handlers.turn import Sayings, rows, say_at
from bot.handoff import staff as people

if TYPE_CHECKING:  # the matcher brings numpy and RapidFuzz
    from bot.faq.matcher import Match

LONGEST_QUOTE = 300


def asks_for(text: str) -> str:
    """Return the question of a `/faq test QUESTION`, empty for anything else: the base is asked before the turn."""
    command, verb, *words = [*text.split(maxsplit=2), "", ""]
    known = command.split("@")[0].lower() == "/faq" and verb.lower() == "test"
    return words[0].strip() if known else ""


def test(at: Desk, text: str) -> Sayings:
    """Ask for a question to try, or show what the bot would do with it."""
    if not text:
        people.keep_flow(at.conn, at.person.id, {"faq": "test"})
        return [say_at(at.place, at.texts("admin.ask_test"), rows(faq_entry.cancel_button(at)))]
    people.keep_flow(at.conn, at.person.id, {})
    match = at.asked.match if at.asked else None
    if match is None:
        return [at.tell(at.texts("admin.no_index"))]
    if match.parts:
        return [saying for part in match.parts for saying in _told(at, part.text, part.match)]
    return _told(at, text, match)


def _told(at: Desk, text: str, match: Match) -> Sayings:
    """Return what the bot would do with a question, and why."""
    from bot.faq.explain import explain

    kind = kind_of(text)
    lines = [bold(f"“{text[:LONGEST_QUOTE]}”"), bold(at.texts(f"admin.would_{match.kind}"))]
    if kind is not Kind.QUESTION and not match.exact:
        lines = [lines[0], bold(at.texts("admin.would_talk"))]
    base = at.house.knowledge_base
    index = base.snapshot.index
    unknown = index.strange_words(match.question or text, match.language) if index else []
    lines += [plain(remark.said(at.texts)) for remark in explain(match, base.policy, unknown)]
    found = [entry for one in match.candidates if (entry := base.snapshot.entries.get(one.entry))]
    buttons = [Button(faq_entry.label(at, entry), f"adm:show:{digest(entry.id)}") for entry in found]
    phrasing = without_marks(mask(text))
    if not match.exact and phrasing:
        people.keep_flow(at.conn, at.person.id, {"tried": phrasing, "language": match.language})
        lines += [RichText(""), plain(at.texts("admin.teach"))]
        buttons = [Button(f"＋ {faq_entry.label(at, entry)}", f"adm:teach:{digest(entry.id)}") for entry in found]
    again = Button(at.texts("admin.button_test"), "adm:test")
    return [say_at(at.place, join(lines), rows(*buttons) + rows(again, faq_entry.to_menu(at), width=2))]


def teach(at: Desk, args: list[str]) -> Sayings:
    """Make the question that was tried last a phrasing of an entry."""
    flow, entry = people.flow(at.conn, at.person.id), faq_entry.by_digest(at, args[0])
    if entry is None or "tried" not in flow:
        return [at.tell(at.texts("admin.gone"))]
    if flow["language"] not in entry.texts:
        return [at.tell(at.texts("unanswered.no_language")), faq_entry.shown(at, entry)]
    return faq_edit.with_phrasings(at, entry, flow["language"], [flow["tried"]])
