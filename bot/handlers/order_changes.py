"""A change of an order that its customer agrees to, or does not.

Only one tin is left. Olga writes "/order S-1042 change quantity 1"; Anna reads what would change and presses "Agree":
the order has one tin, its total is reckoned anew, and the topic says so. Whatever she presses after the order went out,
after a week, or after Olga proposed something else, changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.domain.conversation import Pressed
from bot.domain.message import Button, RichText, bold, join, plain
from bot.handlers import desk, form_words, goods, order_events, order_states, order_words
from bot.handlers.desk import Done, Hand, Outcome, Refusal
from bot.handlers.house import House
from bot.handlers.turn import Sayings, Turn, answer_press, drop_buttons, rows, say, tell_desk
from bot.i18n import Texts
from bot.orders import form, money, status, stock, store
from bot.orders.answers import Accepted, Begun, Moment, Reading, Refused, Value
from bot.orders.definition import CONFIRM, FormDefinition
from bot.orders.fields import Field, Kind as FieldKind, words_in
from bot.orders.form import FormState
from bot.orders.kinds import rules_of
from bot.orders.state import visible
from bot.orders.store import Kind, Order

AGREE, KEEP = "agree", "keep"


@dataclass(frozen=True, slots=True)
class Change:
    """One field of an order, with another answer."""

    definition: FormDefinition
    field: Field
    before: Value | None
    value: Value

    def shown(self, house: House, value: Value | None, language: str) -> str:
        """Return an answer as people read it."""
        if value is None:
            return "–"
        return form_words.in_words(house, rules_of(self.field).show(self.field, value, language), language)


def fields_of(house: House, order: Order) -> list[Field]:
    """Return what of an order can be changed; nothing when its form is gone, or asks no more for something it has."""
    definition = house.forms.get(order.form)
    if definition is None or order.stands not in status.OPEN:
        return []
    asked = visible(definition, order.answers)
    lost = {key for key, value in order.answers.items() if value is not None} - {one.key for one in asked}
    return [one for one in asked if one.kind is not FieldKind.CONFIRM and not lost]


def label_of(field: Field, language: str) -> str:
    """Return how the summary names a field."""
    return words_in(field.label, language) or field.key


def labels(house: House, order: Order, language: str) -> list[str]:
    """Return what of an order can be changed, as its summary names it."""
    return [label_of(one, language) for one in fields_of(house, order)]


def propose_in_words(hand: Hand, order: Order, words: str) -> Outcome:
    """Propose what somebody wrote: the name of a field, in any language, and its new answer behind it."""
    house, texts = hand.turn.house, hand.turn.house.texts(hand.person.language)
    best: tuple[int, Field] | None = None
    for field in fields_of(house, order):
        for name in (field.key, *field.label.values()):
            fits = words.casefold().startswith(name.casefold()) and not words[len(name) : len(name) + 1].isalnum()
            if fits and (best is None or len(name) > best[0]):
                best = len(name), field
    if best is None:
        fields = ", ".join(labels(house, order, texts.language))
        key = "order_change.which" if fields else "order_change.not_now"
        return Refusal(texts(key, number=order.number, fields=fields, now=order_words.for_staff(house, texts, order)))
    return propose(hand, order.number, best[1].key, words[best[0] :].strip(" :=→"))


def propose(hand: Hand, number: str, key: str, text: str) -> Outcome:
    """Ask the customer whether an answer of their order may be another one.

    Args:
        hand: who proposes it; the conversation is the order's.
        number: of the order.
        key: of the field.
        text: the new answer as somebody typed it; the form's own rules say whether it will do.
    """
    turn, texts = hand.turn, hand.turn.house.texts(hand.person.language)
    order = store.get(turn.conn, number, lock=True)
    if order is None or order.conversation_id != turn.conversation.id:
        return Refusal(texts("order_desk.unknown", number=number))
    refusal = desk.not_yours(hand, turn.ticket) or _cannot_hear(hand)
    if refusal:
        return refusal
    change = _change(turn, order, key, text, texts)
    if isinstance(change, str):
        return Refusal(change)
    _keep(hand, order, change)
    hand.sayings.append(_question(turn, order, change))
    shown = {"before": change.shown(turn.house, change.before, texts.language)}
    shown |= {"after": change.shown(turn.house, change.value, texts.language)}
    shown |= {"number": number, "label": words_in(change.field.label, texts.language)}
    hand.tell_topic("order_change.proposed_elsewhere", **shown)
    return hand.finish(Done(texts("order_change.proposed", **shown)))


def _cannot_hear(hand: Hand) -> Refusal | None:
    if hand.turn.conversation.blocked:
        return hand.refuse("desk.blocked")
    return desk.not_to_banned(hand) if hand.turn.conversation.banned else None


def _change(turn: Turn, order: Order, key: str, text: str, texts: Texts) -> Change | str:
    """Return the change that somebody typed, or in their language why it cannot be."""
    definition = turn.house.forms.get(order.form)
    field = next((one for one in fields_of(turn.house, order) if one.key == key), None)
    if definition is None or field is None:
        return texts("order_change.not_now", number=order.number, now=order_words.for_staff(turn.house, texts, order))
    reading = _whole(field, text, moment(turn, order, texts.language))
    if isinstance(reading, Refused):
        return form_words.in_words(turn.house, reading.words, texts.language)
    if not isinstance(reading, Accepted):
        return texts("order_change.in_parts", label=words_in(field.label, texts.language))
    before = order.answers.get(field.key)
    if reading.value == before:
        return texts("order_change.same", label=words_in(field.label, texts.language))
    lacking = lacks(definition, {**order.answers, field.key: reading.value}, texts.language)
    if lacking:
        return texts("order_change.lacks", label=lacking)
    return Change(definition, field, before, reading.value)


def _whole(field: Field, text: str, here: Moment) -> Reading:
    """Return what somebody typed as an answer; one that could go on, such as a cart, is taken to be all."""
    rules = rules_of(field)
    reading = rules.read(field, text, here)
    if isinstance(reading, Begun):
        return rules.picked(field, "done", replace(here, so_far=reading.so_far)) or reading
    return reading


def lacks(definition: FormDefinition, answers: Mapping[str, Any], language: str) -> str:
    """Return the label of what a change would ask for besides, empty for nothing."""
    called_for = [one for one in visible(definition, answers) if one.required and one.kind is not FieldKind.CONFIRM]
    return next((label_of(one, language) for one in called_for if answers.get(one.key) is None), "")


def _keep(hand: Hand, order: Order, change: Change) -> None:
    """Write down what waits for the customer; an earlier one is overtaken by it."""
    turn = hand.turn
    language = turn.desk_texts.language
    before, after = (change.shown(turn.house, value, language) for value in (change.before, change.value))
    label = words_in(change.field.label, language)
    key = store.log(
        turn.conn,
        order.id,
        Kind.PROPOSED,
        turn.now,
        before=before,
        after=after,
        staff=hand.person.id,
        note=label,
    )
    waits: dict[str, Any] = {
        "id": key,
        "field": change.field.key,
        "value": change.value,
        "label": label,
        "shown": after,
    }
    waits["total"] = _total(change.definition, {**order.answers, change.field.key: change.value})
    store.propose(turn.conn, order, {**waits, "by": hand.person.id, "at": turn.now.isoformat()})
    turn.show("order", number=order.number)


def _question(turn: Turn, order: Order, change: Change) -> Any:  # noqa: ANN401 a saying
    texts = turn.texts
    kept = store.get(turn.conn, order.number)
    waits = kept.proposal if kept and kept.proposal else {}
    action = f"{order.number}:{waits.get('id', 0)}"
    before, after = (change.shown(turn.house, value, texts.language) for value in (change.before, change.value))
    label = words_in(change.field.label, texts.language)
    lines = [
        bold(_about(turn, order, "order_change.ask")),
        plain(texts("order_change.line", label=label, before=before, after=after)),
        *_costs(order, change, texts),
    ]
    agree = Button(texts("order_change.button_agree"), f"mine:{AGREE}:{action}")
    keep = Button(texts("order_change.button_keep"), f"mine:{KEEP}:{action}")
    return say(join(lines), rows(agree, keep))


def _costs(order: Order, change: Change, texts: Texts) -> list[RichText]:
    """Return the line that says what the order would come to, if that is another amount."""
    total = goods.total(change.definition, {**order.answers, change.field.key: change.value})
    if total is None or total == (order.total, order.currency):
        return []
    before = order_states.total_of(order, texts.language) or "–"
    return [plain(texts("order_change.total", before=before, after=money.shown(*total, texts.language)))]


def moment(turn: Turn, order: Order, language: str) -> Moment:
    """Return the circumstances in which an order gets a new answer: what it took itself is there for it."""
    here = replace(form_words.moment_of(turn), language=language, answers=dict(order.answers))
    if here.catalogue is None:
        return here
    own = stock.pieces(order.answers)
    left = {sku: (item.stock or 0) + count for sku, count in own.items() if (item := here.catalogue.item(sku))}
    return replace(here, catalogue=here.catalogue.with_left(left))


def answered(turn: Turn, press: Pressed, number: str, key: str, *, agrees: bool) -> Sayings:
    """Take the customer's word on a change; one that is over by now changes nothing, and they are told so."""
    done: Sayings = [answer_press(press.place, press.press), drop_buttons(press.place, press.message)]
    order = store.get(turn.conn, number, lock=True)
    if order is None or order.conversation_id != turn.conversation.id:
        return [*done, say(turn.texts("order_change.over", number=number))]
    if not _waits(turn, order, key):
        return [*done, say(_about(turn, order, "order_change.over"))]
    if not agrees:
        store.propose(turn.conn, order, None)
        store.log(turn.conn, order.id, Kind.DECLINED, turn.now, note=str((order.proposal or {}).get("label", "")))
        turn.show("order", number=number)
        told = tell_desk(turn.desk_texts("order_change.declined", number=number))
        return [*done, say(_about(turn, order, "order_change.kept")), told]
    return [*done, *_agreed(turn, order)]


