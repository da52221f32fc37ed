"""What a message says of a form beside the answer that was asked for, and whether it wishes to order at all.

"I'd like two boxes of sencha to Berlin tomorrow, Anna, 0170 1234567" names an option, and what `slots_for` finds. What
is found is shown before it is taken; what is doubtful is asked for as ever.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field as having, replace

from bot.orders.answers import Accepted, Begun, Moment, Refused, Row, Shared, Typed, Value, Words
from bot.orders.definition import CONFIRM, FormDefinition
from bot.orders.fields import Field, Kind, words_in
from bot.orders.first_message import slots_for
from bot.orders.items_said import read_items
from bot.orders.kinds import rules_of
from bot.orders.slot_words import DOUBTING
from bot.orders.state import FormState, next_field, visible
from bot.orders.wishes import remark
from bot.orders.words import word_set, words_of

WANTING = word_set("""
    want wanna like order buy need take get send
    mochte moechte hatte haette bestelle bestellen kaufe kaufen brauche nehme will schicken
    хочу хотел хотела хотелось закажу заказать куплю купить возьму нужно нужна нужен нужны надо можно
""")
UNWANTED = DOUBTING | word_set("""
    don't wrong broken complain returning back instead kaputt falsch zuruckgeben rucksendung umtauschen
    сломан обмен обменять
""")
"""With one of these a message may tell of trouble, or of what is not wanted."""
LITTLE = word_set("""
    a an the to at by in on of for from with without via our your
    der die das den dem des ein eine an am auf aus bei im in mit nach ohne per von vom zu zum zur
    в во до из к на о от по с со у для через без
""")
FRAMING = LITTLE | word_set("""
    my name is phone number tel telephone mobile call me it's and please
    mein meine name ist lautet telefon nummer handy ich heisse bin und bitte
    меня зовут имя мой номер телефон телефона это и пожалуйста
