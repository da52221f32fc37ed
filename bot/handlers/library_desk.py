"""Sending from the answer library: one tap below the customer's line, or after `/canned WORD` and `/faq WORD`.

Olga presses "1 · How much is delivery?": the entry's answer goes to Anna with its buttons and files, the chat is Olga's
if nobody had it, and the topic reads what was sent. "✎ 1" lays the text out instead, to be copied and changed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.conversation import Pressed
from bot.domain.message import Button, Content, ContentKind, EntityKind, Rows, bold, styled
from bot.domain.ports import Act
from bot.handlers import desk, library, proposing, question, relay, topic_card
from bot.handlers.desk import Done, Hand, Outcome, Refusal
from bot.handlers.library import VERB, Piece
from bot.handlers.turn import Saying, Sayings, Turn, answer_press, drop_buttons, rows, tell_desk
from bot.handoff import canned, proposals
from bot.handoff.proposals import Item, Kind, Occasion, Proposal
from bot.handoff.variables import written_out
from bot.i18n import Texts
from bot.messaging import outbox, transcript

if TYPE_CHECKING:
    from bot.handlers.question import Asked

SHOWN = 6
DOUBLED = timedelta(seconds=15)
"""So long the same ready answer does not go out again; who means it presses once more behind that."""
LONGEST_ID = 16
MOST_LINES = 20
"""Lines of one answer with its files, of which there are fewer."""
NEAR = 0.05
"""How sure the base has to be of an entry, 0–1, for a search to name it."""


def _texts(hand: Hand) -> Texts:
    return hand.turn.house.texts(hand.person.language)


def send(hand: Hand, key: str, place: str, ownership: int | None = None) -> Outcome:
    """Send one of the answers that were offered; it counts as the operator's own words.

    An answer that went out already, that is gone, that was changed after it was shown, of which a variable is not
    known, or that was offered for a ticket that is closed by now is not sent, and the operator is told; see `laid_out`
    for the text to complete.

    Args:
        hand: who sends it.
        key: our id of what was offered, as a button names it.
        place: which of them, 0 for the first.
        ownership: as for `desk.answer`.
    """
    proposal, item = offered(hand.turn, key, place)
    if proposal is None or item is None:
        return hand.refuse("library.gone")
    if _of_closed(hand.turn, proposal):
        return hand.refuse("library.closed")
    if int(place) in proposal.sent:
        return hand.refuse("library.sent_already")
    outcome = send_item(hand, item, ownership)
    if isinstance(outcome, Done):
        proposals.mark_sent(hand.turn.conn, proposal, int(place), hand.person.id, hand.turn.now)
    return outcome


def send_item(hand: Hand, item: Item, ownership: int | None = None) -> Outcome:
    """Send an answer as it was shown; a refusal has its text where it is for the operator to complete."""
    turn = hand.turn
    found = library.piece(turn, hand.person, item)
    if found is None:
        return hand.refuse("library.gone")
    if found.item.stamp != item.stamp or found.item.language != item.language:
        return replace(hand.refuse("library.changed"), fill=written_out(found.text))
    if found.missing:
        return replace(hand.refuse("library.missing", names=named(found.missing)), fill=written_out(found.text))
    going = sayings(hand, found)
    if _just_went(turn, going):
        return hand.refuse("library.just_sent", seconds=round(DOUBLED.total_seconds()))
    outcome = desk.send(hand, going, found.text, ownership)
    if isinstance(outcome, Refusal):
        return outcome
    if item.kind is Kind.CANNED:
        canned.count_use(turn.conn, item.key)
    return replace(outcome, text=outcome.text or _sent(hand, found))


def _just_went(turn: Turn, going: Sayings) -> bool:
    """Return whether the same words went to the customer a moment ago: two lines had the same button below them."""
    words = next((one.content.text.text for one in going if one.content), "")
    lines = transcript.last(turn.conn, turn.conversation.id, MOST_LINES)
    lately = [one for one in lines if one.author == transcript.OPERATOR and turn.now - one.at < DOUBLED]
    return any(one.content.text.text == words and one.deleted_at is None for one in lately)


def send_found(hand: Hand, item: Item, ownership: int | None = None) -> Outcome:
    """Send an answer that was found in the console, and write down that it was offered and taken."""
    outcome, turn = send_item(hand, item, ownership), hand.turn
    if isinstance(outcome, Done):
        ticket = turn.ticket.id if turn.ticket else None
        made = proposals.offer(turn.conn, turn.conversation.id, ticket, None, Occasion.SEARCH, [item], turn.now)
        proposals.mark_sent(turn.conn, made, 0, hand.person.id, turn.now)
    return outcome


def draft(hand: Hand, item: Item) -> Outcome:
    """Return an answer's text for the composer, to be changed before it is sent."""
    found = library.piece(hand.turn, hand.person, item)
    return hand.finish(Done(fill=written_out(found.text))) if found else hand.refuse("library.gone")


