"""A change of an order that staff propose to its customer.

Only one tin is left. Olga writes "/order S-1042 change quantity 1"; Anna reads what would change and what it comes to,
with two buttons. Several fields go in one proposal: "change delivery pick-up; window tomorrow 14-18". Whatever would
leave an order that the form itself would not take is refused, with the line that could be written instead.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.domain.message import Button, RichText, bold, join, plain
from bot.handlers import desk, form_words, goods, order_states, order_words
from bot.handlers.desk import Done, Hand, Outcome, Refusal
from bot.handlers.house import House
from bot.handlers.order_states import PROPOSAL
from bot.handlers.turn import Saying, Turn, rows, say
from bot.i18n import Texts
from bot.orders import money, revision, status, stock, store
from bot.orders.answers import Moment, Value
from bot.orders.cart import Line, lines_of
from bot.orders.definition import FormDefinition
from bot.orders.fields import Field
from bot.orders.kinds import rules_of
from bot.orders.revision import Edit, Revised, Unfit, Wish
from bot.orders.staff_words import BY_CUSTOMER, label_of
from bot.orders.state import visible
from bot.orders.store import Kind, Order

AGREE, KEEP = "agree", "keep"
_BETWEEN = re.compile(r"[;\n]")


def fields_of(house: House, order: Order) -> list[Field]:
    """Return what of an order can be changed at present, its form's own order kept."""
    definition = house.forms.get(order.form)
    if definition is None or order.stands not in status.OPEN or revision.kept_goods(definition, order.answers):
        return []
    return [one for one in visible(definition, order.answers) if one.kind not in BY_CUSTOMER]


def labels(house: House, order: Order, language: str) -> list[str]:
    """Return what of an order can be changed, as its summary names it."""
    return [label_of(one, language) for one in fields_of(house, order)]


def not_at_all(house: House, texts: Texts, order: Order) -> str:
    """Return why nothing of an order can be changed, empty where something can."""
    definition = house.forms.get(order.form)
    if order.stands not in status.OPEN:
        return texts("order_change.not_now", number=order.number, now=order_words.for_staff(house, texts, order))
    if definition is None:
        return texts("order_change.form_gone", number=order.number)
    if revision.kept_goods(definition, order.answers):
        return texts("order_change.goods_gone", number=order.number)
    return ""


def propose_in_words(hand: Hand, order: Order, words: str) -> Outcome:
    """Propose what somebody wrote: names of fields, in any language, each with its new answer; or take it back."""
    house, texts = hand.turn.house, hand.turn.house.texts(hand.person.language)
    if _takes_back(house, words):
        return withdraw(hand, order.number)
    definition = house.forms.get(order.form)
    trouble = not_at_all(house, texts, order)
    if definition is None or trouble:
        return Refusal(trouble)
    wishes = wishes_in(definition, words)
    if not wishes:
        fields = ", ".join(labels(house, order, texts.language))
        return Refusal(texts("order_change.which", number=order.number, fields=fields))
    return _propose(hand, order.number, wishes, typed=True)


def _takes_back(house: House, words: str) -> bool:
    said = words.strip(" .!").lower()
    return any(said in house.catalogues[code]("order_change.withdraw_words").split("|") for code in house.catalogues)


def propose(hand: Hand, number: str, key: str, text: str) -> Outcome:
    """Ask the customer whether an answer of their order may be another one.

    Args:
        hand: who proposes it; the conversation is the order's.
        number: of the order.
        key: of the field.
        text: the new answer as somebody typed it, perhaps with further fields and theirs behind a semicolon.
    """
    house, texts = hand.turn.house, hand.turn.house.texts(hand.person.language)
    order = _of(hand.turn, number)
    if order is None:
        return Refusal(texts("order_desk.unknown", number=number))
    definition = house.forms.get(order.form)
    trouble = not_at_all(house, texts, order)
    if definition is None or trouble:
        return Refusal(trouble)
    wishes = wishes_in(definition, f"{key} {text}")
    if not wishes or wishes[0].field.key != key:
        return hand.refuse("web.not_found")
    return _propose(hand, number, wishes, typed=False)


def wishes_in(definition: FormDefinition, words: str) -> list[Wish]:
    """Return the fields that words name, each with what is behind it; none when they begin with no field's name."""
    found: list[Wish] = []
    for part in _BETWEEN.split(words):
        wish = _wish_in(definition, part.strip())
        if wish is not None and all(one.field is not wish.field for one in found):
            found.append(wish)
        elif found and part.strip():  # a comment may have a semicolon
            found[-1] = replace(found[-1], text=f"{found[-1].text}; {part.strip()}".removeprefix("; "))
        elif part.strip():
            return []
    return found


