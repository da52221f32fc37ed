"""Inline mode: `@bot word` in the input line of a topic finds ready answers, for the staff only.

Telegram does not say in which topic somebody types, so an answer that names the customer cannot be filled in: it is not
offered, the others are, in each of their languages. What is chosen arrives as the operator's own message.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.domain.conversation import Sought
from bot.domain.message import RichText, units
from bot.domain.people import Staff
from bot.domain.ports import Act, Outgoing
from bot.faq.answer import render
from bot.faq.knowledge_base import digest
from bot.handlers import library, library_desk
from bot.handlers.house import House
from bot.handlers.question import Asked
from bot.handoff import canned, staff
from bot.handoff.canned import CannedAnswer
from bot.handoff.variables import fill
from bot.messaging import backlog, outbox
from bot.messaging.outbox import Posting

MOST = 20
"""Results; Telegram takes 50, nobody reads more than these."""
LIVES = timedelta(seconds=25)
"""A query can be answered within 30 s (Bot API server, add_inline_query)."""
LONGEST_DESCRIPTION = 200
STRANGERS_EVERY = timedelta(minutes=10)
"""Who does not work here is answered so often, and not at each key that they press."""
CACHED = 3600
"""Seconds for which Telegram itself repeats to a stranger that there is nothing."""
Result = dict[str, object]


def answer(house: House, conn: Connection, sought: Sought, asked: Asked, now: datetime) -> None:
    """Put the answer to an inline query into the outbox, in place of one to fewer letters that has not gone yet.

    Who does not work here finds nothing, and is told so rarely: the bot's name is known to everybody.
    """
    person = staff.by_telegram(conn, sought.author.id)
    found: dict[str, object] = {"results": [], "cached": CACHED}
    if person:
        found = {"results": list(_results(house, conn, person, sought.words, asked))[:MOST]}
    outgoing = Outgoing(Act.ANSWER_SEARCH, {"query": sought.query, **found})
    posting = Posting(sought.place, outgoing, outbox.SYSTEM, expires=now + LIVES)
    if person is None and backlog.begun_since(conn, sought.place, posting.lane, now - STRANGERS_EVERY):
        return
    outbox.supersede(conn, posting.lane)
    outbox.put(conn, [posting], now)


def _results(house: House, conn: Connection, person: Staff, words: str, asked: Asked) -> Iterator[Result]:
    ready = canned.list_enabled(conn)
    found = library.search_canned(ready, words, MOST) if words else ready
    for one in found:
        yield from _of_canned(house, person, one)
    if not words:
        return
    near = [one.entry for one in (asked.match.candidates if asked.match else ()) if one.confidence >= library_desk.NEAR]
    entries = house.knowledge_base.snapshot.entries
    for entry in library.search_entries(entries, words, near, library_desk.SHOWN):
        for language in _languages(house, person, list(entry.texts)):
            text = entry.texts[language]
            yield from _result(f"f{digest(entry.id)}{language}", text.question, language, render(text.answer), house)


def _of_canned(house: House, person: Staff, one: CannedAnswer) -> Iterator[Result]:
    known = library.of_the_shop(house.rules.shop_name, person)
    for language in _languages(house, person, list(one.bodies)):
        filled = fill(render(one.bodies[language]), known)
        if not filled.missing:
            yield from _result(f"c{one.sign}{language}", one.key, language, filled.text, house)


def _languages(house: House, person: Staff, there: Sequence[str]) -> list[str]:
    """Return the languages of an answer, the operator's own first."""
    return [code for code in dict.fromkeys([person.language, *house.catalogues, *there]) if code in there]


def _result(key: str, title: str, language: str, text: RichText, house: House) -> Iterator[Result]:
    most = min((house.can(group.channel).max_text for group in house.groups), default=0)
    if text and units(text.text) <= most:
        description = " ".join(text.text.split())[:LONGEST_DESCRIPTION]
        yield {
            "id": key,
            "title": f"{title} ({language.upper()})",
            "description": description,
            "text": text.to_dict(),
        }
