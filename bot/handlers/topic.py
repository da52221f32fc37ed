"""What staff write and press in a topic of the operators' group.

Olga's first words claim the chat and go to Anna; "// she called before" is a note and stays; `/close` ends it. Somebody
who is not listed as staff is told so, whatever the group thinks of them.
"""

from __future__ import annotations

from collections.abc import Callable

from bot.domain.conversation import Edited, Pressed, Said
from bot.domain.message import ContentKind
from bot.domain.people import Staff
from bot.domain.ports import Act, Outgoing
from bot.handlers import card, desk
from bot.handlers.desk import Done, Hand, Outcome, Refusal
from bot.handlers.turn import Saying, Sayings, Turn, answer_press, drop_buttons, say_at, tell_desk
from bot.handoff import staff as people
from bot.messaging import outbox, transcript

NOTE = "//"
NOTE_ALBUM = "note_album"
"""Where a person's flow keeps the album that is a note: its other pictures come without the caption."""
AGAIN = "again"
"""The button below the notice that a delivery is uncertain."""
LEVELS = ("1", "2", "3")
PRIORITIES = {"low": -1, "normal": 0, "high": 1, "urgent": 2}


def written(turn: Turn, person: Staff, said: Said) -> Sayings:
    """Take what a member of staff wrote in a conversation's topic."""
    text = said.content.text.text
    hand = Hand(turn, person)
    if said.album and text.startswith(NOTE):
        people.keep_flow(turn.conn, person.id, {**people.flow(turn.conn, person.id), NOTE_ALBUM: said.album})
    elif said.album and people.flow(turn.conn, person.id).get(NOTE_ALBUM) == said.album:
        return []  # the album's caption made all of it a note
    if text.startswith(NOTE):
        return _reply(desk.note(hand, text.removeprefix(NOTE).strip()), quiet=True)
    if text.startswith("/") and said.content.kind is ContentKind.TEXT:
        name, _, argument = text[1:].partition(" ")
        return command(hand, name.split("@")[0].lower(), argument.strip())
    outcome = desk.answer(hand, said.content, (said.place.chat, said.message))
    return _reply(outcome)


def _reply(outcome: Outcome, *, quiet: bool = False) -> Sayings:
    """Return what the one who did it is told, in the topic."""
    if isinstance(outcome, Done) and (quiet or not outcome.text):
        return []
    return [tell_desk(outcome.text)]


def command(hand: Hand, name: str, argument: str) -> Sayings:
    """Carry out a command of the topic."""
    turn = hand.turn
    texts = turn.house.texts(hand.person.language)
    if name == "help":
        return [tell_desk(texts("desk.help"))]
    if name == "history":
        return [tell_desk(card.history(turn.conn, turn.conversation.id, texts))]
    act = COMMANDS.get(name)
    if act is None:
        return [tell_desk(texts("desk.unknown_command", command=f"/{name}"))]
    return _reply(act(hand, argument))


def _note(hand: Hand, argument: str) -> Outcome:
    return desk.note(hand, argument) if argument else hand.refuse("desk.usage", usage="/note TEXT")


def _transfer(hand: Hand, argument: str) -> Outcome:
    found = people.found(hand.turn.conn, argument) if argument else []
    if len(found) != 1:
        names = ", ".join(person.name for person in (found or people.everybody(hand.turn.conn)))
        return hand.refuse("desk.transfer_to_whom", names=names)
    return desk.transfer(hand, found[0])


def _level(hand: Hand, argument: str) -> Outcome:
    if argument.lstrip("lL") not in LEVELS:
        return hand.refuse("desk.usage", usage="/level 1 | 2 | 3")
    return desk.mark(hand, level=int(argument.lstrip("lL")))


def _priority(hand: Hand, argument: str) -> Outcome:
    if argument.lower() not in PRIORITIES:
        return hand.refuse("desk.usage", usage="/priority low | normal | high | urgent")
    return desk.mark(hand, priority=PRIORITIES[argument.lower()])


def _tag(hand: Hand, argument: str) -> Outcome:
    ticket = hand.turn.ticket
    words = [word.lstrip("#")[:40] for word in argument.split()]
    if ticket is None or not words:
        return hand.refuse("desk.usage", usage="/tag WORD …")
    return desk.mark(hand, tags=list(dict.fromkeys([*ticket.tags, *words]))[:20])


COMMANDS: dict[str, Callable[[Hand, str], Outcome]] = {
    "claim": lambda hand, _: desk.claim(hand),
    "takeover": lambda hand, _: desk.take_over(hand),
    "release": lambda hand, _: desk.release(hand),
    "close": lambda hand, _: desk.close(hand),
    "note": _note,
    "transfer": _transfer,
    "level": _level,
    "priority": _priority,
    "tag": _tag,
}


def pressed(turn: Turn, person: Staff, press: Pressed) -> Sayings:
    """Take a button of the card; it means what the database says now, however old the button is."""
    verb, _, number = press.action.partition(":")
    hand, before = Hand(turn, person), turn.ticket
    shown = card.standing(turn, before) if before else None
    outcome = _press(hand, verb, number)
    done = answer_press(press.place, press.press, outcome.text)
    if verb == AGAIN:
        return [done, drop_buttons(press.place, press.message)]
    if isinstance(outcome, Refusal) and turn.ticket is not None:
        return [done]
    offers = card.buttons(turn.ticket, turn.desk_texts) if turn.ticket else ()
    if before and shown and shown[1] == press.message and offers != card.buttons(before, turn.desk_texts):
        return [done]  # this is the card, and the change that was made has renewed it
    return [done, drop_buttons(press.place, press.message, offers)]


def _press(hand: Hand, verb: str, number: str) -> Outcome:
    ticket = hand.turn.ticket
    if verb == AGAIN:
        return desk.send_again(hand, int(number) if number.isdecimal() else 0)
    if ticket is None or str(ticket.id) != number:
        return hand.refuse("desk.no_ticket")
    match verb:
        case "claim":
            return desk.claim(hand)
        case "release":
            return desk.release(hand)
        case "close":
            return desk.close(hand)
    return hand.refuse("desk.no_ticket")


def edited(turn: Turn, person: Staff, said: Edited) -> Sayings:
    """Change the customer's copy of an operator's words; a note stays a note."""
    texts = turn.house.texts(person.language)
    line = transcript.said_at(turn.conn, turn.conversation.id, said.place.chat, said.message)
    if line is None:
        return []
    if said.content.text.text.startswith(NOTE):
        return [tell_desk(texts("desk.edit_is_no_note"))]
    sent = outbox.carrying(turn.conn, line.id)
    if line.content.kind is not ContentKind.TEXT or sent is None:
        return [tell_desk(texts("desk.edit_not_carried"))]
    transcript.edit(turn.conn, line.id, said.content, turn.now)
    turn.show("message", message=line.id, author=line.author)
    change = Outgoing(Act.EDIT, {"text": said.content.text.to_dict()})
    return [Saying(change, author=outbox.OPERATOR, staff=person, target=sent)]


def closed_by_hand(turn: Turn, person: Staff | None) -> Sayings:
    """Somebody closed the topic with Telegram's own button: the ticket is closed with it."""
    if person is None or turn.ticket is None:
        return []
    return _reply(desk.close(Hand(turn, person)), quiet=True)


def stranger(said: Said, turn: Turn) -> Sayings:
    """Tell somebody who is not listed that nothing goes out."""
    key = "desk.anonymous" if said.author.anonymous else "desk.not_listed"
    return [say_at(said.place, turn.desk_texts(key, id=said.author.id), reply_to=said.message)]
