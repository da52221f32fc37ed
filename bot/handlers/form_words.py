"""What a form says, as a message: progress, words, rows, help, and the buttons with their actions.

"Step 3 of 9 / Where should it go?" with two answers, and "Back" and "Cancel" below them.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.message import Button, RichText, Rows, bold, join, plain
from bot.domain.ports import Act, Outgoing
from bot.handlers import goods, numbered
from bot.handlers.house import House
from bot.handlers.numbered import Offer
from bot.handlers.turn import Saying, Sayings, Turn, rows, say
from bot.i18n import Texts
from bot.orders.answers import Moment, Row as Line, Words
from bot.orders.definition import FormDefinition, words_in
from bot.orders.form import Say
from bot.orders.store import Order

KEYBOARD = "keyboard"
"""In what the bot waits for: the question asked last brought a keyboard for sharing one's number or place."""
PREFIX = "form:"
"""Of the actions of all buttons that belong to forms; with a form's key alone behind it, it begins that form."""
WIDE = 2
"""Buttons in a row of answers whose labels are short."""
SHORT_LABEL = 18


def moment_of(turn: Turn) -> Moment:
    """Return the circumstances in which the customer answers."""
    local = turn.now.astimezone(ZoneInfo(turn.house.rules.hours.zone))
    return Moment(
        local.date(),
        turn.conversation.language,
        turn.house.settings.orders.region,
        at=local.time().replace(second=0, microsecond=0),
        zone=turn.house.rules.hours.zone,
        name=turn.conversation.name,
        free=frozenset(day.isoformat() for day in turn.house.rules.hours.holidays),
        catalogue=goods.present(turn),
    )


def title_of(turn: Turn, definition: FormDefinition) -> str:
    """Return what a form is called in the customer's language."""
    return words_in(definition.title, turn.conversation.language)


def other_title(house: House, form: str, language: str) -> str:
    """Return what a form besides the one that takes orders is called, empty for that one and for one that is gone."""
    main, definition = house.forms.main, house.forms.get(form)
    other = definition is not None and (main is None or main.key != form)
    return words_in(definition.title, language) if definition is not None and other else ""


def about(turn: Turn, definition: FormDefinition, key: str) -> str:
    """Return a sentence about a form that is filled in: a further one orders nothing, and is called by its title."""
    title = other_title(turn.house, definition.key, turn.conversation.language)
    return turn.texts(f"other.{key}", title=title) if title else turn.texts(key)


def has_number(turn: Turn, definition: FormDefinition, number: str) -> str:
    """Return the sentence that tells a customer the number of what was just made."""
    title = other_title(turn.house, definition.key, turn.conversation.language)
    return turn.texts("form.confirmed_other" if title else "form.confirmed", title=title, number=number)


def head_for_desk(house: House, texts: Texts, order: Order) -> str:
    """Return the first line by which staff hear of an order, a return, a call-back."""
    title = other_title(house, order.form, texts.language)
    return texts("order.for_desk_other" if title else "order.for_desk", title=title, number=order.number)


def label_of(turn: Turn, definition: FormDefinition) -> str:
    """Return what stands on the button that begins a form."""
    if definition is turn.house.forms.main and definition.button == definition.title:
        return turn.texts("button.order")
    return words_in(definition.button, turn.conversation.language)


def message(turn: Turn, definition: FormDefinition, says: Sequence[Say]) -> Saying:
    """Return a step's says as one message; the buttons are the last one's.

    The question stands out, and so does the head of the summary.
    """
    says = [_said_of(turn, definition, one) for one in says]
    parts: list[RichText] = []
    can = turn.house.can(turn.conversation.place.channel)
    last = says[-1]
    by_keyboard = not last.choices and (
        (last.request_contact and can.contact_button) or (last.request_location and can.location_button)
    )
    offer = Offer(last) if by_keyboard else numbered.offered(can.buttons, last, lambda said: words(turn, said))
    for one in says:
        said = words(turn, one.words)
        stands_out = one.rows or one.choices or one.moves
        parts += [plain(_step_of(turn, one) if one is last else "") + (bold(said) if stands_out else plain(said))]
        parts += lines(turn, one.rows)
        parts += [plain(one.help)] if one.help else []
    parts += _in_words(turn, offer)
    if offer.meant:
        turn.wait_for(**{**turn.flow, numbered.OFFERS: dict(offer.meant)})
    body = _keyboard(turn, last) if by_keyboard else {}
    if by_keyboard:
        turn.wait_for(**{**turn.flow, KEYBOARD: True})
    body |= {"progress": list(last.progress)} if last.progress else {}
    return say(join(parts), () if by_keyboard else buttons_of(turn, definition, offer.say), **body)


