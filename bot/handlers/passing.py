"""Passing a chat on: to a colleague, a team, a level, to the bot, or together with the customer's other ticket.

`/transfer max he knows the carrier` gives the chat to Max, with the note; `/transfer returns` lets it wait for the
team, `/transfer L2` for people of level two; `/bot` ends the people's part; `/merge 12` takes ticket #12 in here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.domain.message import bold
from bot.domain.people import Staff
from bot.handlers import asides, card, one_person, waiting
from bot.handlers.assigning import privately
from bot.handlers.desk import Done, Hand, Outcome, Refusal, end, name_of, not_yours
from bot.handlers.one_person import Link
from bot.handlers.operator import close_topic, rename_topic
from bot.handlers.privately import address
from bot.handlers.turn import Turn, say, tell_desk
from bot.handoff import notes, notices, queue, shifts, staff as people
from bot.handoff.rules import Team
from bot.handoff.ticket import Ticket
from bot.messaging import conversations

LEVELS = (1, 2, 3)


LONGEST_UNKNOWN = 40
"""Characters of a name that nobody has, as it is given back."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom a chat is passed on to, and what is said to them.

    Attributes:
        to: a colleague, a team, or a level; None when nobody or several are meant.
        note: what was written behind it.
        meant: who may have been meant, when it was several.
        unknown: what was written, when it names nobody.
    """

    to: Staff | Team | int | None
    note: str = ""
    meant: Sequence[Staff] = ()
    unknown: str = ""


def read(hand: Hand, argument: str) -> Wanted:
    """Return what `/transfer` was given: the longest beginning that names somebody, then the note."""
    everybody, words = people.everybody(hand.turn.conn), argument.split()
    for find in (_exact, _in_part):
        for count in range(len(words), 0, -1):
            found = find(hand, " ".join(words[:count]).lstrip("@").casefold(), everybody)
            if len(found) == 1:
                return Wanted(found[0], " ".join(words[count:]))
            if len(found) > 1:
                return Wanted(None, meant=[one for one in found if isinstance(one, Staff)])
    return Wanted(None, unknown=words[0][:LONGEST_UNKNOWN] if words else "")


def _exact(hand: Hand, wanted: str, everybody: Sequence[Staff]) -> Sequence[Staff | Team | int]:
    teams = hand.turn.house.rules.teams.values()
    level = [number for number in LEVELS if wanted in {f"l{number}", f"l {number}"}]
    team = [one for one in teams if wanted in {one.key.casefold(), one.name.casefold()}]
    person = [one for one in everybody if wanted in {one.name.casefold(), one.telegram_id or "-"}]
    return level or person or team


def _in_part(hand: Hand, wanted: str, everybody: Sequence[Staff]) -> Sequence[Staff | Team | int]:
    """Return whom a part of a name may mean; nobody means themselves."""
    return [one for one in everybody if wanted in one.name.casefold() and one.id != hand.person.id]


def transfer(hand: Hand, wanted: Wanted) -> Outcome:
    """Pass the chat on, with the note."""
    ticket = hand.turn.ticket
    if ticket is None:
        return hand.refuse("desk.no_ticket")
    if wanted.to is None and wanted.unknown:
        return hand.refuse("desk.transfer_unknown", unknown=wanted.unknown, names=_choices(hand, ()))
    if wanted.to is None:
        return hand.refuse("desk.transfer_to_whom", names=_choices(hand, wanted.meant))
    refusal = not_yours(hand, ticket)
    if refusal:
        return refusal
    if isinstance(wanted.to, Staff):
        return _to_person(hand, ticket, wanted.to, wanted.note)
    return _to_several(hand, ticket, wanted.to, wanted.note)


def _choices(hand: Hand, meant: Sequence[Staff]) -> str:
    if meant:
        return ", ".join(one.name for one in meant)
    others = [one.name for one in people.everybody(hand.turn.conn) if one.id != hand.person.id]
    teams = [team.key for team in hand.turn.house.rules.teams.values()]
    return ", ".join([*others, *teams, "L1", "L2", "L3"])


def _to_person(hand: Hand, ticket: Ticket, to: Staff, note: str) -> Outcome:
    turn, house = hand.turn, hand.turn.house
    if not shifts.on_duty(to, house.rules.shifts, turn.now):
        return hand.refuse("desk.is_away", name=to.name)
    if ticket.staff_id == to.id:
        return hand.refuse("desk.has_it_already", name=to.name)
    turn.ticket = given = queue.transfer(turn.conn, ticket, to.id, turn.now, hand.person.id)
    keep_words(hand, note)
    hand.sayings += rename_topic(turn, given)
    hand.sayings.append(say(turn.texts("handoff.is_there", name=to.name)))
    hand.tell_topic("desk.transferred_elsewhere", to=to.name)
    texts = house.texts(to.language)
    words = bold(texts("private.given_by", number=given.id, name=turn.conversation.name, by=hand.person.name))
    link = address(house, turn.conn, turn.conversation.id)
    hand.sayings += privately(house, to, words + "".join(f"\n{one}" for one in (note, link) if one))
    load, most = queue.load(turn.conn).get(to.id, 0), house.capacity_of(to)
    mine = house.texts(hand.person.language)
    text = mine("desk.transferred", name=to.name)
    if load > most:
        text += " " + mine("desk.their_capacity", name=to.name, n=load, capacity=most)
    if not to.telegram_id and any(can.topics for can in house.capabilities.values()):
        text += " " + mine("desk.console_only", name=to.name)
    return _passed(hand, given, text)


def _to_several(hand: Hand, ticket: Ticket, to: Team | int, note: str) -> Outcome:
    turn = hand.turn
    team, level = (to.key, None) if isinstance(to, Team) else (None, to)
    turn.ticket = passed = queue.pass_on(turn.conn, ticket, turn.now, hand.person.id, team, level)
    shown = to.name if isinstance(to, Team) else f"L{to}"
    keep_words(hand, note)
    hand.sayings += rename_topic(turn, passed)
    hand.sayings.append(waiting.message(turn, passed, "handoff.passed_on"))
    hand.tell_topic("desk.transferred_elsewhere", to=shown)
    return _passed(hand, passed, turn.house.texts(hand.person.language)("desk.passed_on", name=shown))


def keep_words(hand: Hand, text: str) -> None:
    """Keep what was written behind a command that needs no words, or no more of them, as a note."""
    turn = hand.turn
    if not text:
        return
    key = notes.add(
        turn.conn, turn.conversation.id, turn.ticket.id if turn.ticket else None, hand.person.id, text, turn.now
    )
    turn.show("note", note=key)
    if hand.elsewhere:
        hand.sayings.append(tell_desk(bold(f"🔒 {hand.person.name}: ") + text))


def _passed(hand: Hand, ticket: Ticket, text: str) -> Outcome:
    hand.turn.show("ticket", ticket=ticket.id)
    return hand.finish(Done(text, ticket))


def to_bot(hand: Hand) -> Outcome:
    """End the people's part of a chat: the bot answers again, and the customer is told."""
    turn, ticket = hand.turn, hand.turn.ticket
    if ticket is None:
        return hand.refuse("desk.no_ticket")
    refusal = not_yours(hand, ticket)
    if refusal:
        return refusal
    closed = queue.close(turn.conn, ticket, turn.now, hand.person.id, how="bot")
    hand.sayings += [say(turn.texts("handoff.back_to_bot")), *asides.ask_go_on(turn)]
    hand.tell_topic("desk.to_bot_elsewhere")
    turn.ticket = closed
    return end(hand, closed, Done(turn.house.texts(hand.person.language)("desk.to_bot", number=ticket.id), closed))