def _about(turn: Turn, order: Order, key: str) -> str:
    """Return a sentence to the customer about what they ordered, or asked for."""
    return order_words.sentence(turn.house, turn.texts, order.form, key, number=order.number)


def _waits(turn: Turn, order: Order, key: str) -> bool:
    """Return whether a change still waits: nothing else was proposed, nothing went out, and not too long ago."""
    return str((order.proposal or {}).get("id")) == key and order.waits_for_consent(turn.now)


def _agreed(turn: Turn, order: Order) -> Sayings:
    """Replace the answer, if it will still do, and tell everybody."""
    waits = order.proposal or {}
    definition = turn.house.forms.get(order.form)
    field = next((one for one in fields_of(turn.house, order) if one.key == waits["field"]), None)
    value = waits["value"]
    here = moment(turn, order, turn.conversation.language)
    trouble = rules_of(field).trouble(field, value, here) if field else None
    answers = {**order.answers, waits["field"]: value}
    gone = definition is None or field is None or trouble or lacks(definition, answers, turn.conversation.language)
    if definition is None or field is None or gone or _dearer(definition, answers, waits):
        return _over(turn, order)
    changed = _rewritten(turn, order, definition, answers)
    if changed is None:
        return _over(turn, order)
    store.log(
        turn.conn,
        order.id,
        Kind.CHANGE,
        turn.now,
        before=Change(definition, field, None, value).shown(
            turn.house, order.answers.get(field.key), turn.desk_texts.language
        ),
        after=str(waits.get("shown", "")),
        note=str(waits.get("label", "")),
    )
    order_events.happened(turn, "changed", changed)
    turn.show("order", number=order.number)
    lines: list[RichText] = [bold(_about(turn, order, "order_change.done"))]
    lines += form_words.titled(changed.summary)
    told = {"number": order.number, "label": waits.get("label", ""), "after": waits.get("shown", "")}
    line = order_states.line_of(turn, changed, plain(turn.desk_texts("order_change.agreed", **told)))
    return [say(join(lines)), line]


