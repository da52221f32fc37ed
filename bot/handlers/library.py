"""The answer library: what an operator can send as it stands, from the FAQ or canned, in the customer's language.

For Anna, who writes German and ordered S-1001, `late` reads "… Ihre Bestellung S-1001 …, Anna". Where it has no German
text it is shown in the first language that it has, and the operator is told.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain.message import Button, RichText
from bot.domain.people import Staff
from bot.faq.answer import render
from bot.faq.entry import FaqEntry
from bot.faq.find import Book, search
from bot.handlers import order_words
from bot.handlers.turn import Turn
from bot.handoff import canned
from bot.handoff.canned import CannedAnswer
from bot.handoff.proposals import Item, Kind
from bot.handoff.variables import fill
from bot.orders import store as orders

VERB = "lib"
"""What buttons of the library begin with."""
LONGEST_LABEL = 56
NAME_OF_AN_ORDER = "name"
"""The field of the order form by which a customer is called whose channel tells no name."""


@dataclass(frozen=True, slots=True)
class Piece:
    """An answer as it would go out now.

    Attributes:
        item: what it is, in which language and with which text.
        label: for a button.
        text: filled in.
        missing: variables that are not known; it cannot go out as it is.
        foreign: it is not in the customer's language.
        entry: the FAQ's, with its buttons and attachments; None for a canned answer.
    """

    item: Item
    label: str
    text: RichText
    missing: tuple[str, ...] = ()
    foreign: bool = False
    entry: FaqEntry | None = None


def stamp_of(markdown: str) -> str:
    """Return a short sign of a text, by which a change of it is noticed."""
    return hashlib.blake2b(markdown.encode(), digest_size=6).hexdigest()


def of_entry(turn: Turn, entry: FaqEntry, likeness: float = 0.0) -> Piece:
    """Return an entry's answer for this customer."""
    language, text = entry.text(turn.conversation.language, tuple(turn.house.catalogues))
    item = Item(Kind.FAQ, entry.id, language, stamp_of(text.answer), likeness)
    return Piece(item, text.question, render(text.answer), foreign=_foreign(turn, language), entry=entry)


def of_canned(turn: Turn, person: Staff | None, answer: CannedAnswer, likeness: float = 0.0) -> Piece:
    """Return a canned answer for this customer, with what is known filled in.

    Args:
        turn: the conversation's turn.
        person: who would send it; None while nobody in particular looks at it.
        answer: the canned answer.
        likeness: 0–1, how well it fits the customer's words.
    """
    language, body = answer.body(turn.conversation.language, tuple(turn.house.catalogues))
    filled = fill(render(body), values(turn, person, language))
    item = Item(Kind.CANNED, answer.key, language, stamp_of(body), likeness)
    label = f"{answer.key}: {' '.join(filled.text.text.split())}"
    return Piece(item, label, filled.text, filled.missing, _foreign(turn, language))


def _foreign(turn: Turn, language: str) -> bool:
    return language != turn.conversation.language


def piece(turn: Turn, person: Staff | None, item: Item) -> Piece | None:
    """Return what was offered, as it would go out now; None when it is not given any more."""
    if item.kind is Kind.FAQ:
        entry = turn.house.knowledge_base.snapshot.entries.get(item.key)
        return of_entry(turn, entry, item.likeness) if entry else None
    answer = canned.get(turn.conn, item.key)
    return of_canned(turn, person, answer, item.likeness) if answer and answer.enabled else None


def values(turn: Turn, person: Staff | None, language: str) -> dict[str, str]:
    """Return what variables stand for in this conversation; what is not known is missing."""
    who, texts = turn.conversation, turn.house.texts(language)
    order = next(iter(orders.of_customer(turn.conn, who.id, 1)), None)
    tells_names = turn.house.can(who.place.channel).names
    name = who.name if tells_names else str((order.answers if order else {}).get(NAME_OF_AN_ORDER) or "")
    known = {"customer.name": name, "customer.first_name": _first(name), "customer.phone": who.phone}
    if order is not None:
        known |= {"order.number": order.number, "order.status": order_words.told(turn.house, texts, order)}
    if turn.ticket is not None:
        known["ticket.number"] = str(turn.ticket.id)
    return known | of_the_shop(turn.house.rules.shop_name, person)


def of_the_shop(shop: str, person: Staff | None) -> dict[str, str]:
    """Return what variables stand for that no conversation is needed for; nobody in particular is an ellipsis."""
    name = person.name if person else "…"
    return {"operator.name": name, "operator.first_name": _first(name), "shop.name": shop}


def _first(name: str) -> str:
    return next(iter(name.split()), "")


def search_canned(answers: Sequence[CannedAnswer], words: str, most: int) -> list[CannedAnswer]:
    """Return the canned answers that hold these words, best first."""
    books = [Book(one.key, one.key, (one.category, *one.asked, *one.bodies.values())) for one in answers]
    known = {one.key: one for one in answers}
    return [known[key] for key in search(books, words, most)]


def search_entries(entries: Mapping[str, FaqEntry], words: str, near: Sequence[str], most: int) -> list[FaqEntry]:
    """Return the entries that hold all of these words, and those that the base found nearest to them.

    Args:
        entries: that may be given, by id.
        words: as an operator types them.
        near: ids that the base found, best first.
        most: how many at most.
    """
    wanted, whole = words.casefold().split(), words.strip()
    holding = [one for one in entries.values() if wanted and _holds(one, wanted)][:most]
    found = [entries[key] for key in (whole, *near) if key in entries]
    return list({one.id: one for one in (*found, *holding)}.values())[:most]


def _holds(entry: FaqEntry, wanted: Sequence[str]) -> bool:
    texts = (part for text in entry.texts.values() for part in (text.question, *text.phrasings))
    held = "\n".join([entry.id, *texts]).casefold()
    return all(word in held for word in wanted)


def label(turn: Turn, number: int, found: Piece) -> str:
    """Return what stands on a button: number, question or key, and the language if it is another one."""
    language = f" ({found.item.language.upper()})" if found.foreign else ""
    gap = f" · {turn.desk_texts('library.gap')}" if found.missing else ""
    shown = found.label if len(found.label) <= LONGEST_LABEL else found.label[: LONGEST_LABEL - 1].rstrip() + "…"
    return f"{number} · {shown}{language}{gap}"


def send_button(text: str, proposal: int, place: int) -> Button:
    """Return the button that sends one of what was offered."""
    return Button(text, f"{VERB}:s:{proposal}:{place}")


def edit_button(text: str, proposal: int, place: int) -> Button:
    """Return the button that lays one of what was offered out to be changed."""
    return Button(text, f"{VERB}:e:{proposal}:{place}")
