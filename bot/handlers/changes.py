"""What people change of what they said before: edits of either side, and words that an operator takes back.

Anna corrects her address: the operators read old and new under her old message. Olga corrects a word: Anna's copy
changes. Olga answers her own message with `/delete`: Anna's copy goes, the transcript keeps the line as taken back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

from bot.domain.conversation import Edited, Place, Said
from bot.domain.message import Button, Content, RichText, split, units
from bot.domain.people import Role, Staff
from bot.domain.ports import Act, Outgoing
from bot.handlers import courtesy, held_changes, kept_here, merged, pace, relay
from bot.handlers.commands import bare
from bot.handlers.desk import Done, Hand, Outcome, Refusal, not_yours, note
from bot.handlers.turn import Saying, Sayings, Turn, tell_desk
from bot.handoff import notes, queue
from bot.handoff.notes import Note
from bot.handoff.variables import left_in
from bot.messaging import backlog, outbox, receipts, transcript
from bot.messaging.receipts import Copied
from bot.messaging.transcript import Line

EARLY = "early"
"""In a line's details: its edit came before the message itself."""
EARLY_FOR = timedelta(days=1)
"""How long the message is waited for then; Telegram keeps updates no longer."""
NOTE_BEGINS = re.compile(r"^\s*(?://|/note(@\w+)?\s)", re.IGNORECASE)
"""What makes a note of a message in a topic; looked for at its beginning."""
HELD = {outbox.FAILED, outbox.UNCERTAIN}
"""What did not arrive as far as anybody knows, and goes out once more only when somebody says so."""
STILL_HERE = HELD | {outbox.PENDING}
"""What has not gone, or not as far as anybody knows, and is not being sent."""
PARTS_LOOKED_AT = 20
"""Lines among which the earlier parts of an album are; an album has ten."""


def edited_by_customer(turn: Turn, message: Edited) -> Sayings:
    """Keep a message that its author changed, and show the operators old and new under the old one.

    Of somebody who is banned nothing is shown, as with new messages. An unknown one is taken as it reads now. What
    changes too fast is shown joined, but for other files.
    """
    source = (message.place.chat, message.message)
    line = transcript.said_at(turn.conn, turn.conversation.id, *source)
    if line is None:
        return _unknown(turn, message, source)
    swapped = _swapped(line.content, message.content)
    if line.content.text == message.content.text and not swapped:
        return []
    transcript.edit(turn.conn, line, message.content, turn.now)
    turn.show("message", message=line.id, author=line.author)
    there = merged.goes_on_in(turn)
    if (turn.ticket is None and there is None) or turn.conversation.banned:
        return []
    held = None if swapped else pace.held_change(turn, line)
    if held is not None:
        return held
    if there is not None:
        merged.brought(there, turn, [held_changes.shown(turn, line, message.content.text)])
        return (merged.passed_on(turn, message) or []) if swapped else []
    courtesy.heard(turn)  # the change itself tells the people
    copy = relay.desk_copy(turn, message, line.id) if swapped else []
    return [held_changes.shown(turn, line, message.content.text), *copy]


def _unknown(turn: Turn, message: Edited, source: tuple[str, str]) -> Sayings:
    """Take a change of something that has not come yet for the message itself."""
    before = transcript.before(turn.conn, turn.conversation.id, source, pace.allowed(turn))
    key = turn.hear(message.content, source, {EARLY: True})
    if turn.conversation.banned or (turn.ticket is None and not merged.elsewhere(turn)):
        return []
    held = pace.held(turn, message, key, before.sent_at)
    if held is None and turn.ticket is None:
        return merged.passed_on(turn, message) or []
    return relay.relay(turn, message, key) if held is None else held


def _swapped(old: Content, new: Content) -> bool:
    """Return whether another file stands in a message now."""
    return "unique" in new.details and old.details.get("unique") != new.details["unique"]


def known_by_its_edit(turn: Turn, said: Said, found: int | None) -> int | None:
    """Return the line of a message whose edit came first, keeping how the message read; None for all others.

    Args:
        turn: the conversation's turn.
        said: the message.
        found: the line that its place in the channel has already, if any.
    """
    line = transcript.get(turn.conn, found) if found is not None else None
    if line is None or not line.content.details.get(EARLY) or turn.now - line.at > EARLY_FOR:
        return None
    transcript.was(turn.conn, line.id, said.content, turn.now)
    return line.id


def edited_by_staff(turn: Turn, person: Staff, said: Edited) -> Sayings:
    """Change the customer's copy of an operator's words; a note stays a note, and reads as changed."""
    written = notes.written_as(turn.conn, turn.conversation.id, (said.place.chat, said.message))
    if written is not None:
        _note_reads(turn, written, said.content.text.text)
        return []
    line = transcript.said_at(turn.conn, turn.conversation.id, said.place.chat, said.message)
    if line is None:
        kept_here.keep_until_it_comes(turn, person, said)
    if line is None or line.author != transcript.OPERATOR or line.deleted_at is not None:
        return []
    return _line_changed(turn, person, said, line)