def _sent(hand: Hand, found: Piece) -> str:
    if not found.foreign:
        return _texts(hand)("library.sent")
    return _texts(hand)("library.sent_foreign", language=found.item.language.upper())


def named(names: Sequence[str]) -> str:
    """Return variables as they are written."""
    return ", ".join(f"{{{name}}}" for name in names)


def sayings(hand: Hand, found: Piece) -> Sayings:
    """Return an answer as an operator's words to the customer; a FAQ entry with its buttons and files."""
    if found.entry is None:
        said = relay.words(hand.turn, hand.person, Content(ContentKind.TEXT, found.text))
        return [] if isinstance(said, relay.NotCarried) else said
    turn, flow = hand.turn, dict(hand.turn.flow)
    answered = question.answer(turn, found.entry, 0, turn.house.knowledge_base.snapshot, mark=False)
    turn.wait_for(**flow)
    return [_by(hand, one) for one in answered]


def _by(hand: Hand, saying: Saying) -> Saying:
    """Return words of the FAQ as an operator's."""
    body = {**saying.outgoing.body, "author": outbox.OPERATOR, "name": hand.person.name}
    outgoing = replace(saying.outgoing, body=body if saying.outgoing.act is Act.SAY else saying.outgoing.body)
    return replace(saying, outgoing=outgoing, author=outbox.OPERATOR, staff=hand.person)


def offered(turn: Turn, key: str, place: str) -> tuple[Proposal | None, Item | None]:
    """Return what was offered under a button's key, and which of it the button means."""
    if not (key.isdecimal() and len(key) < LONGEST_ID and place.isdecimal() and len(place) < LONGEST_ID):
        return None, None
    proposal = proposals.get(turn.conn, int(key), turn.conversation.id)
    known = proposal is not None and int(place) < len(proposal.items)
    return proposal, proposal.items[int(place)] if proposal is not None and known else None


def _of_closed(turn: Turn, proposal: Proposal) -> bool:
    """Return whether answers were offered for a ticket that is closed by now: pressing one does not open it again."""
    return proposal.ticket_id is not None and (turn.ticket is None or turn.ticket.id != proposal.ticket_id)


def laid_out(hand: Hand, key: str, place: str, head: str) -> Saying | None:
    """Return an answer's text for the topic, to be copied, changed and sent; None when it is gone.

    Args:
        hand: who wants it.
        key: our id of what was offered.
        place: which of them.
        head: what to say above it.
    """
    proposal, item = offered(hand.turn, key, place)
    found = library.piece(hand.turn, hand.person, item) if item else None
    if proposal is None or item is None or found is None:
        return None
    again: Rows = ()
    if found.item.stamp != item.stamp or found.item.language != item.language:
        proposals.show_again(hand.turn.conn, proposal, int(place), found.item)
        again = rows(library.send_button(_texts(hand)("library.send_as_it_is"), proposal.id, int(place)))
    return tell_desk(bold(head) + "\n" + styled(EntityKind.PRE, written_out(found.text)), again)


# --- in the topic -----------------------------------------------------------------------------------------------------


def command(hand: Hand, name: str, words: str, asked: Asked | None) -> Sayings:
    """Carry out `/canned` or `/faq`."""
    return [COMMANDS[name](hand, words, asked)]


def _canned(hand: Hand, words: str, _: Asked | None) -> Saying:
    ready, texts = canned.list_enabled(hand.turn.conn), _texts(hand)
    if not ready:
        return tell_desk(texts("library.none"))
    if not words:
        return _categories(hand)
    found = library.search_canned(ready, words, SHOWN)
    if not found:
        return tell_desk(texts("library.found_none", words=words[:60]), _to_categories(hand))
    return _list(
        hand, texts("library.found", n=len(found)), [library.of_canned(hand.turn, hand.person, one) for one in found]
    )


def _categories(hand: Hand) -> Saying:
    texts = _texts(hand)
    names = dict.fromkeys(one.category for one in canned.list_enabled(hand.turn.conn))
    buttons = [Button(name or texts("library.other"), f"{VERB}:c:{canned.sign_of(name)}") for name in names]
    return tell_desk(texts("library.choose"), rows(*buttons, width=2))


def _to_categories(hand: Hand) -> Rows:
    return rows(Button(_texts(hand)("library.button_all"), f"{VERB}:l"))