def _said_of(turn: Turn, definition: FormDefinition, one: Say) -> Say:
    """Return what is said with a last button that fits the form.

    The owner's words, if there are any. Else one that orders for money says so (in German § 312j BGB asks for it), and
    only the form that takes orders orders something.
    """
    language = turn.conversation.language
    other = bool(other_title(turn.house, definition.key, language))
    if definition.submit:
        last = Words(text=words_in(definition.submit, language))
    elif other:
        last = Words("form.button.send")
    else:
        last = Words("form.button.pay" if definition.total else "form.button.confirm")
    labels = {"form.button.confirm": last}
    choices = tuple(replace(choice, label=labels.get(choice.label.key, choice.label)) for choice in one.choices)
    said = Words("other.form.cancelled") if other and one.words.key == "form.cancelled" else one.words
    return replace(one, words=said, choices=choices)


def _in_words(turn: Turn, offer: Offer) -> list[RichText]:
    """Return the lines that offer what is no button here: numbered answers, and words that lead elsewhere."""
    parts = [plain(line) for line in offer.lines]
    parts += [plain(turn.texts("form.by_number"))] if offer.lines else []
    return parts + ([plain(turn.texts("form.by_word", words=" · ".join(offer.words)))] if offer.words else [])


def _keyboard(turn: Turn, last: Say) -> dict[str, Any]:
    """Return what a channel with a button for the customer's number or place needs to offer it."""
    beside = [words(turn, move.label) for move in last.moves]
    if last.request_contact:
        return {"ask_contact": turn.texts("form.button.share_phone"), "words": beside}
    return {"ask_location": turn.texts("form.button.share_location"), "words": beside}


def _step_of(turn: Turn, one: Say) -> str:
    """Return the line that says which step this is, where the channel does not show it; the summary is no step."""
    if one.progress is None or turn.house.can(turn.conversation.place.channel).progress:
        return ""
    step, total = one.progress
    return f"{turn.texts('form.progress', step=step, total=total)}\n" if step < total else ""


def buttons_of(turn: Turn, definition: FormDefinition, one: Say) -> Rows:
    """Return the buttons below a question."""
    begins = PREFIX + _mark_of(turn, definition)
    choices = [Button(words(turn, choice.label), begins + choice.action) for choice in one.choices]
    moves = [Button(words(turn, choice.label), begins + choice.action) for choice in one.moves]
    wide = all(len(button.text) <= SHORT_LABEL for button in choices)
    person = Button(turn.texts("button.human"), "human") if one.person else None
    return rows(*choices, width=WIDE if wide else 1) + rows(*moves, width=3) + rows(person)


def _mark_of(turn: Turn, definition: FormDefinition) -> str:
    """Return what a further form's buttons have before their field, so that none does anything in another form."""
    main = turn.house.forms.main
    return "" if main and definition.key == main.key else f"{zlib.crc32(definition.key.encode()) & 0xFFFF:04x}."


def form_of(turn: Turn, action: str) -> tuple[FormDefinition | None, str]:
    """Return the form that a pressed button belongs to, None when it is gone, and the button's action in it."""
    mark, dot, rest = action.partition(":")[0].rpartition(".")
    found = [one for one in turn.house.forms if _mark_of(turn, one) == mark + dot]
    return (found[0] if found else None), rest + action[len(mark + dot + rest) :]


def lines(turn: Turn, given: Iterable[Line]) -> list[RichText]:
    """Return labels and values as lines."""
    return titled((row.label, words(turn, row.value)) for row in given)


def titled(given: Iterable[tuple[str, str]]) -> list[RichText]:
    """Return labels, which stand out, and values as lines."""
    return [bold(f"{label}: ") + value if label else plain(value) for label, value in given]


def words(turn: Turn, said: Words) -> str:
    """Return words as the customer reads them."""
    return words_for(turn, said, turn.conversation.language)


def words_for(turn: Turn, said: Words, language: str) -> str:
    """Return words in a language."""
    return in_words(turn.house, said, language)


def in_words(house: House, said: Words, language: str) -> str:
    """Return words of the form as people read them."""
    if said.parts:
        return "".join(in_words(house, part, language) for part in said.parts)
    return house.texts(language)(said.key, **said.arguments) if said.key else said.text


def keyboard_gone(turn: Turn, before: Mapping[str, Any], *, then: Saying) -> Sayings:
    """Return what is said next, behind a word that takes the keyboard of the question before along.

    A message with buttons of its own cannot take a keyboard away (Bot API, sendMessage: one reply_markup), and a
    typed answer leaves it standing under the questions that follow. `before` is what the bot waited for until now.
    """
    if not before.get(KEYBOARD) or not then.outgoing.body.get("buttons"):
        return [then]
    return [without_keyboard(say(turn.texts("form.noted"))), then]


def without_keyboard(saying: Saying) -> Saying:
    """Return words that take the button for sharing one's number away."""
    outgoing = Outgoing(Act.SAY, {**saying.outgoing.body, "remove_keyboard": True})
    return Saying(outgoing, content=saying.content)