def _line_changed(turn: Turn, person: Staff, said: Edited, line: Line) -> Sayings:
    """Change the customer's copy of a line, unless it has to stay as it was: then its writer hears why."""
    text, copies = said.content.text, receipts.to_customer(turn.conn, line.id, failed=True)
    if NOTE_BEGINS.match(f"{bare(text.text)} ") and copies and all(copied.state in STILL_HERE for copied in copies):
        return _becomes_note(turn, person, said, line, copies)
    if _swapped(line.content, said.content):
        for copied in copies:
            outbox.send_by_file(turn.conn, copied.outbox)
    hand, refused = Hand(turn, person), _not_changed(turn, line, said, copies)
    theirs = not_yours(hand, turn.ticket, "desk.edit_not_yours") if text != line.content.text else None
    if theirs or refused:
        return [tell_desk((theirs or hand.refuse(refused)).text, reply_to=said.message)]
    if text == line.content.text:
        return []
    transcript.edit(turn.conn, line, said.content, turn.now)
    turn.show("message", message=line.id, author=line.author)
    held = [copied for copied in copies if copied.state in HELD]
    told = [_waits_to_be_sent(turn, person, said, held[0])] if held else []
    if copies[0].captioned:
        return told or [_change(Act.EDIT_CAPTION, text, person, copies[0])]
    can = turn.house.can(turn.conversation.place.channel)
    return [*_changes(split(text, can.max_text), copies, person), *told]


def _becomes_note(turn: Turn, person: Staff, said: Edited, line: Line, copies: list[Copied]) -> Sayings:
    """Make a note of words that have not gone to the customer: they do not go any more, nor does the rest of an album.

    Its writer hears what is known; of an uncertain one nobody knows whether the customer has it.
    """
    unknown = any(copied.state == outbox.UNCERTAIN for copied in copies)
    sayings: Sayings = []
    album = str(backlog.body_of(turn.conn, copies[0].outbox).get("album", ""))
    if album:
        kept_here.keep_album(turn, person, album)
        sayings += kept_from_customer(turn, person, album)
    else:
        for copied in copies:
            outbox.withdraw(turn.conn, copied.outbox, turn.now, "it became a note")
        transcript.delete(turn.conn, line.id, turn.now)
        turn.show("message", message=line.id, author=line.author)
        _no_answer(turn, [line])
    source = (said.place.chat, said.message)
    note(Hand(turn, person, source=source), without_sign(said.content.text.text) or line.content.text.text)
    key = "desk.noted_uncertain" if unknown else "desk.noted_unsent"
    return [*sayings, tell_desk(turn.house.texts(person.language)(key), reply_to=said.message)]


def _no_answer(turn: Turn, lines: Sequence[Line]) -> None:
    """Take it that the customer still waits, when the last answer was one of these lines, which stay here."""
    if lines and turn.ticket is not None and turn.ticket.answered_at == max(line.at for line in lines):
        turn.ticket = queue.customer_wrote(turn.conn, turn.ticket, turn.now)


def _note_reads(turn: Turn, note: Note, written: str) -> None:
    """Let a note read as it stands in the topic now, without what made it a note; an empty one stays as it was."""
    text = without_sign(written)
    if text and text != note.text:
        notes.change(turn.conn, note.id, text)
        turn.show("note", note=note.id)


def without_sign(written: str) -> str:
    """Return what a note says, without what made it one."""
    return NOTE_BEGINS.sub("", f"{bare(written)} ").strip()


def _waits_to_be_sent(turn: Turn, person: Staff, said: Edited, held: Copied) -> Saying:
    """Say that the changed words are not with the customer, and offer to send them as they read now."""
    again = Button(turn.desk_texts("undelivered.button_again"), f"again:{held.lead}")
    texts = turn.house.texts(person.language)
    return tell_desk(texts("desk.edit_of_unsent"), ((again,),), reply_to=said.message)


def _not_changed(turn: Turn, line: Line, said: Edited, copies: list[Copied]) -> str:
    """Return the sentence that says why the customer's copy is not changed, empty when it is."""
    text, can = bare(said.content.text.text), turn.house.can(turn.conversation.place.channel)
    if NOTE_BEGINS.match(f"{text} "):
        return "desk.edit_is_no_note"
    if text.startswith("/") and said.content.text != line.content.text:
        return "desk.edit_is_no_command"
    if left_in(said.content.text) or _swapped(line.content, said.content):
        return "library.left_in_edit" if left_in(said.content.text) else "desk.edit_of_file"
    in_two = len(copies) > 1 or units(text) > can.max_caption  # what did not fit below the file stands behind it
    if said.content.text != line.content.text and (not copies or (copies[0].captioned and in_two)):
        return "desk.edit_not_carried"
    fits = any(copied.captioned for copied in copies) or len(split(said.content.text, can.max_text)) <= len(copies)
    return "" if fits else "desk.edit_too_long"