def _wish_in(definition: FormDefinition, words: str) -> Wish | None:
    said = words.lower()
    names = ((name.lower(), field) for field in definition.fields for name in (field.key, *field.label.values()))
    fits = [
        (name, field)
        for name, field in names
        if name and said.startswith(name) and not said[len(name) : len(name) + 1].isalnum()
    ]
    if not fits:
        return None
    name, field = max(fits, key=lambda one: len(one[0]))
    return Wish(field, words[len(name) :].strip(" :=→"))


def _of(turn: Turn, number: str) -> Order | None:
    order = store.get(turn.conn, number, lock=True)
    return order if order and order.conversation_id == turn.conversation.id else None


def _propose(hand: Hand, number: str, wishes: Sequence[Wish], *, typed: bool) -> Outcome:
    """Keep a proposal for the customer, who is asked; an earlier one is overtaken by it.

    With `typed` it was written as a command, else in the console's form.
    """
    turn, texts = hand.turn, hand.turn.house.texts(hand.person.language)
    order = _of(turn, number)
    definition = turn.house.forms.get(order.form) if order else None
    if order is None or definition is None:
        return Refusal(texts("order_desk.unknown", number=number))
    refusal = desk.not_yours(hand, turn.ticket) or _cannot_hear(hand)
    if refusal:
        return refusal
    found = revision.revised(definition, order.answers, wishes, moment(turn, order, texts.language))
    if isinstance(found, Unfit):
        return Refusal(_why_not(hand, definition, number, wishes, found, typed=typed))
    key = _keep(hand, order, definition, found, [wish.field.key for wish in wishes])
    hand.sayings += order_states.question_over(turn, order)
    hand.sayings.append(_question(turn, order, definition, found, key))
    lines = [texts("order_change.proposed", number=number), *shown(turn.house, order, definition, found, texts)]
    if order.proposal:
        lines.append(texts("order_change.replaces", what=said_of(order.proposal)))
    told = "\n".join(lines)
    hand.tell_topic("order_change.proposed_elsewhere", text=told)
    hand.sayings += order_states.lines_now(turn, store.get(turn.conn, number) or order)
    return hand.finish(Done(told))


def _cannot_hear(hand: Hand) -> Refusal | None:
    if hand.turn.conversation.blocked:
        return hand.refuse("desk.blocked")
    return desk.not_to_banned(hand) if hand.turn.conversation.banned else None


def _why_not(
    hand: Hand, definition: FormDefinition, number: str, wishes: Sequence[Wish], unfit: Unfit, *, typed: bool
) -> str:
    """Return why it cannot be proposed so, and what could be."""
    house, texts = hand.turn.house, hand.turn.house.texts(hand.person.language)
    said = [form_words.in_words(house, one, texts.language) for one in unfit.words]
    if unfit.before or unfit.behind:
        (first, value), *rest = [*unfit.before, *((one.field.key, one.text) for one in wishes), *unfit.behind]
        line = "; ".join([value, *(f"{key} {text}" for key, text in rest)])
        field = definition.field(first)
        label = label_of(field, texts.language) if field else first
        here = texts("order_change.write_in_console", label=label, line=line)
        said.append(texts("order_change.write", number=number, line=f"{first} {line}") if typed else here)
    return " ".join(said)


def _keep(hand: Hand, order: Order, definition: FormDefinition, found: Revised, keys: Sequence[str]) -> int:
    """Write down what waits for the customer."""
    turn, texts = hand.turn, hand.turn.desk_texts
    changes, key = list[dict[str, Any]](), 0
    for edit in found.edits:
        before, after = (value_shown(turn.house, edit.field, one, texts.language) for one in (edit.before, edit.after))
        label = label_of(edit.field, texts.language)
        by, kind = hand.person.id, Kind.PROPOSED
        key = store.log(turn.conn, order.id, kind, turn.now, before=before, after=after, staff=by, note=label)
        if edit.field.key in keys:
            changes.append({"field": edit.field.key, "value": edit.after, "label": label, "shown": after})
    waits: dict[str, Any] = {"id": key, "changes": changes, "total": total(definition, found.answers)}
    waits |= {"label": ", ".join(one["label"] for one in changes), "shown": "; ".join(one["shown"] for one in changes)}
    store.propose(turn.conn, order, {**waits, "by": hand.person.id, "at": turn.now.isoformat()})
    turn.show("order", number=order.number)
    return key


def said_of(proposal: Mapping[str, Any]) -> str:
    """Return what a proposal would change, in a line for staff."""
    changes = proposal.get("changes") or [proposal]
    return "; ".join(f"{one.get('label', '')}: {one.get('shown', '')}" for one in changes)


def changed_by(proposal: Mapping[str, Any]) -> dict[str, Value | None]:
    """Return the answers that a proposal would put in, by field; one of an earlier release has one."""
    return {one["field"]: one["value"] for one in proposal.get("changes") or [proposal]}