def _faq(hand: Hand, words: str, asked: Asked | None) -> Saying:
    texts, turn = _texts(hand), hand.turn
    if not words:
        return tell_desk(texts("desk.usage", usage="/faq WORD"))
    match, entries = asked.match if asked else None, turn.house.knowledge_base.snapshot.entries
    near = [one.entry for one in (match.candidates if match else ()) if one.confidence >= NEAR]
    found = library.search_entries(entries, words, near, SHOWN)
    if not found:
        return tell_desk(texts("library.found_none", words=words[:60]))
    return _list(hand, texts("library.found", n=len(found)), [library.of_entry(turn, one) for one in found])


def _list(hand: Hand, head: str, found: Sequence[Piece]) -> Saying:
    """Return answers as a numbered list with buttons that send or lay out each."""
    turn = hand.turn
    ticket = turn.ticket.id if turn.ticket else None
    items = [one.item for one in found]
    proposal = proposals.offer(turn.conn, turn.conversation.id, ticket, None, Occasion.SEARCH, items, turn.now)
    return tell_desk(head, proposing.buttons(turn, proposal, found))


COMMANDS: dict[str, Callable[[Hand, str, Asked | None], Saying]] = {"canned": _canned, "faq": _faq}


def pressed(hand: Hand, press: Pressed) -> Sayings:
    """Take a button of the library in a topic."""
    _, what, *rest = press.action.split(":")
    key, place = [*rest, "", ""][:2]
    done = answer_press(press.place, press.press)
    proposal, _ = offered(hand.turn, key, place)
    if what in {"s", "e"} and proposal is not None and _of_closed(hand.turn, proposal):
        gone = [] if topic_card.is_card(hand.turn, press.message) else [drop_buttons(press.place, press.message)]
        return [answer_press(press.place, press.press, _texts(hand)("library.closed")), *gone]
    match what:
        case "s":
            return _send_pressed(hand, press, key, place)
        case "e":
            shown = laid_out(hand, key, place, _texts(hand)("library.copy_this"))
            return [done, shown] if shown else [answer_press(press.place, press.press, _texts(hand)("library.gone"))]
        case "c":
            return [done, _category(hand, key)]
        case "l":
            return [done, _categories(hand)]
    return [done]


def _category(hand: Hand, sign: str) -> Saying:
    ready = [one for one in canned.list_enabled(hand.turn.conn) if canned.sign_of(one.category) == sign]
    found = [library.of_canned(hand.turn, hand.person, one) for one in ready[: 2 * SHOWN]]
    if not found:
        return _categories(hand)
    return _list(hand, ready[0].category or _texts(hand)("library.other"), found)


def _send_pressed(hand: Hand, press: Pressed, key: str, place: str) -> Sayings:
    """Send what a button offered; what could not go out as it is is laid out below."""
    outcome = send(hand, key, place)
    done = answer_press(press.place, press.press, outcome.text)
    proposal, item = offered(hand.turn, key, place)
    if isinstance(outcome, Refusal):
        shown = laid_out(hand, key, place, outcome.text) if _to_complete(hand, proposal, item, place) else None
        return [done, shown] if shown else [done]
    found = library.piece(hand.turn, hand.person, item) if item else None
    told = [tell_desk(bold(f"{hand.person.name}: ") + found.text, line=_just_sent(hand))] if found else []
    return [done, *told, *_renewed(hand, press, proposal)]


def _just_sent(hand: Hand) -> int | None:
    """Return the first of the lines that went to the customer now, so that what shows them can be taken back."""
    said = transcript.last(hand.turn.conn, hand.turn.conversation.id, MOST_LINES)
    now = [line.id for line in said if line.staff_id == hand.person.id and line.at == hand.turn.now]
    return now[0] if now else None


def _to_complete(hand: Hand, proposal: Proposal | None, item: Item | None, place: str) -> bool:
    """Return whether the operator gets the text itself: something is missing in it, or it has changed."""
    found = library.piece(hand.turn, hand.person, item) if item else None
    if proposal is None or item is None or found is None or int(place) in proposal.sent:
        return False
    return bool(found.missing) or found.item.stamp != item.stamp or found.item.language != item.language


def _renewed(hand: Hand, press: Pressed, proposal: Proposal | None) -> Sayings:
    """Return the change that lets a message offer what can still be sent, and the end; a card sees to itself."""
    turn = hand.turn
    if proposal is None or topic_card.is_card(turn, press.message):
        return []
    now = proposals.get(turn.conn, proposal.id, turn.conversation.id) or proposal
    left = proposing.buttons(turn, now, [library.piece(turn, hand.person, item) for item in now.items])
    close = Button(turn.desk_texts("desk.button_close"), f"close:{turn.ticket.id}") if turn.ticket else None
    return [drop_buttons(press.place, press.message, left + rows(close))]
