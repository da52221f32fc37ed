"""What staff write and press in a topic of the operators' group.

Olga's first words claim the chat and go to Anna; "// she called before" is a note and stays; `/close` ends it. Somebody
who is not listed as staff is told so, whatever the group thinks of them.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable

from bot.domain.conversation import Happening, Place, Pressed, Said
from bot.domain.message import Button, ContentKind, Rows
from bot.domain.people import Staff
from bot.domain.ports import Act, Outgoing
from bot.handlers import (
    bans,
    card,
    changes,
    desk,
    kept_here,
    learning,
    library_desk,
    orders_desk,
    passing,
    refusing,
    sending_again,
    topic_card,
)
from bot.handlers.commands import bare, named
from bot.handlers.desk import Done, Hand, Outcome, Refusal
from bot.handlers.library import VERB
from bot.handlers.operator import awaits_no_comment
from bot.handlers.passing import Wanted
from bot.handlers.question import Asked
from bot.handlers.relay import NOTE
from bot.handlers.turn import Saying, Sayings, Turn, answer_press, drop_buttons, say, say_at, tell_desk
from bot.handoff import queue, staff as people
from bot.handoff.ticket import may_reopen
from bot.i18n import Texts
from bot.messaging import outbox, topics

DELETE = "delete"
"""The command that takes back the message that it answers."""
AGAIN = "again"
"""The button below the notice that a delivery is uncertain."""
ONCE = {AGAIN, learning.VERB, passing.MERGE}
"""Buttons that go when they have done their work."""
LIKE = 0.7
"""How like a command what was written must be to be taken for it, 0–1, difflib's ratio."""
LONGEST_NAME = 40
"""Characters of a command that nobody knows, as it is named in the answer."""
LEVELS = ("1", "2", "3")
PRIORITIES = {"low": -1, "normal": 0, "high": 1, "urgent": 2}


def written(turn: Turn, person: Staff, said: Said, asked: Asked | None = None) -> Sayings:
    """Take what a member of staff wrote in a conversation's topic; `asked` is what the base has for a `/faq`."""
    said = kept_here.as_it_reads(turn, person, said)
    text = bare(said.content.text.text)
    hand = Hand(turn, person, source=(said.place.chat, said.message))
    if said.album and kept_here.stays(said.content):
        kept_here.keep_album(turn, person, said.album)
        turn.carry(changes.kept_from_customer(turn, person, said.album))
    elif kept_here.of_kept_album(turn, person, said):
        return []  # the album's caption keeps all of it here, as a note or until nothing in it is left to fill in
    if text.startswith(NOTE):
        return _reply(desk.note(hand, text.removeprefix(NOTE).strip()), quiet=True)
    if text.startswith("/") and said.content.kind is not ContentKind.TEXT:
        return _below_a_file(hand, said)
    if text.startswith("/"):
        return _commanded(hand, said, asked)
    outcome = desk.answer(hand, said.content, said)
    answered = _reply(outcome, to=said.message)
    again = bool(said.album) or (turn.ticket is not None and turn.ticket.staff_id not in {None, person.id})
    if not isinstance(outcome, Refusal) or not again:
        return answered
    return refusing.once(turn, said, answered, refusing.STAFF_EVERY)


def _commanded(hand: Hand, said: Said, asked: Asked | None) -> Sayings:
    name, argument = named(bare(said.content.text.text))
    if name == DELETE:
        return _reply(changes.deleted_in_topic(hand, said))
    if name in library_desk.COMMANDS:
        return library_desk.command(hand, name, argument, asked)
    if name in orders_desk.COMMANDS:
        return orders_desk.command(hand, argument)
    return command(hand, name, argument)


def _below_a_file(hand: Hand, said: Said) -> Sayings:
    """Take a caption that begins as a command does: `/note` makes a note of it as `//` does, no other works there."""
    text = bare(said.content.text.text)
    if changes.NOTE_BEGINS.match(f"{text} "):
        noted = desk.note(hand, changes.without_sign(text))
        return _signed(hand, noted) or _reply(noted, quiet=True)
    command = text.split(maxsplit=1)[0][:LONGEST_NAME]
    return _reply(hand.refuse("desk.command_in_caption", command=command), to=said.message)


def asks_for(text: str) -> str:
    """Return what an operator looks for in the FAQ, empty when they do not: the base is asked before the turn."""
    name, words = named(text)
    return words if name == "faq" else ""


def _reply(outcome: Outcome, *, quiet: bool = False, to: str = "") -> Sayings:
    """Return what the one who did it is told, in the topic; a refusal below the message that was refused."""
    if isinstance(outcome, Done) and (quiet or not outcome.text):
        return []
    return [tell_desk(outcome.text, reply_to=to)]


def _asking(hand: Hand, outcome: Outcome) -> Sayings:
    """Return the question with the button by which it is done all the same; nothing for what asks for none."""
    if not isinstance(outcome, Refusal) or not outcome.confirm or hand.turn.ticket is None:
        return []
    texts = hand.turn.house.texts(hand.person.language)
    yes = Button(texts("desk.button_merge"), f"{passing.MERGE}:{hand.turn.ticket.id}:{outcome.confirm}")
    return [tell_desk(outcome.text, ((yes,),))]


