"""What a customer says to a change of their order that was proposed to them: with a button, or in words.

Anna presses "Agree", or writes "ja, einverstanden": the order has one tin, its total is reckoned anew, and the topic
says so. Whatever she presses after the order went out, after a week, or after Olga proposed something else, changes
nothing. "Yes, but make it two" is asked about once, and the people read it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain.conversation import Pressed, Said
from bot.domain.message import ContentKind, RichText, bold, join, plain
from bot.handlers import form_words, goods, order_events, order_states, relay
from bot.handlers.order_changes import about, changed_by, consent_buttons, moment, said_of, total, value_shown
from bot.handlers.order_states import PROPOSAL
from bot.handlers.turn import Sayings, Turn, answer_press, drop_buttons, say, tell_desk
from bot.messaging import backlog, transcript
from bot.orders import consents, form, revision, stock, store
from bot.orders.consents import Consent
from bot.orders.definition import CONFIRM, FormDefinition
from bot.orders.form import FormState
from bot.orders.revision import Revised
from bot.orders.staff_words import label_of
from bot.orders.store import Kind, Order

AGAIN = "proposal_again"
"""In the body of the question that is asked once more: the proposal's id."""
LOOKED_BACK = 20


def answered(turn: Turn, press: Pressed, number: str, key: str, *, agrees: bool) -> Sayings:
    """Take the customer's word on a change; one that is over by now changes nothing, and they are told so."""
    done: Sayings = [answer_press(press.place, press.press), drop_buttons(press.place, press.message)]
    order = store.get(turn.conn, number, lock=True)
    if order is None or order.conversation_id != turn.conversation.id:
        return [*done, say(turn.texts("order_change.over", number=number))]
    if not _waits(turn, order, key):
        return [*done, say(about(turn, order, "order_change.over"))]
    return [*done, *_taken(turn, order, agrees=agrees)]


def in_words(turn: Turn, said: Said, line: int | None) -> Sayings | None:
    """Take a yes or no to the one change that waits; None for all else, and where something else was asked since."""
    text = said.content.text.text if said.content.kind is ContentKind.TEXT else ""
    meant = consents.consent_in(text)
    if meant is None or turn.flow.get("form"):
        return None
    open_ones = store.of_customer(turn.conn, turn.conversation.id, LOOKED_BACK)
    waiting = [one for one in open_ones if one.proposal and _waits(turn, one, str(one.proposal.get("id")))]
    if not waiting or _asked_since(turn, waiting):
        return None
    copy = relay.desk_copy(turn, said, line) if turn.ticket is not None and line is not None else []
    if meant is Consent.DOUBTFUL or len(waiting) > 1:
        asked = _ask_again(turn, waiting)
        if not asked:
            return None
        copy = copy or (relay.desk_copy(turn, said, line) if line is not None else [])
        return [*copy, *asked]
    order = store.get(turn.conn, waiting[0].number, lock=True)
    if order is None or not _waits(turn, order, str((waiting[0].proposal or {}).get("id"))):
        return None
    return [*copy, *order_states.question_over(turn, order), *_taken(turn, order, agrees=meant is Consent.YES)]


def _asked_since(turn: Turn, waiting: Sequence[Order]) -> bool:
    """Return whether anybody has asked the customer something else since the change was proposed to them."""
    since = turn.now - store.VALID
    keys = [
        key
        for order in waiting
        for key in backlog.saying_with(turn.conn, turn.conversation.id, PROPOSAL, order.number, since, 1, topics=False)
    ]
    asked = max((backlog.line_of(turn.conn, key, turn.conversation.id) or 0 for key in keys), default=0)
    lines = transcript.last(turn.conn, turn.conversation.id, LOOKED_BACK)
    by_us = [one for one in lines if one.id > asked and one.author != transcript.CUSTOMER]
    return not asked or any("?" in one.content.text.text for one in by_us)


def _ask_again(turn: Turn, waiting: Sequence[Order]) -> Sayings:
    """Ask about each change once more, with its buttons; nothing where that was done already."""
    sayings: Sayings = []
    for order in waiting:
        key = str((order.proposal or {}).get("id"))
        if not backlog.said_lately(turn.conn, turn.conversation.id, AGAIN, key, turn.now - store.VALID):
            sayings += order_states.question_over(turn, order)
            asks = about(turn, order, "order_change.ask_again")
            buttons = consent_buttons(turn, order, int(key))
            sayings.append(say(asks, buttons, **{AGAIN: key, PROPOSAL: order.number}))
    return sayings