""")
"""Words around an answer that name no goods."""
LONGEST = 500
SHORTEST_WORD = 4
SHORTEST_PHONE = 7
"""Digits from which on a figure is more likely a phone number."""
MANY = 3
"""So many things said at once are an order, also without a word of wanting."""
OPTIONS, ITEMS = {"choice", "delivery"}, "items"
Answered = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Understood:
    """What a message says of a form.

    Attributes:
        answers: field key -> an answer that may stand.
        begun: field key -> a part of an answer, from which the field goes on.
        named: it names something that can be ordered.
        remarks: why a time that is wished for cannot be had, and which come nearest.
        rest: the words that say something else.
    """

    answers: Mapping[str, Value] = having(default_factory=dict)
    begun: Mapping[str, Value] = having(default_factory=dict)
    named: bool = False
    remarks: tuple[Words, ...] = ()
    rest: str = ""

    @property
    def count(self) -> int:
        """How many fields it says something of."""
        return len(self.answers) + len(self.begun)


def understood(definition: FormDefinition, text: str, moment: Moment) -> Understood:
    """Return what a message surely says of a form; nothing of one that is long."""
    if len(text) > LONGEST:
        return Understood()
    first = slots_for(definition, text, moment, moment.region)
    answers, begun, named = dict(first.answers), dict(first.begun), False
    goods = _without_options(definition, first.rest)
    for field in definition.fields:
        if field.kind.value in OPTIONS and (option := named_option(field, first.rest)):
            answers[field.key] = option
            named = named or field is definition.fields[0]
        elif field.kind.value == ITEMS:
            named |= _items(field, goods, moment, answers, begun)
    for field in definition.fields:  # in the form's order: the hours may depend on the way of delivery
        here = replace(moment, answers=answers)
        if field.key in answers and rules_of(field).trouble(field, answers[field.key], here):
            del answers[field.key]
    remarks = (*first.remarks, *_times(definition, first.times, moment, answers, begun))
    return Understood(answers, begun, named, remarks, first.rest)


def goods_in(definition: FormDefinition, text: str, moment: Moment) -> str:
    """Return the words of a message that may name goods: those that no other field takes."""
    return _without_options(definition, slots_for(definition, text, moment, moment.region).rest)


def _times(
    definition: FormDefinition, said: Mapping[str, str], moment: Moment, answers: Answered, begun: Answered
) -> tuple[Words, ...]:
    """Read times again by the way of delivery that is known by now; return what has to be said about them."""
    remarks = list[Words]()
    for field in (field for field in definition.fields if field.key in said):
        answers.pop(field.key, None)
        here = replace(moment, answers={**moment.answers, **answers})
        match rules_of(field).read(field, said[field.key], here):
            case Accepted(value, None):
                answers[field.key] = value
            case Begun(value):
                begun[field.key] = value
            case Refused() as refused:
                if refused.wish is not None:
                    begun[field.key] = refused.wish
                remarks += remark(field, refused, here)
    return tuple(remarks)


def _items(field: Field, text: str, moment: Moment, answers: dict[str, Value], begun: dict[str, Value]) -> bool:
    """Add the items that a text names; return whether it names any."""
    match rules_of(field).read(field, text, moment):
        case Accepted(value):
            answers[field.key] = value
        case Begun(value):
            begun[field.key] = value
        case _:
            return False
    return moment.catalogue is None or any(not one.vague for one in read_items(text, moment.catalogue).wanted)


def named_option(field: Field, text: str) -> str:
    """Return the one option of which a word that no other option has stands in a text; empty for none or several."""
    said = set(words_of(text))
    known = {
        option.key: {word for label in option.label.values() for word in _naming(label)} for option in field.options
    }
    named = []
    for key, words in known.items():
        others = set[str]().union(*(those for other, those in known.items() if other != key))
        if any(word in said for word in words - others if len(word) >= SHORTEST_WORD and word.isalpha()):
            named.append(key)
    return named[0] if len(named) == 1 else ""


def _without_options(definition: FormDefinition, text: str) -> str:
    """Return a text without the words that name a way of delivery: "nach Hause" makes no goods doubtful."""
    for field in definition.fields:
        option = field.option(named_option(field, text)) if field.kind.value in OPTIONS else None
        naming = {word for label in option.label.values() for word in _naming(label)} if option else set()
        for word in sorted((one for one in naming if len(one) >= SHORTEST_WORD), key=len, reverse=True):
            before = rf"(?:\b(?:{'|'.join(LITTLE)}|my|mir|uns|me|them)\s+)*"
            text = re.sub(rf"{before}\b{re.escape(word)}\b", " ", text, flags=re.IGNORECASE)
    return " ".join(text.split()).replace(" ,", ",").strip(" ,;")


def _naming(label: str) -> Iterator[str]:
    """Yield the words that mean an option: "pick-up" of "Pick-up in the shop", as "in the shop" is no way to get it."""
    for stretch in re.split(r"[,;:()/]", label):
        words = words_of(stretch)
        starts = next((place for place, word in enumerate(words) if word not in LITTLE), len(words))
        ends = next((place for place in range(starts, len(words)) if words[place] in LITTLE), len(words))
        yield from words[starts:ends]


def wishes(text: str, found: Understood, *, offered: bool = False) -> bool:
    """Return whether a message wishes to order.

    Args:
        text: the message.
        found: what it says of the form.
        offered: the FAQ's sure answer to it leads to the form.
    """
    said = words_of(text)
    if "?" in text or not UNWANTED.isdisjoint(said):
        return False
    wants = not WANTING.isdisjoint(said)
    return (wants and found.named) or found.count >= MANY or (offered and found.count > 1)


def begun_with(definition: FormDefinition, found: Understood, known: Mapping[str, Value | None]) -> FormState:
    """Return a form that has what was found beside what is known."""
    answers = {**known, **found.answers}
    current = next_field(definition, answers)
    begun = {key: value for key, value in found.begun.items() if key != current}
    so_far = found.begun.get(current)
    return FormState(definition.key, definition.fingerprint, answers, current, so_far=so_far, begun=begun)


def added(definition: FormDefinition, state: FormState, given: Typed, moment: Moment) -> tuple[FormState, list[str]]:
    """Return the state with all that an answer says, and the keys of what it says beside the question.

    The state is as it was, and no key is named, unless the question itself is answered among them.
    """
    found = understood(definition, given.text, replace(moment, answers=state.answers))
    more = {key: value for key, value in found.answers.items() if key not in state.answers}
    if state.editing or state.so_far is not None or state.current not in more or len(more) == 1:
        return state, []
    answers = {**state.answers, **more}
    current = next_field(definition, answers)
    went_on = replace(state, answers=answers, current=current, so_far=found.begun.get(current))
    return went_on, [key for key in more if key != state.current]


def filled_beside(
    definition: FormDefinition, state: FormState, given: Shared, moment: Moment
) -> tuple[FormState, str] | None:
    """Return the state with a shared number in the field that takes it, and that field's key; None where none does."""
    for field in definition.fields:
        if field.key in state.answers or field.kind is not Kind.PHONE:
            continue
        reading = rules_of(field).sent(field, given, replace(moment, answers=state.answers))
        if isinstance(reading, Accepted):
            return replace(state, answers={**state.answers, field.key: reading.value}), field.key
    return None