def merge(hand: Hand, number: int, *, confirmed: bool = False) -> Outcome:
    """Let the ticket go on in place of another one of the same customer, which is closed with a pointer to it.

    Args:
        hand: who merges, in the conversation where it goes on.
        number: the other ticket.
        confirmed: they were told why the two may be one customer and that it is not proven, and say that they are.
    """
    turn, ticket = hand.turn, hand.turn.ticket
    other = queue.get(turn.conn, number)
    if ticket is None:
        return hand.refuse("desk.no_ticket")
    if other is None or not other.open or other.id == ticket.id:
        return hand.refuse(_no_other(other, number), number=number)
    refusal = not_yours(hand, ticket) or not_yours(hand, other, "desk.theirs_beside")
    if refusal:
        return refusal
    beside = conversations.at_rest(turn.conn, other.conversation_id)
    theirs = Turn(turn.house, turn.conn, turn.now, beside) if beside else None
    if theirs is None or theirs.ticket is None or theirs.ticket.ownership != other.ownership:
        return hand.refuse("desk.merge_busy", number=number)
    link = one_person.link(turn, theirs)
    if link is None or not (link.proven or confirmed):
        return _not_merged(hand, theirs, number, link)
    return _merged(hand, ticket, theirs, theirs.ticket)


def _no_other(other: Ticket | None, number: int) -> str:
    """Return the key of why a number names no ticket that could be taken in."""
    if other is None:
        return "desk.merge_no_ticket" if number else "desk.merge_with_what"
    return "desk.merge_with_what" if other.open else "desk.merge_closed"


