"""What a customer sets right in words of what was understood, and goods that are added to a form that rests.

"no, 2 biscuits" makes two, "change the name to Jo Vogt" and "0301234567" go where they belong, and "the time" is
asked anew. What cannot be taken says why, in the words of its field. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.orders.answers import Accepted, Begun, Moment, Refused, Value, Words
from bot.orders.cart import cart_of, goes_on, lines_of, values
from bot.orders.definition import FormDefinition
from bot.orders.fields import Field
from bot.orders.items import value_said
from bot.orders.kinds import rules_of
from bot.orders.state import FormState, next_field
from bot.orders.understood import goods_in, understood
from bot.orders.words import fold

ITEMS, TYPED_ALONE = "items", ("phone", "email")
_LEADING = re.compile(
    r"^(?:no|nope|nein|ne|нет|не|please|bitte|пожалуйста|change|make|set|correct|replace|i want|i'd like|andere?n?|"
    r"ändere?n?|aendere?n?|mach|korrigiere|ersetze|ich möchte|измените|изменить|измени|поменяйте|поменять|исправьте|"
    r"исправить|сделайте|хочу|it|that|the|my|its|it's|is|es|das|die|der|den|meinen?|auf|в|мой|мою|моё|wrong|falsch|"
    r"неверно|неверный|but|sondern|а|should be|must be|to)\b[\s,:.!–-]*",
    re.IGNORECASE,
)
_LINKING = re.compile(
    r"^\s*(?:is|are|should be|to|:|=|-|–|ist|auf|zu|lautet|soll|на)?\s*(?:be|is)?\s*:?\s*", re.IGNORECASE
)
_TO_A_NUMBER = re.compile(r"\s+(?:to|auf|на|sollen|should be|instead)\s+(?=\S+$)", re.IGNORECASE)
_NONE_OF = re.compile(
    r"^(?:no|without|remove|delete|take out|ohne|keine?n?|entferne?n?|lösche?n?|без|убрать|уберите|удалите)\s+(?!.*\d)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Corrected:
    """What came of a correction.

    Attributes:
        state: with it.
        keys: of the fields that say something else now; one that is begun is asked next.
        asked: the field that shall be asked anew.
        refused: why it cannot be taken.
    """

    state: FormState
    keys: tuple[str, ...] = ()
    asked: str = ""
    refused: Words | None = None


def corrected(definition: FormDefinition, state: FormState, text: str, moment: Moment) -> Corrected | None:
    """Return what words set right, None where they fit nothing."""
    here = replace(moment, answers=state.answers)
    bare = _bare(text)
    goods = _goods(definition, state, text, bare, here)
    return goods or _named(definition, state, bare, here) or _fitting(definition, state, bare, here)


def _bare(text: str) -> str:
    """Return words without those that only say that something is to be changed."""
    before, text = "", " ".join(text.split())
    while text != before:
        before, text = text, _LEADING.sub("", text)
    return text


def _goods(definition: FormDefinition, state: FormState, text: str, bare: str, moment: Moment) -> Corrected | None:
    """Return a cart with other pieces of what words name surely."""
    field, shop = _items_of(definition), moment.catalogue
    if field is None or shop is None:
        return None
    cart, without = cart_of(_cart_before(field, state, moment)), _NONE_OF.sub("", text)
    meant = value_said(field, _TO_A_NUMBER.sub(" ", bare), shop)
    counted = lines_of(meant) or ()
    if without != text and (gone := lines_of(value_said(field, f"1 {without}", shop))):
        for line in gone:
            cart = cart.without(line.sku)
        return _in_cart(field, state, cart.to_value()) if cart.lines else Corrected(state, asked=field.key)
    if not counted:
        return None
    for line in counted:
        cart = cart.with_line(line)
    taken = {line.sku for line in counted}
    return _in_cart(field, state, replace(cart, asks=_open(cart.asks, taken)).to_value())


def _open(asks: tuple, taken: set[str]) -> tuple:  # type: ignore[type-arg]
    return tuple(ask for ask in asks if not taken & {ask.sku, *ask.skus})


def _in_cart(field: Field, state: FormState, cart: Value) -> Corrected:
    """Return a cart where the form has it: as its answer, or as what was said so far."""
    if field.key in state.answers and not cart_of(cart).asks:
        return Corrected(
            replace(state, answers={**state.answers, field.key: list(values(cart_of(cart).lines))}), (field.key,)
        )
    if state.current == field.key:
        return Corrected(replace(state, so_far=cart), (field.key,))
    return Corrected(replace(state, begun={**state.begun, field.key: cart}), (field.key,))


def _cart_before(field: Field, state: FormState, moment: Moment) -> Value | None:
    if state.current == field.key and state.so_far is not None:
        return state.so_far
    value = state.answers.get(field.key)
    return rules_of(field).opened(field, value, moment) if value is not None else state.begun.get(field.key)


def _named(definition: FormDefinition, state: FormState, text: str, moment: Moment) -> Corrected | None:
    """Return what is said of a field that words begin with: "name: Jo Vogt"; alone it is asked anew."""
    for field in definition.fields:
        for label in field.label.values():
            if not fold(text).startswith(fold(label)) or text[len(label) : len(label) + 1].isalnum():
                continue
            said = _LINKING.sub("", text[len(label) :]).strip(" .!")
            if not said or fold(said) in {"wrong", "falsch", "неверно", "неверный", "andern", "изменить", "is wrong"}:
                return Corrected(state, asked=field.key)
            return _read(field, state, said, moment)
    return None


def _read(field: Field, state: FormState, said: str, moment: Moment) -> Corrected:
    match rules_of(field).read(field, said, moment):
        case Accepted(value):
            return Corrected(replace(state, answers={**state.answers, field.key: value}), (field.key,))
        case Begun(value):
            answers = {key: one for key, one in state.answers.items() if key != field.key}
            if state.current == field.key:
                return Corrected(replace(state, answers=answers, so_far=value), (field.key,))
            return Corrected(replace(state, answers=answers, begun={**state.begun, field.key: value}), (field.key,))
        case Refused(words):
            return Corrected(state, refused=words)


def _fitting(definition: FormDefinition, state: FormState, text: str, moment: Moment) -> Corrected | None:
    """Return what is surely said of any field: a time, an address, a way of delivery, a number that is typed alone."""
    found = understood(definition, text, moment)
    answers = {key: value for key, value in found.answers.items() if _kind(definition, key) != ITEMS}
    begun = {key: value for key, value in found.begun.items() if _kind(definition, key) != ITEMS}
    if answers or begun:
        kept = {key: value for key, value in {**state.answers, **answers}.items() if key not in begun}
        so_far = begun.pop(state.current, state.so_far)
        changed = replace(state, answers=kept, begun={**state.begun, **begun}, so_far=so_far)
        return Corrected(changed, (*answers, *begun, *(found.begun.keys() & {state.current})))
    if found.remarks:
        return Corrected(state, refused=found.remarks[0])
    figures = sum(map(str.isdigit, text)) > sum(map(str.isalpha, text)) and len(text) > 3  # noqa: PLR2004 shorter is a count
    wanted = TYPED_ALONE[:1] if figures else TYPED_ALONE[1:] if "@" in text else ()
    typed = [field for field in definition.fields if field.kind.value in wanted]
    return _read(typed[0], state, text, moment) if len(typed) == 1 else None


def _kind(definition: FormDefinition, key: str) -> str:
    field = definition.field(key)
    return field.kind.value if field else ""


def _items_of(definition: FormDefinition) -> Field | None:
    return next((field for field in definition.fields if field.kind.value == ITEMS), None)


def asked_anew(definition: FormDefinition, state: FormState, key: str) -> FormState:
    """Return the state with one field to be asked next; what was begun of it, and of the present one, is kept."""
    answers: Mapping[str, Value | None] = {one: value for one, value in state.answers.items() if one != key}
    begun = dict(state.begun)
    if state.current != key and state.so_far is not None:
        begun[state.current] = state.so_far
    so_far = state.so_far if state.current == key else begun.pop(key, None)
    if so_far is None and key not in state.answers:
        return replace(state, answers=answers, current=next_field(definition, answers))
    return replace(state, answers=answers, current=key, so_far=so_far, begun=begun)


def with_goods(definition: FormDefinition, state: FormState, text: str, moment: Moment) -> FormState | None:
    """Return a form that rested with goods that were wished for meanwhile in its cart; None for none."""
    field = _items_of(definition)
    if field is None:
        return None
    here = replace(moment, answers=state.answers)
    before = _cart_before(field, state, here)
    match rules_of(field).read(field, goods_in(definition, text, moment), replace(here, so_far=before)):
        case Begun(cart) if goes_on(before, cart):
            opened = asked_anew(definition, replace(state, begun={**state.begun, field.key: cart}), field.key)
            return replace(opened, current=field.key, so_far=cart)
    return None