def command(hand: Hand, name: str, argument: str) -> Sayings:
    """Carry out a command of the topic."""
    turn = hand.turn
    texts = turn.house.texts(hand.person.language)
    if name == "help":
        return [tell_desk(f"{texts('desk.help')}\n{texts('library.help')}")]
    if name == "history":
        return [tell_desk(card.history(turn.conn, turn.conversation.id, texts))]
    act = COMMANDS.get(name)
    if act is None:
        return [_unknown(texts, name)]
    outcome = act(hand, argument)
    if name == "close" and isinstance(outcome, Done):
        return [tell_desk(outcome.text, learning.button(turn, outcome.ticket, texts))]
    return _asking(hand, outcome) or _signed(hand, outcome) or _reply(outcome)


def _signed(hand: Hand, outcome: Outcome) -> Sayings:
    """Return the sign on a command that says that it was done; none where words are needed."""
    topic, (_, message) = hand.turn.topic(), hand.source
    sign = outcome.sign if isinstance(outcome, Done) else ""
    if topic is None or not (sign and message and hand.turn.house.can(topic.place.channel).reactions):
        return []
    group = Place(topic.place.channel, topic.place.chat)
    return [Saying(Outgoing(Act.REACT, {"message": message, "emoji": sign}), place=group, author=outbox.SYSTEM)]


def _unknown(texts: Texts, name: str) -> Saying:
    """Say that there is no such command here, and which one may be meant."""
    written, nearest = f"/{name}"[:LONGEST_NAME], _nearest(name)
    if not nearest:
        return tell_desk(texts("desk.unknown_command", command=written))
    return tell_desk(texts("desk.unknown_nearest", command=written, nearest=nearest))


def _nearest(name: str) -> str:
    """Return the command that is meant by a name, itself if there is one; empty when none is like it."""
    known = [*COMMANDS, *library_desk.COMMANDS, *orders_desk.COMMANDS, DELETE, "history", "help"]
    return next(iter(difflib.get_close_matches(name, known, 1, LIKE)), "")


def typed_elsewhere(hand: Hand, text: str) -> Outcome | None:
    """Take a text of the console that begins as a command does: it never goes to the customer.

    Returns:
        `/note` carried out, else a refusal that says what to do; None for a text that begins otherwise.
    """
    if not text.startswith("/"):
        return None
    name, words = named(text)
    if name == "note":
        return _note(hand, words)
    written, nearest = f"/{name}"[:LONGEST_NAME], _nearest(name)
    if nearest == name:
        return hand.refuse("web.command", command=written)
    return hand.refuse("web.command_nearest" if nearest else "web.command_unknown", command=written, nearest=nearest)


def _note(hand: Hand, argument: str) -> Outcome:
    return desk.note(hand, argument) if argument else hand.refuse("desk.usage", usage="/note TEXT")


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


def _skill(hand: Hand, argument: str) -> Outcome:
    """Say what whoever takes the ticket must know; nothing takes it back."""
    return desk.mark(hand, skill=" ".join(argument.split())[:40])


COMMANDS: dict[str, Callable[[Hand, str], Outcome]] = {
    "claim": passing.noting(desk.claim),
    "takeover": passing.noting(desk.take_over),
    "release": passing.noting(desk.release),
    "close": passing.noting(desk.close),
    "note": _note,
    **passing.COMMANDS,
    "level": _level,
    "priority": _priority,
    "tag": _tag,
    "skill": _skill,
    "ban": bans.ban,
    "unban": bans.unban,
}


def pressed(turn: Turn, person: Staff, press: Pressed) -> Sayings:
    """Take a button of the card; it means what the database says now, however old the button is."""
    verb, _, rest = press.action.partition(":")
    number, _, choice = rest.partition(":")
    hand, on_card = Hand(turn, person), topic_card.is_card(turn, press.message)
    if verb in {VERB, orders_desk.VERB}:
        return library_desk.pressed(hand, press) if verb == VERB else orders_desk.pressed(hand, press)
    if verb == "to" and not choice and on_card and turn.ticket and str(turn.ticket.id) == number:
        refused = desk.not_yours(hand, turn.ticket)
        choice_of = [] if refused else topic_card.choice_of_colleagues(turn, turn.ticket, person.id)
        return [answer_press(press.place, press.press, refused.text if refused else ""), *choice_of]
    outcome = learning.mark(hand, number) if verb == learning.VERB else _press(hand, verb, number, choice)
    claimed = verb == "claim" and isinstance(outcome, Done) and not outcome.text
    words = turn.house.texts(person.language)("desk.is_yours") if claimed else outcome.text
    done = answer_press(press.place, press.press, words)
    if verb in ONCE:
        for_others = verb != learning.VERB and isinstance(outcome, Refusal)
        return [done] if for_others else [done, drop_buttons(press.place, press.message)]
    of_closed = turn.ticket is None or str(turn.ticket.id) != number
    if isinstance(outcome, Refusal) and not of_closed and verb != "to":
        return [done]
    after = () if turn.ticket else _after(hand, outcome)
    if on_card:
        return [done, *topic_card.kept_current(turn), *([tell_desk(outcome.text, after)] if after else [])]
    offers = after if of_closed or turn.ticket is None else card.offers(turn, turn.ticket)
    return [done, drop_buttons(press.place, press.message, offers)]