def _not_merged(hand: Hand, theirs: Turn, number: int, link: Link | None) -> Refusal:
    """Say why nothing was merged: nothing links the two, or only what was typed, which has to be confirmed once."""
    if link is None:
        return hand.refuse("desk.merge_not_proved", number=number)
    here, there, texts = hand.turn.conversation, theirs.conversation, hand.turn.house.texts(hand.person.language)
    told = texts(
        "desk.merge_typed",
        number=number,
        other=there.name,
        there=texts(f"channel.{there.place.channel}"),
        name=here.name,
        here=texts(f"channel.{here.place.channel}"),
        contact=link.contact,
    )
    return Refusal(told, confirm=str(number))


def _merged(hand: Hand, ticket: Ticket, theirs: Turn, other: Ticket) -> Outcome:
    turn, history = hand.turn, card.history(hand.turn.conn, theirs.conversation.id, hand.turn.desk_texts)
    turn.ticket = whole = queue.merge(turn.conn, ticket, other, turn.now, hand.person.id)
    notices.merged(turn.conn, ticket, other, whole)
    closed = queue.get(turn.conn, other.id) or other
    pointer = tell_desk(theirs.desk_texts("desk.merged_into", number=ticket.id))
    channel = theirs.texts(f"channel.{turn.conversation.place.channel}")
    theirs.ticket = closed
    theirs.show("ticket", ticket=closed.id)
    words = [*waiting.contact_over(theirs), say(theirs.texts("handoff.merged", channel=channel))]
    theirs.carry([*words, pointer, *close_topic(theirs, closed), *waiting.over(theirs, closed)])
    where = turn.desk_texts(f"channel.{turn.conversation.place.channel}")
    begins = bold(turn.desk_texts("desk.merged", number=other.id, channel=where))
    hand.sayings.append(tell_desk(begins + "\n" + history))
    hand.sayings += rename_topic(turn, whole)
    if whole.staff_id != ticket.staff_id:
        hand.sayings.append(say(turn.texts("handoff.is_there", name=name_of(turn.conn, whole.staff_id))))
    _tell_owners(hand, ticket, theirs, other, whole)
    return _passed(hand, whole, "")


def _tell_owners(hand: Hand, ticket: Ticket, theirs: Turn, other: Ticket, whole: Ticket) -> None:
    """Tell who lost a chat by a merge that somebody else made, and who has one more, privately."""
    turn, house, me = hand.turn, hand.turn.house, hand.person
    loser = people.get(turn.conn, other.staff_id or 0) if other.staff_id not in {None, me.id, whole.staff_id} else None
    winner = whole.staff_id if whole.staff_id not in {None, me.id, ticket.staff_id} else None
    gains = people.get(turn.conn, winner or 0)
    link = address(house, turn.conn, turn.conversation.id)
    if loser is not None:
        has, texts = name_of(turn.conn, whole.staff_id), house.texts(loser.language)
        values = {"number": other.id, "name": theirs.conversation.name, "by": me.name, "into": whole.id, "has": has}
        hand.sayings += privately(house, loser, bold(texts("private.merged_away", **values)) + f"\n{link}")
    if gains is not None:
        given = house.texts(gains.language)(
            "private.given_by", number=whole.id, name=turn.conversation.name, by=me.name
        )
        hand.sayings += privately(house, gains, bold(given) + f"\n{link}")


def number_in(argument: str) -> int:
    """Return the number of a ticket as people write it: 12 or #12; 0 for anything else."""
    bare = argument.strip().removeprefix("#")
    return int(bare) if bare.isdecimal() and len(bare) < 10 else 0  # noqa: PLR2004 a ticket's number


MERGE = "merge"
"""The button by which two tickets are merged that only what somebody typed takes for one customer's."""
Act = Callable[[Hand, str], Outcome]


def noting(act: Callable[[Hand], Outcome]) -> Act:
    """Return a command that keeps the words behind it as a note: "/close refund done" loses nothing."""

    def noted(hand: Hand, argument: str) -> Outcome:
        keep_words(hand, argument)
        outcome = act(hand)
        return hand.finish(outcome)

    return noted


COMMANDS: dict[str, Act] = {
    "transfer": lambda hand, argument: transfer(hand, read(hand, argument)),
    "bot": noting(to_bot),
    MERGE: lambda hand, argument: merge(hand, number_in(argument)),
}
