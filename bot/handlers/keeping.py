"""Forms that rest: kept, thrown away, gone on with, and the one reminder that a customer asked for.

Anna keeps her order on Monday evening and wants to be reminded tomorrow. On Tuesday she reads that it waits, with a
button that goes on where she stopped; she hears it once, by day, and only if she has not gone on by herself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.domain.conversation import Pressed
from bot.handlers import asides, numbered, order, prefill
from bot.handlers.asides import ABOUT, FOUND, PREFIX, WISHED
from bot.handlers.form_words import about, moment_of, title_of, without_keyboard
from bot.handlers.house import House
from bot.handlers.turn import Sayings, Turn, answer_press, drop_buttons, rows, say
from bot.messaging import conversations
from bot.orders import drafts, form
from bot.orders.again import again, filled
from bot.orders.answers import Words
from bot.orders.beside import (
    AGAIN,
    ANEW,
    ASKED,
    CANCEL,
    CHANGE,
    DROP,
    EMPTY,
    FIX,
    GO,
    KEEP,
    LATER,
    MINE,
    ON,
    QUIET,
    READ,
    REMIND,
    RIGHT,
    SAME,
    TOMORROW,
    WRONG,
    verb_said,
)
from bot.orders.corrected import asked_anew, corrected, with_goods
from bot.orders.definition import FormDefinition, Kind
from bot.orders.drafts import Draft
from bot.orders.form import FormState
from bot.orders.understood import understood

AT_A_TIME = 50
"""Reminders that one sweep sends."""
FROM, UNTIL = time(9), time(20)
"""Between these hours at the shop customers are reminded of something."""
BUSY = timedelta(hours=1)
"""So much later is asked again whether a customer may be reminded who talks with people just now."""
ONLY_IN = {
    AGAIN: {SAME},
    MINE: {SAME},
    EMPTY: {SAME},
    RIGHT: {READ, FIX},
    CHANGE: {READ},
    WRONG: {FIX, READ},
    CANCEL: {READ, FIX, SAME},
}
"""Answers that mean nothing once the question is over."""


def answered(turn: Turn, definition: FormDefinition, text: str) -> Sayings | None:
    """Take words as the answer to a question beside the form; None where there was none, or they are for the form.

    Words that answer nothing there go on with the form that waits for them.
    """
    about = str(turn.flow.get(ABOUT, ""))
    if about not in ASKED:
        return None
    pressed = numbered.meant_by(turn.flow, text).removeprefix(PREFIX)
    verb, _, key = pressed.partition(":")
    if verb == WRONG:
        draft = drafts.get(turn.conn, turn.conversation.id, definition.key)
        return _wrong(turn, definition, draft, key.partition(":")[2]) if draft else None
    verb = verb or verb_said(about, text, asides.labels_of(turn))
    return _ACTS[verb](turn, definition) if verb else None


def put_right(turn: Turn, definition: FormDefinition, draft: Draft, text: str) -> Sayings:
    """Take words at "This is what I understood" as a correction; else say what can be done."""
    state, moment = FormState.from_dict(draft.state), moment_of(turn)
    found = corrected(definition, state, text, moment) if text else None
    if found is None:
        return asides.again(turn, definition, draft, form.Say(Words("draft.how_to_correct")))
    if found.asked:
        return order.resume(turn, definition, asked_anew(definition, state, found.asked))
    if found.refused is not None:
        return asides.again(turn, definition, draft, form.Say(found.refused))
    drafts.put(turn.conn, turn.conversation.id, definition.key, found.state.to_dict(), turn.now)
    keys = dict.fromkeys((*turn.flow.get(FOUND, ()), *found.keys))
    changed = replace(draft, state=found.state.to_dict())
    return asides.ask_right(turn, definition, changed, list(keys)) or order.resume(turn, definition, found.state)


def press(turn: Turn, pressed: Pressed, rest: str) -> Sayings:
    """Take a button of a question beside a form; one of a form or draft that is gone says so."""
    verb, _, named = rest.partition(":")
    key, _, field = named.partition(":")
    done: Sayings = [answer_press(pressed.place, pressed.press)]
    drop = drop_buttons(pressed.place, pressed.message)
    definition, act = turn.house.forms.get(key), _ACTS.get(verb)
    draft = drafts.get(turn.conn, turn.conversation.id, key)
    if definition is None or draft is None or act is None:
        if draft is not None and definition is None:
            drafts.discard(turn.conn, turn.conversation.id, key)
            turn.wait_for()
            return [*done, drop, say(turn.texts("draft.form_gone"))]
        return [*done, drop, say(about(turn, definition, "order.over") if definition else turn.texts("order.over"))]
    if _is_late(turn, verb, draft):
        return [*done, drop]
    if verb == WRONG:
        return [*done, *_wrong(turn, definition, draft, field), drop]
    return [*done, *act(turn, definition), drop]


def _is_late(turn: Turn, verb: str, draft: Draft) -> bool:
    """Return whether a button was pressed twice, or belongs to a question that something else has answered."""
    about = turn.flow.get(ABOUT)
    if verb in ONLY_IN:
        return draft.kept or about not in ONLY_IN[verb]
    if verb in {LATER, ANEW}:
        return turn.flow.get("form") == draft.form and about is None
    twice = (verb == KEEP and about == REMIND) or (verb == TOMORROW and draft.remind_at is not None)
    return verb != ON and (twice or not draft.kept)


def left(turn: Turn, definition: FormDefinition) -> Sayings:
    """Take it that a customer does not want to be asked about a form now: it rests as it is."""
    drafts.rest(turn.conn, turn.conversation.id, definition.key)
    turn.wait_for()
    return [without_keyboard(say(turn.texts("draft.later", title=title_of(turn, definition))))]


def _on(turn: Turn, definition: FormDefinition) -> Sayings:
    _others_rest(turn, definition)
    draft = drafts.get(turn.conn, turn.conversation.id, definition.key)
    assert draft is not None  # noqa: S101 the callers looked
    state, wished = FormState.from_dict(draft.state), str(turn.flow.get(WISHED, ""))
    more = with_goods(definition, state, wished, moment_of(turn)) if wished else None
    return order.resume(turn, definition, more or state)


def _right(turn: Turn, definition: FormDefinition) -> Sayings:
    """Take what was understood; who named more than goods has said all of it, and is not asked for more goods."""
    found = set(turn.flow.get(FOUND, ()))
    draft = drafts.get(turn.conn, turn.conversation.id, definition.key)
    state = FormState.from_dict(draft.state) if draft else None
    field = definition.field(state.current) if state else None
    if state is None or field is None or field.kind is not Kind.ITEMS or not found - {field.key}:
        return _on(turn, definition)
    _others_rest(turn, definition)
    done = form.answer(definition, state, form.Tapped(f"{field.key}:pick:done"), moment_of(turn))
    return order.follow(turn, definition, done) if done.state.current != state.current else _on(turn, definition)


def _anew(turn: Turn, definition: FormDefinition) -> Sayings:
    wished = str(turn.flow.get(WISHED, ""))
    _others_rest(turn, definition)
    drafts.discard(turn.conn, turn.conversation.id, definition.key)
    found = understood(definition, wished, moment_of(turn)) if wished else None
    return order.start(turn, definition, found=found)


def _others_rest(turn: Turn, definition: FormDefinition) -> None:
    """Let the form that is open rest, if it is another one."""
    open_one = drafts.opened(turn.conn, turn.conversation.id)
    if open_one is not None and open_one.form != definition.key:
        drafts.rest(turn.conn, turn.conversation.id, open_one.form)


def _dropped(turn: Turn, definition: FormDefinition) -> Sayings:
    drafts.discard(turn.conn, turn.conversation.id, definition.key)
    turn.wait_for()
    return [without_keyboard(say(about(turn, definition, "form.cancelled")))]


def _kept(turn: Turn, definition: FormDefinition) -> Sayings:
    drafts.rest(turn.conn, turn.conversation.id, definition.key)
    return asides.ask_remind(turn, definition)


def _reminded(turn: Turn, definition: FormDefinition) -> Sayings:
    at = by_day(turn.now + timedelta(days=1), turn.house)
    drafts.rest(turn.conn, turn.conversation.id, definition.key)
    drafts.remind(turn.conn, turn.conversation.id, definition.key, at)
    turn.wait_for()
    return [say(turn.texts("draft.will_remind"))]


def _taken_over(turn: Turn, definition: FormDefinition, *, whole: bool) -> Sayings:
    """Take over what the customer was shown of the last order."""
    last, moment = prefill.last(turn, definition), moment_of(turn)
    state = filled(definition, {**prefill.known(turn, definition), **again(definition, last, moment, whole=whole)})
    return order.resume(turn, definition, state)


def _empty(turn: Turn, definition: FormDefinition) -> Sayings:
    return order.follow(turn, definition, form.start(definition, moment_of(turn)))


def _change(turn: Turn, definition: FormDefinition) -> Sayings:
    draft = drafts.get(turn.conn, turn.conversation.id, definition.key)
    assert draft is not None  # noqa: S101 the callers looked
    return asides.ask_what_is_wrong(turn, definition, draft)


def _wrong(turn: Turn, definition: FormDefinition, draft: Draft, key: str) -> Sayings:
    """Ask for something that was misunderstood; the rest of it stands."""
    return order.resume(turn, definition, asked_anew(definition, FormState.from_dict(draft.state), key))


def _cancelled(turn: Turn, definition: FormDefinition) -> Sayings:
    draft = drafts.get(turn.conn, turn.conversation.id, definition.key)
    assert draft is not None  # noqa: S101 the callers looked
    state = FormState.from_dict(draft.state)
    return order.follow(turn, definition, form.cancel(state), state)


def _quiet(turn: Turn, definition: FormDefinition) -> Sayings:
    drafts.rest(turn.conn, turn.conversation.id, definition.key)
    turn.wait_for()
    return [say(turn.texts("draft.no_reminder"))]


_ACTS: dict[str, Callable[[Turn, FormDefinition], Sayings]] = {
    ON: _on,
    ANEW: _anew,
    DROP: _dropped,
    KEEP: _kept,
    LATER: left,
    TOMORROW: _reminded,
    QUIET: _quiet,
    AGAIN: partial(_taken_over, whole=True),
    MINE: partial(_taken_over, whole=False),
    EMPTY: _empty,
    RIGHT: _right,
    CHANGE: _change,
    WRONG: _change,
    CANCEL: _cancelled,
}


def by_day(moment: datetime, house: House) -> datetime:
    """Return the moment itself, or the next one by day at the shop."""
    local = moment.astimezone(ZoneInfo(house.rules.hours.zone))
    if FROM <= local.time() < UNTIL:
        return moment
    morning = local.replace(hour=FROM.hour, minute=0, second=0, microsecond=0)
    day = morning if local.time() < FROM else morning + timedelta(days=1)
    return day.astimezone(moment.tzinfo)


def sweep_reminders(house: House, conn: Connection, now: datetime) -> int:
    """Remind those who asked for it of their drafts; return how many rows were taken up."""
    return sum(_remind(house, conn, draft, now) for draft in drafts.due(conn, now, AT_A_TIME))


def _remind(house: House, conn: Connection, draft: Draft, now: datetime) -> bool:
    """Remind one customer, once, or put it off to the day or to the end of a talk; return False when busy elsewhere."""
    conversation = conversations.at_rest(conn, draft.conversation_id)
    if conversation is None or not drafts.claim(conn, draft):
        return False
    turn = Turn(house, conn, now, conversation)
    definition = house.forms.get(draft.form)
    if definition is None or not draft.kept or conversation.blocked or conversation.banned:
        return True
    at = by_day(now + BUSY if turn.ticket is not None else now, house)
    if at > now:
        drafts.remind(conn, conversation.id, draft.form, at)
        return True
    offers = rows(*(asides.button(turn, verb, definition) for verb in (ON, DROP)), width=2)
    if not turn.flow:
        turn.wait_for(form=draft.form, **{ABOUT: GO})
    turn.carry([say(turn.texts("draft.reminder", title=title_of(turn, definition)), offers)])
    return True