def _changes(pieces: list[RichText], copies: list[Copied], person: Staff) -> Sayings:
    """Return what makes the customer's messages read as a changed text: each changed, or some fewer, never more."""
    sayings: Sayings = []
    for number, copied in enumerate(copies):
        if copied.state in HELD:
            continue  # it goes out as it reads then, when somebody says so
        if number < len(pieces):
            sayings.append(_change(Act.EDIT, pieces[number], person, copied))
        else:
            sayings.append(Saying(Outgoing(Act.DELETE), author=outbox.OPERATOR, target=copied.outbox))
    return sayings


def _change(act: Act, text: RichText, person: Staff, copied: Copied) -> Saying:
    body = {"text": text.to_dict()}
    return Saying(Outgoing(act, body), author=outbox.OPERATOR, staff=person, target=copied.outbox)


def deleted_in_topic(hand: Hand, said: Said) -> Outcome:
    """Take back the words that a `/delete` in the topic answers."""
    turn = hand.turn
    line = transcript.said_at(turn.conn, turn.conversation.id, said.place.chat, said.replies_to)
    if line is not None or not said.replies_to:
        return take_back(hand, line) if line else hand.refuse("desk.delete_what")
    found = receipts.line_at(turn.conn, Place(said.place.channel, said.place.chat), said.replies_to)
    line = transcript.get(turn.conn, found[1]) if found and found[0] == turn.conversation.id else None
    if line is None:
        return hand.refuse("desk.delete_what")
    if line.author != transcript.OPERATOR:
        return take_back(hand, line)
    outcomes = [take_back(hand, one) for one in transcript.said_with(turn.conn, turn.conversation.id, line)]
    return next((one for one in outcomes if isinstance(one, Refusal)), outcomes[0])


def kept_from_customer(turn: Turn, person: Staff, album: str) -> Sayings:
    """Keep the parts of an album from the customer that came before the caption which keeps all of it here.

    What waits for the other parts does not go; what has gone is deleted.
    """
    lines = transcript.last(turn.conn, turn.conversation.id, PARTS_LOOKED_AT)
    parts = [
        line
        for line in lines
        if line.staff_id == person.id and line.deleted_at is None
        for copied in receipts.to_customer(turn.conn, line.id, failed=True)
        if backlog.body_of(turn.conn, copied.outbox).get("album") == album
    ]
    gone = []
    for line in parts:
        # which part carries it changes with each that is withdrawn
        copies = receipts.to_customer(turn.conn, line.id, failed=True)
        out = [copied for copied in copies if not _stays_here(turn, copied, "it is part of a note")]
        gone += [(line, copied) for copied in out]
        if not out:
            transcript.delete(turn.conn, line.id, turn.now)
            turn.show("message", message=line.id, author=line.author)
    _no_answer(turn, parts)
    return [
        Saying(Outgoing(Act.DELETE), author=outbox.OPERATOR, staff=person, target=copied.outbox, line=line.id)
        for line, copied in gone
    ]


def take_back(hand: Hand, line: Line) -> Outcome:
    """Delete the customer's copy of an operator's words; the desk hears of it when it is done.

    Args:
        hand: who takes back, in the conversation of the line.
        line: what.
    """
    turn, person = hand.turn, hand.person
    refused = why_not_taken_back(turn, person, line)
    if refused:
        return hand.refuse(refused)
    copies = receipts.to_customer(turn.conn, line.id, failed=True)
    if not copies:
        return hand.refuse("desk.delete_never_arrived")
    out = [copied for copied in copies if not _stays_here(turn, copied, "it was taken back")]
    if not out:
        transcript.delete(turn.conn, line.id, turn.now)
        turn.show("message", message=line.id, author=line.author)
        unknown = any(copied.state == outbox.UNCERTAIN for copied in copies)
        texts = turn.house.texts(person.language)
        return hand.finish(Done(texts("desk.delete_of_uncertain" if unknown else "desk.delete_of_unsent")))
    hand.sayings += [
        Saying(Outgoing(Act.DELETE), author=outbox.OPERATOR, staff=person, target=copied.outbox, line=line.id)
        for copied in out
    ]
    return hand.finish(Done())


def _stays_here(turn: Turn, copied: Copied, why: str) -> bool:
    """Return whether what carries a line is not out and, from now on, goes nowhere: not even with its album."""
    return outbox.withdraw(turn.conn, copied.outbox, turn.now, why) or copied.state in HELD


def why_not_taken_back(turn: Turn, person: Staff, line: Line) -> str:
    """Return the sentence that says why somebody may not take a line back, empty when they may.

    Whether a copy of it ever reached the customer is not looked at.
    """
    within = turn.house.can(turn.conversation.place.channel).takes_back
    holds = turn.ticket is not None and turn.ticket.staff_id == person.id
    if line.author != transcript.OPERATOR:
        return "desk.delete_what"
    if not holds and line.staff_id != person.id and not person.role.includes(Role.MANAGER):
        return "desk.delete_not_yours"
    if line.deleted_at is not None:
        return "desk.deleted_before"
    if within is None or turn.now - line.at > within:
        return "desk.delete_too_late"
    return ""
