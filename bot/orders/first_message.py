"""What a first message says of a form: its slots, each read by the rules of the field that they belong to.

"Two boxes to Berlin tomorrow after six, Anna" begins an order with a quantity, a day and a name; of the address only
the town is known, so that field goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field as having

from bot.orders.answers import Accepted, Begun, Moment, Refused, Value, Words
from bot.orders.definition import FormDefinition
from bot.orders.fields import Field
from bot.orders.kinds import rules_of
from bot.orders.phones import regions_for
from bot.orders.slot_words import ACCUSATIVE
from bot.orders.slots import Slot, SlotKind, find_slots, without_slots
from bot.orders.words import fold

_SLOTS_OF: dict[str, tuple[SlotKind, ...]] = {
    "date": (SlotKind.WINDOW,),
    "window": (SlotKind.WINDOW,),
    "phone": (SlotKind.PHONE,),
    "email": (SlotKind.EMAIL,),
    "number": (SlotKind.QUANTITY,),
    "address": (SlotKind.ADDRESS, SlotKind.TOWN),
    "person": (SlotKind.NAME,),
}
"""The slots that a field of a kind can take, the fullest first."""
_PLACE = "postcode"
"""A text that needs one is an address."""
_NAME = "name"
"""The key of a text that is a name."""
_ITEMS = "items"


@dataclass(frozen=True, slots=True)
class FirstMessage:
    """What a message says of a form.

    Attributes:
        answers: field key -> an answer that its field takes as it is.
        begun: field key -> the part of an answer from which the field goes on.
        remarks: why something cannot be: an address where the shop does not deliver.
        times: field key -> the words about a day or hours, also where that cannot be had.
        rest: the words that no field took, but for those about a time; they may name items of the catalogue.
    """

    answers: Mapping[str, Value] = having(default_factory=dict)
    begun: Mapping[str, Value] = having(default_factory=dict)
    times: Mapping[str, str] = having(default_factory=dict)
    rest: str = ""
    remarks: tuple[Words, ...] = ()


def slots_for(
    definition: FormDefinition,
    text: str,
    moment: Moment,
    country: str = "",
    is_item: Callable[[str], bool] = lambda _: False,
) -> FirstMessage:
    """Return what a message surely says of the form; a slot that fits two fields belongs to neither.

    Args:
        definition: the form, whose fields say what is allowed.
        text: the customer's first message.
        moment: when, where and in which language it was written.
        country: ISO 3166 code of the form's addresses, empty for the first that the field allows.
        is_item: whether words name something of the catalogue.
    """
    fields = {kind: _field_for(definition, kind) for kind in SlotKind}
    wanted = {kind for kind, field in fields.items() if field is not None}
    place = fields[SlotKind.ADDRESS]
    country = country or (next(iter(place.countries), "") if place else "")
    regions = regions_for(moment.region, country, *_regions(definition), languages=(moment.language,))
    answers, begun, times, taken = dict[str, Value](), dict[str, Value](), dict[str, str](), list[Slot]()
    remarks = list[Words]()
    for slot in find_slots(text, wanted, moment.aware, country, regions, is_item):
        field = fields[slot.kind]
        if field is None:
            continue
        if slot.kind is SlotKind.WINDOW:
            times[field.key] = slot.text
        match rules_of(field).read(field, ACCUSATIVE.get(fold(slot.text), slot.text), moment):
            case Accepted(value, None):
                answers[field.key] = value
                taken.append(slot)
            case Begun(value):
                begun[field.key] = _shown_before(value) if slot.kind is SlotKind.TOWN else value
                taken.append(slot)
            case Refused(words, person=True) if slot.kind in (SlotKind.ADDRESS, SlotKind.TOWN):
                remarks.append(words)
                taken.append(slot)
            case Refused() if slot.kind is SlotKind.WINDOW:  # a time that cannot be had is no name of goods either
                taken.append(slot)
    return FirstMessage(answers, begun, times, without_slots(text, taken), tuple(remarks))


def _shown_before(value: Value) -> Value:
    """Return a part of an address without the wish for a look at it: all of a first message is looked at anyway."""
    return {key: part for key, part in value.items() if key != "review"} if isinstance(value, dict) else value


def _regions(definition: FormDefinition) -> Collection[str]:
    return [field.region for field in definition.fields if field.region]


def _field_for(definition: FormDefinition, kind: SlotKind) -> Field | None:
    """Return the one field that such a slot belongs to; a number beside a cart is not how many of what."""
    fitting = [field for field in definition.fields if kind in _slots_of(field)]
    counts_items = kind is SlotKind.QUANTITY and any(field.kind.value == _ITEMS for field in definition.fields)
    return fitting[0] if len(fitting) == 1 and not counts_items else None


def _slots_of(field: Field) -> tuple[SlotKind, ...]:
    if field.kind.value == "text":
        if _PLACE in field.needs:
            return (SlotKind.ADDRESS,)
        return (SlotKind.NAME,) if field.key == _NAME else ()
    return _SLOTS_OF.get(field.kind.value, ())