def _after(hand: Hand, outcome: Outcome) -> Rows:
    """Return what can be done with a ticket that was closed a moment ago."""
    texts = hand.turn.house.texts(hand.person.language)
    return learning.button(hand.turn, outcome.ticket, texts) if isinstance(outcome, Done) else ()


def _press(hand: Hand, verb: str, number: str, choice: str) -> Outcome:
    ticket = hand.turn.ticket
    if verb == AGAIN:
        return sending_again.send_again(hand, int(number) if number.isdecimal() else 0)
    if ticket is None:
        return hand.refuse("desk.no_ticket")
    if str(ticket.id) != number:
        return hand.refuse("desk.button_of_closed", number=number)
    act = PRESSES.get(verb)
    return act(hand, choice) if act else hand.refuse("desk.no_ticket")


def _given_to(hand: Hand, choice: str) -> Outcome:
    person = next((one for one in people.everybody(hand.turn.conn) if str(one.id) == choice), None)
    return passing.transfer(hand, Wanted(person)) if person else hand.refuse("desk.on_the_card")


PRESSES: dict[str, Callable[[Hand, str], Outcome]] = {
    "claim": lambda hand, _: desk.claim(hand),
    "release": lambda hand, _: desk.release(hand),
    "close": lambda hand, _: desk.close(hand),
    "level": _level,
    "to": _given_to,
    "card": lambda _, __: Done(),
    passing.MERGE: lambda hand, choice: passing.merge(hand, passing.number_in(choice), confirmed=True),
}
"""Buttons of the card and of what asks first, by the word that their action begins with."""


def by_hand(turn: Turn, person: Staff | None, what: Happening) -> Sayings:
    """Take what somebody did to a topic with Telegram's own buttons."""
    if what is Happening.TOPIC_CLOSED:
        return closed_by_hand(turn, person)
    return reopened_by_hand(turn, person) if what is Happening.TOPIC_REOPENED else []


def closed_by_hand(turn: Turn, person: Staff | None) -> Sayings:
    """Somebody closed the topic with Telegram's own button: the ticket is closed with it, if `/close` may do it."""
    found = turn.topic()
    if found is None or found.state == topics.CLOSED:
        return []  # the bot did it
    refused = desk.not_yours(Hand(turn, person), turn.ticket) if person else None
    if (person is None and turn.ticket is not None) or refused:
        opened = Saying(Outgoing(Act.REOPEN_TOPIC, {}), desk=True, author=outbox.SYSTEM)
        return [opened, tell_desk(refused.text if refused else turn.desk_texts("desk.closed_by_stranger"))]
    topics.change(turn.conn, found.id, state=topics.CLOSED)
    if person is None or turn.ticket is None:
        return []
    return _reply(desk.close(Hand(turn, person)), quiet=True)


def reopened_by_hand(turn: Turn, person: Staff | None) -> Sayings:
    """Somebody opened a closed topic with Telegram's own button: its ticket goes on, if that is not too long ago."""
    found = turn.topic()
    if found is None or found.state != topics.CLOSED:
        return []  # the bot did it
    topics.change(turn.conn, found.id, state=topics.OPEN)
    last = turn.closed_ticket
    if person is None or last is None or last.closed_at is None:
        return []
    if turn.conversation.banned:
        return _reply(desk.not_to_banned(Hand(turn, person)))
    texts = turn.house.texts(person.language)
    goes_on = queue.goes_on_in(turn.conn, last)
    if goes_on is not None:
        return [tell_desk(texts("desk.merged_into", number=goes_on.id))]
    if not may_reopen(last.closed_at, turn.now, turn.house.rules.reopen_within):
        return [tell_desk(texts("desk.too_late_to_reopen", number=last.id))]
    turn.ticket = queue.reopen(turn.conn, last, turn.now)
    awaits_no_comment(turn)
    turn.show("ticket", ticket=last.id)
    told = tell_desk(texts("desk.reopened_by_hand", number=last.id, name=person.name))
    return [say(turn.texts("handoff.reopened")), told]


def stranger(said: Said, turn: Turn) -> Sayings:
    """Tell somebody who is not listed that nothing goes out."""
    key = "desk.anonymous" if said.author.anonymous else "desk.not_listed"
    told = say_at(said.place, turn.desk_texts(key, id=said.author.id), reply_to=said.message)
    return refusing.once(turn, said, [told], refusing.STRANGERS_EVERY)