@dataclass(frozen=True, slots=True)
class Noted:
    """What somebody said of later questions instead of an answer to the present one.

    Attributes:
        state: with all of it.
        keys: of the fields that it answers or begins.
        remarks: why a time cannot be had.
        alone: nothing else was said.
    """

    state: FormState
    keys: tuple[str, ...] = ()
    remarks: tuple[Words, ...] = ()
    alone: bool = True


def noted(definition: FormDefinition, state: FormState, text: str, moment: Moment) -> Noted:
    """Return what a text that does not answer the present question clearly says of those that come later."""
    keys = [field.key for field in visible(definition, state.answers, undecided=True)]
    if state.editing or state.current not in keys or _is_a_figure(definition.field(state.current), text):
        return Noted(state)
    later = keys[keys.index(state.current) + 1 :]
    found = understood(definition, text, replace(moment, answers=state.answers))
    answers = {key: value for key, value in found.answers.items() if key in later and key not in state.answers}
    begun = {key: value for key, value in found.begun.items() if key in later and key not in state.answers}
    if not answers and not begun:
        return Noted(state)
    went_on = replace(state, answers={**state.answers, **answers}, begun={**state.begun, **begun})
    if way := _way_implied(definition, state.current, (*answers, *begun)):
        chosen = {**went_on.answers, state.current: way}
        current = next_field(definition, chosen)
        went_on = replace(went_on, answers=chosen, current=current, so_far=went_on.begun.get(current))
    alone = FRAMING.issuperset(words_of(found.rest))
    return Noted(went_on, (*answers, *begun), found.remarks, alone)


def _way_implied(definition: FormDefinition, current: str, keys: Collection[str]) -> str:
    """Return the way of delivery that alone asks for an address, where the way is asked and an address was given."""
    asked = definition.field(current)
    if asked is None or asked.kind is not Kind.DELIVERY:
        return ""
    given = [definition.field(key) for key in keys]
    ways = {way for one in given if one and one.kind is Kind.ADDRESS for way in one.show_if.get(current, ())}
    return ways.pop() if len(ways) == 1 else ""


def _is_a_figure(field: Field | None, text: str) -> bool:
    """Return whether a field that counts was given a figure, right or wrong: "2.5" pieces are no second of May."""
    counts = field is not None and field.kind in (Kind.ITEMS, Kind.NUMBER, Kind.MONEY)
    digits = sum(map(str.isdigit, text))
    return counts and digits < SHORTEST_PHONE and not any(map(str.isalpha, text))


def begun_rows(definition: FormDefinition, state: FormState, moment: Moment) -> tuple[Row, ...]:
    """Return what is known of answers that are given in parts: a cart's goods, the town of an address."""
    begun = dict(state.begun) | ({state.current: state.so_far} if state.so_far is not None else {})
    rows = list[Row]()
    for field in definition.fields:
        if field.key in begun and field.key not in state.answers and field.kind.value != CONFIRM:
            label, here = words_in(field.label, moment.language), replace(moment, answers=state.answers)
            known = rules_of(field).prompt(field, replace(here, so_far=begun[field.key])).rows
            rows += [Row(row.label or label, row.value) for row in known]
    return tuple(rows)


def rows_of(definition: FormDefinition, answers: Mapping[str, Value | None], language: str) -> tuple[Row, ...]:
    """Return answers as people read them, also of fields that are not called for yet."""
    return tuple(
        Row(words_in(field.label, language), rules_of(field).show(field, value, language))
        for field in definition.fields
        if (value := answers.get(field.key)) is not None
    )