def value_shown(house: House, field: Field, value: Value | None, language: str) -> str:
    """Return an answer as people read it, in one line."""
    if value is None:
        return "–"
    said = form_words.in_words(house, rules_of(field).show(field, value, language), language)
    return ", ".join(line.strip() for line in said.splitlines() if line.strip())


def shown(house: House, order: Order, definition: FormDefinition, found: Revised, texts: Texts) -> list[str]:
    """Return the lines that tell what would change: each field, a cart as a whole, and what it comes to."""
    lines = [line for edit in found.edits for line in _shown(house, edit, texts)]
    after = goods.total(definition, {key: value for key, value in found.answers.items() if value is not None})
    if after is not None and (after != (order.total, order.currency) or _of_carts(found)):
        before = order_states.total_of(order, texts.language) or "–"
        lines.append(texts("order_change.total", before=before, after=money.shown(*after, texts.language)))
    return lines


def _of_carts(found: Revised) -> bool:
    return any(lines_of(edit.after) for edit in found.edits)


def _shown(house: House, edit: Edit, texts: Texts) -> list[str]:
    label = label_of(edit.field, texts.language)
    had, has = lines_of(edit.before) or (), lines_of(edit.after) or ()
    if len(had) <= 1 and len(has) <= 1:
        before, after = (value_shown(house, edit.field, one, texts.language) for one in (edit.before, edit.after))
        return [texts("order_change.line", label=label, before=before, after=after)]
    away = [line for line in had if line.sku not in {one.sku for one in has}]
    gone = ", ".join(_line(house, one, texts) for one in away)
    lines = [texts("order_change.cart", label=label), *(_line(house, one, texts) for one in has)]
    return [*lines, *([texts("order_change.goes", items=gone)] if gone else [])]


def _line(house: House, line: Line, texts: Texts) -> str:
    return form_words.in_words(house, line.words(texts.language), texts.language)


def _question(turn: Turn, order: Order, definition: FormDefinition, found: Revised, key: int) -> Saying:
    texts = turn.texts
    lines: list[RichText] = [bold(about(turn, order, "order_change.ask"))]
    lines += [plain(one) for one in shown(turn.house, order, definition, found, texts)]
    return say(join(lines), consent_buttons(turn, order, key), **{PROPOSAL: order.number})


def consent_buttons(turn: Turn, order: Order, key: int) -> Any:  # noqa: ANN401 rows of buttons
    """Return the two answers to a proposal."""
    action = f"{order.number}:{key}"
    agree = Button(turn.texts("order_change.button_agree"), f"mine:{AGREE}:{action}")
    return rows(agree, Button(turn.texts("order_change.button_keep"), f"mine:{KEEP}:{action}"))


def withdraw(hand: Hand, number: str) -> Outcome:
    """Take back a proposal that waits; its customer is told."""
    turn, texts = hand.turn, hand.turn.house.texts(hand.person.language)
    order = _of(turn, number)
    if order is None:
        return Refusal(texts("order_desk.unknown", number=number))
    refusal = desk.not_yours(hand, turn.ticket)
    if refusal:
        return refusal
    if not order.proposal:
        return Refusal(texts("order_change.nothing_waits", number=number))
    store.propose(turn.conn, order, None)
    note = str(order.proposal.get("label", ""))
    store.log(turn.conn, order.id, Kind.RETRACTED, turn.now, staff=hand.person.id, note=note)
    turn.show("order", number=number)
    hand.sayings += order_states.question_over(turn, order)
    if not (turn.conversation.blocked or turn.conversation.banned):
        hand.sayings.append(say(about(turn, order, "order_change.withdrawn")))
    hand.tell_topic("order_change.withdrawn_elsewhere", number=number, what=said_of(order.proposal))
    hand.sayings += order_states.lines_now(turn, store.get(turn.conn, number) or order)
    return hand.finish(Done(texts("order_change.withdrawn_done", number=number, what=said_of(order.proposal))))


def about(turn: Turn, order: Order, key: str) -> str:
    """Return a sentence to the customer about what they ordered, or asked for."""
    return order_words.sentence(turn.house, turn.texts, order.form, key, number=order.number)


def total(definition: FormDefinition, answers: Mapping[str, Any]) -> list[Any] | None:
    """Return what answers come to, as JSON keeps it."""
    found = goods.total(definition, {key: value for key, value in answers.items() if value is not None})
    return list(found) if found else None


def moment(turn: Turn, order: Order, language: str) -> Moment:
    """Return the circumstances in which an order gets a new answer: what it took itself is there for it."""
    here = replace(form_words.moment_of(turn), language=language, answers=dict(order.answers))
    if here.catalogue is None:
        return here
    own = stock.pieces(order.answers)
    left = {sku: (item.stock or 0) + count for sku, count in own.items() if (item := here.catalogue.item(sku))}
    return replace(here, catalogue=here.catalogue.with_left(left))
