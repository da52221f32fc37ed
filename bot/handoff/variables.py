"""Variables in canned answers: `{customer.first_name}` becomes "Anna", as plain text, whatever Anna calls herself.

"Hello {customer.first_name}, your order {order.number}" with a customer who never ordered stays unsent: the operator
hears that `{order.number}` is not known and gets the text to complete. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from bot.domain.message import Entity, EntityKind, RichText, units

NAMES = (
    *("customer.first_name", "customer.name", "customer.phone"),
    *("order.number", "order.status", "operator.first_name", "operator.name", "ticket.number", "shop.name"),
)
"""All that a canned answer may name."""
OF_A_CUSTOMER = ("customer.", "order.", "ticket.")
"""How those begin that only a conversation can tell."""
_BRACES = re.compile(r"\{\s*([^\W\d][\w.]*)\s*\}")
_IN_AN_ADDRESS = re.compile(r"%7B(?:%20)*([\w.]+)(?:%20)*%7D|\{\s*([\w.]+)\s*\}", re.IGNORECASE)
"""Markdown writes braces in an address this way."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A text with what is known put in.

    Attributes:
        text: what is not known stands there as it was written.
        missing: the names that are not known, in their order.
    """

    text: RichText
    missing: tuple[str, ...] = ()


def used_in(text: str) -> tuple[str, ...]:
    """Return the names in braces, each once, in their order."""
    return tuple(dict.fromkeys(found[1] for found in _BRACES.finditer(text)))


def unknown_in(text: str) -> tuple[str, ...]:
    """Return the names in braces that nothing is known by: a slip of the pen."""
    return tuple(name for name in used_in(text) if name not in NAMES)


def left_in(text: RichText) -> tuple[str, ...]:
    """Return the variables of ours that somebody forgot to fill in, in the words or in an address."""
    addresses = [found[1] or found[2] for entity in text.entities for found in _IN_AN_ADDRESS.finditer(entity.value)]
    return tuple(name for name in dict.fromkeys([*used_in(text.text), *addresses]) if name in NAMES)


def fill(text: RichText, known: Mapping[str, str]) -> Filled:
    """Return a text with its variables put in.

    What is put in is never read again, neither for further variables nor for formatting; within bold words it is bold.

    Args:
        text: with `{names}` in its words or in the addresses of its links.
        known: values by name; an empty one counts as not known.
    """
    pieces, put_in, missing = list[str](), list[_PutIn](), dict[str, None]()
    end = grown = 0
    for found in _BRACES.finditer(text.text):
        value = _plain(known.get(found[1], ""))
        if not value:
            missing[found[1]] = None
            continue
        pieces += [text.text[end : found.start()], value]
        before, end = grown, found.end()
        grown += units(value) - units(found[0])
        put_in.append(_PutIn(units(text.text[: found.start()]), units(text.text[:end]), before, grown))
    whole = "".join([*pieces, text.text[end:]])
    moved = [_moved(entity, put_in, known, missing) for entity in text.entities]
    return Filled(RichText(whole, tuple(entity for entity in moved if entity.length > 0)), tuple(missing))


@dataclass(frozen=True, slots=True)
class _PutIn:
    """A value that was put in: where its name stood, and by how much the text before and behind it has moved."""

    start: int
    end: int
    before: int
    behind: int


def _place(unit: int, values: Sequence[_PutIn]) -> int:
    """Return where a unit of the text as it was written is now; within a name, where its value begins."""
    for value in reversed(values):
        if unit >= value.end:
            return unit + value.behind
        if unit >= value.start:
            return value.start + value.before
    return unit


def _plain(value: str) -> str:
    """Return a value on one line."""
    return " ".join(value.split())


def _moved(entity: Entity, values: Sequence[_PutIn], known: Mapping[str, str], missing: dict[str, None]) -> Entity:
    """Return formatting at its new place; in a link's address names are filled in as well."""

    def put_in(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        value = _plain(known.get(name, ""))
        if not value:
            missing[name] = None
        return quote(value, safe="") if value else found[0]

    start, stop = _place(entity.offset, values), _place(entity.offset + entity.length, values)
    address = _IN_AN_ADDRESS.sub(put_in, entity.value) if entity.kind is EntityKind.LINK else entity.value
    return replace(entity, offset=start, length=stop - start, value=address)


def written_out(text: RichText) -> str:
    """Return a text without formatting, for somebody to copy: behind a link's words stands its address."""
    words, given = text.text.encode("utf-16-le"), text.entities
    for entity in sorted(given, key=lambda one: -(one.offset + one.length)):
        if entity.kind is EntityKind.LINK:
            start, end = 2 * entity.offset, 2 * (entity.offset + entity.length)
            if words[start:end].decode("utf-16-le") != entity.value:
                words = words[:end] + f" ({entity.value})".encode("utf-16-le") + words[end:]
    return words.decode("utf-16-le")
