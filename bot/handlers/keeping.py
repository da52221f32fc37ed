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
from bot.handlers.asides import (
    ABOUT,
    AGAIN,
    ANEW,
    BEGUN,
    CHANGE,
    DROP,
    EMPTY,
    FOUND,
    KEEP,
    LATER,
    MINE,
    ON,
    PREFIX,
    QUIET,
    READ,
    REMIND,
    RIGHT,
    SAME,
    TOMORROW,
    WRONG,
)
from bot.handlers.form_words import about, moment_of, title_of, without_keyboard
from bot.handlers.house import House
from bot.handlers.turn import Sayings, Turn, answer_press, drop_buttons, rows, say
from bot.messaging import conversations
from bot.orders import drafts, form
from bot.orders.again import again, filled
from bot.orders.definition import FormDefinition
from bot.orders.drafts import Draft
from bot.orders.form import FormState
from bot.orders.state import next_field
from bot.orders.words import NO, POLITE, YES, means, word_set, words_of

AT_A_TIME = 50
"""Reminders that one sweep sends."""
FROM, UNTIL = time(9), time(20)
"""Between these hours at the shop customers are reminded of something."""
BUSY = timedelta(hours=1)
"""So much later is asked again whether a customer may be reminded who talks with people just now."""
SAID: dict[str, frozenset[str]] = {
    KEEP: word_set("keep save draft behalten aufheben speichern entwurf сохранить сохрани оставить"),
    DROP: word_set("throw away delete discard drop wegwerfen verwerfen loschen удалить удали выбросить"),
    ON: word_set("go on continue weiter weitermachen fortsetzen продолжить дальше продолжим"),
    ANEW: word_set("anew new again neu nochmal заново сначала"),
    AGAIN: word_set(
        "same again as last time usual dasselbe nochmal genauso wie letztes mal то же самое снова как прошлый раз"
    ),
    MINE: word_set("only my just details data address nur meine daten angaben только мои данные"),
    EMPTY: word_set("all anew new empty alles neu leer все всё заново"),
    RIGHT: word_set("right correct stimmt richtig верно правильно"),
    CHANGE: word_set("change wrong something andern aendern falsch etwas изменить неверно"),
    TOMORROW: word_set("tomorrow remind morgen erinnern завтра напомнить напомни"),
}
"""Words that are an answer as well as the button is."""
AROUND = word_set("it them this that the es sie das ihn me mich его это её ее меня о")
ASKED = {
    KEEP: (KEEP, DROP, ON),
    REMIND: (TOMORROW,),
    BEGUN: (ON, ANEW),
    SAME: (AGAIN, MINE, EMPTY),
    READ: (RIGHT, CHANGE),
}
ONLY_IN = {AGAIN: SAME, MINE: SAME, EMPTY: SAME, RIGHT: READ, CHANGE: READ, WRONG: READ}
"""Answers that mean nothing once the question is over."""
YES_NO = {KEEP: (KEEP, DROP), REMIND: (TOMORROW, QUIET), BEGUN: (ON, ANEW), SAME: (AGAIN, EMPTY), READ: (RIGHT, CHANGE)}
"""What yes and no are to each question."""


def answered(turn: Turn, definition: FormDefinition, text: str) -> Sayings | None:
    """Take words as the answer to a question beside the form; None where there was none, or they are for the form.

    Words that answer nothing there go on with the form that waits for them.
    """
    about = str(turn.flow.get(ABOUT, ""))
    if about not in ASKED:
        return None
    verb = numbered.meant_by(turn.flow, text).removeprefix(PREFIX).partition(":")[0] or _meant(about, text)
    return _ACTS[verb](turn, definition) if verb else None


def _meant(about: str, text: str) -> str:
    """Return the verb that words mean, empty for none."""
    for word, verb in zip((YES, NO), YES_NO[about], strict=True):
        if means(text, word):
            return verb
    said = set(words_of(text)) - POLITE - AROUND
    return next((verb for verb in ASKED[about] if said and said <= SAID[verb]), "")


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
        return draft.kept or about != ONLY_IN[verb]
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
    return order.resume(turn, definition, FormState.from_dict(draft.state))


def _anew(turn: Turn, definition: FormDefinition) -> Sayings:
    _others_rest(turn, definition)
    drafts.discard(turn.conn, turn.conversation.id, definition.key)
    return order.start(turn, definition)


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
    return asides.ask_what_is_wrong(turn, definition, turn.flow.get(FOUND, ()))


def _wrong(turn: Turn, definition: FormDefinition, draft: Draft, key: str) -> Sayings:
    """Ask for something that was misunderstood; the rest of it stands."""
    state = FormState.from_dict(draft.state)
    right = {one: value for one, value in state.answers.items() if one != key}
    begun = {one: value for one, value in state.begun.items() if one != key}
    asked = next_field(definition, right)
    so_far = state.so_far if asked == state.current and key != asked else begun.get(asked)
    return order.resume(turn, definition, replace(state, answers=right, current=asked, so_far=so_far, begun=begun))


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
    RIGHT: _on,
    CHANGE: _change,
    WRONG: _change,
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
    turn.carry([say(turn.texts("draft.reminder", title=title_of(turn, definition)), offers)])
    return True