def _dearer(definition: FormDefinition, answers: Mapping[str, Any], waits: Mapping[str, Any]) -> bool:
    """Return whether the order would come to another total than the one that the customer was shown."""
    return "total" in waits and waits["total"] != _total(definition, answers)


def _total(definition: FormDefinition, answers: Mapping[str, Any]) -> list[Any] | None:
    total = goods.total(definition, answers)
    return list(total) if total else None


def _over(turn: Turn, order: Order) -> Sayings:
    """Drop a change that cannot be made any more, and tell everybody."""
    store.propose(turn.conn, order, None)
    turn.show("order", number=order.number)
    told = tell_desk(turn.desk_texts("order_change.failed", number=order.number))
    return [say(_about(turn, order, "order_change.over")), told]


def _rewritten(turn: Turn, order: Order, definition: FormDefinition, answers: Mapping[str, Any]) -> Order | None:
    """Write the new answers with their summary and total; None when the shelf has not enough for them."""
    language = turn.conversation.language
    state = FormState(definition.key, definition.fingerprint, answers, CONFIRM)
    shown = [
        (row.label, form_words.in_words(turn.house, row.value, language))
        for row in form.summary(definition, state, language)
    ]
    wanted = form.ordered(definition, state)
    if not stock.exchange(turn.conn, turn.house.shelf.catalogue, order.answers, wanted, order.id):
        return None
    return store.rewrite(turn.conn, order, wanted, shown, goods.total(definition, wanted), turn.now)