def _taken(turn: Turn, order: Order, *, agrees: bool) -> Sayings:
    if agrees:
        return _agreed(turn, order)
    store.propose(turn.conn, order, None)
    store.log(turn.conn, order.id, Kind.DECLINED, turn.now, note=str((order.proposal or {}).get("label", "")))
    turn.show("order", number=order.number)
    told = tell_desk(turn.desk_texts("order_change.declined", number=order.number))
    now = store.get(turn.conn, order.number) or order
    return [say(about(turn, order, "order_change.kept")), told, *order_states.lines_now(turn, now)]


def _waits(turn: Turn, order: Order, key: str) -> bool:
    """Return whether a change still waits: nothing else was proposed, nothing went out, and not too long ago."""
    return str((order.proposal or {}).get("id")) == key and order.waits_for_consent(turn.now)


def _agreed(turn: Turn, order: Order) -> Sayings:
    """Replace the answers, if they will still do, and tell everybody."""
    waits = order.proposal or {}
    definition = turn.house.forms.get(order.form)
    if definition is None or revision.kept_goods(definition, order.answers):
        return _over(turn, order)
    here = moment(turn, order, turn.conversation.language)
    found = revision.applied(definition, order.answers, changed_by(waits), here)
    if not isinstance(found, Revised) or _dearer(definition, found.answers, waits):
        return _over(turn, order)
    changed = _rewritten(turn, order, definition, found.answers)
    if changed is None:
        return _over(turn, order)
    _log(turn, order, found)
    order_events.happened(turn, "changed", changed)
    turn.show("order", number=order.number)
    lines: list[RichText] = [bold(about(turn, order, "order_change.done"))]
    lines += form_words.titled(changed.summary)
    line = order_states.line_of(turn, changed, plain(_for_desk(turn, order, changed)))
    return [say(join(lines)), *order_states.lines_now(turn, changed), line]


def _log(turn: Turn, order: Order, found: Revised) -> None:
    language = turn.desk_texts.language
    for edit in found.edits:
        before, after = (value_shown(turn.house, edit.field, one, language) for one in (edit.before, edit.after))
        note = label_of(edit.field, language)
        store.log(turn.conn, order.id, Kind.CHANGE, turn.now, before=before, after=after, note=note)


def _for_desk(turn: Turn, order: Order, changed: Order) -> str:
    """Return what staff read: what was agreed to, and the old total with the new one where it is another."""
    texts = turn.desk_texts
    told = texts("order_change.agreed", number=order.number, what=said_of(order.proposal or {}))
    before, after = (order_states.total_of(one, texts.language) or "–" for one in (order, changed))
    return told if before == after else f"{told}\n{texts('order_change.total', before=before, after=after)}"


def _dearer(definition: FormDefinition, answers: Mapping[str, Any], waits: Mapping[str, Any]) -> bool:
    """Return whether the order would come to another total than the one that the customer was shown."""
    return "total" in waits and waits["total"] != total(definition, answers)


def _over(turn: Turn, order: Order) -> Sayings:
    """Drop a change that cannot be made any more, and tell everybody."""
    store.propose(turn.conn, order, None)
    turn.show("order", number=order.number)
    told = tell_desk(turn.desk_texts("order_change.failed", number=order.number))
    now = store.get(turn.conn, order.number) or order
    return [say(about(turn, order, "order_change.over")), told, *order_states.lines_now(turn, now)]


def _rewritten(turn: Turn, order: Order, definition: FormDefinition, answers: Mapping[str, Any]) -> Order | None:
    """Write the new answers with their summary and total; None when the shelf has not enough for them."""
    language = turn.conversation.language
    state = FormState(definition.key, definition.fingerprint, answers, CONFIRM)
    rows = [
        (row.label, form_words.in_words(turn.house, row.value, language))
        for row in form.summary(definition, state, language)
    ]
    gone = revision.kept(definition, order.answers)
    wanted = form.ordered(definition, state) | {key: order.answers[key] for key in gone if answers.get(key) is not None}
    if not stock.exchange(turn.conn, turn.house.shelf.catalogue, order.answers, wanted, order.id):
        return None
    shown = [*_rows_of_gone(definition, order, len(gone)), *rows]
    return store.rewrite(turn.conn, order, wanted, shown, goods.total(definition, wanted), turn.now)


def _rows_of_gone(definition: FormDefinition, order: Order, most: int) -> list[tuple[str, str]]:
    """Return the lines of a summary that tell what the form does not ask for any more."""
    charges = [label for line in definition.prices for label in line.label.values()]
    asked = [label for field in definition.fields for label in field.label.values()]
    known = {*charges, *asked, *definition.total.values()}
    return [row for row in order.summary if row[0] not in known][:most]
