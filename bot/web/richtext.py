"""Formatted text as HTML: everything is escaped, and only what is on a short list becomes a tag.

"Delivery is **5 €**", kept as text and one entity, becomes `Delivery is <strong>5 €</strong>`. A name such as
`<b>_*` stays what it is. Links go only to http, https, mailto and tel.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from markupsafe import Markup, escape

from bot.domain.message import LAST_OF_ONE_UNIT, Entity, EntityKind, RichText

SAFE_LINK = re.compile(r"(https?://|mailto:|tel:)[^\s]+", re.IGNORECASE)
_TAGS = {
    EntityKind.BOLD: "strong",
    EntityKind.ITALIC: "em",
    EntityKind.UNDERLINE: "u",
    EntityKind.STRIKETHROUGH: "s",
    EntityKind.CODE: "code",
    EntityKind.PRE: "code",
    EntityKind.QUOTE: "q",
    EntityKind.LINK: "a",
}


def to_html(rich: RichText) -> Markup:
    """Return a text as safe HTML; line breaks are left to the style sheet (`white-space: pre-wrap`)."""
    pieces = [_piece(text, entities) for text, entities in _stretches(rich)]
    return Markup("").join(pieces)


def _stretches(rich: RichText) -> Iterator[tuple[str, list[Entity]]]:
    """Yield the text cut wherever formatting begins or ends, each piece with what covers it."""
    at = _code_points(rich.text)
    known = [one for one in rich.entities if one.kind in _TAGS and one.length > 0]
    edges = {0, len(at) - 1}
    for one in known:
        edges |= {max(0, one.offset), min(one.offset + one.length, len(at) - 1)}
    for start, end in pairwise(sorted(edge for edge in edges if edge < len(at))):
        covering = [one for one in known if one.offset <= start and end <= one.offset + one.length]
        yield rich.text[at[start] : at[end]], covering


def _code_points(text: str) -> list[int]:
    """Return the code point at which each UTF-16 unit begins, with one more for the end."""
    found: list[int] = []
    for number, char in enumerate(text):
        found += [number, number] if ord(char) > LAST_OF_ONE_UNIT else [number]
    return [*found, len(text)]


def _piece(text: str, entities: Iterable[Entity]) -> Markup:
    html = escape(text)
    for entity in sorted(entities, key=lambda one: (one.length, -one.offset)):
        html = _wrapped(html, entity)
    return html


def _wrapped(html: Markup, entity: Entity) -> Markup:
    tag = Markup(_TAGS[entity.kind])  # noqa: S704 one of our own tag names
    if entity.kind is not EntityKind.LINK:
        return Markup("<{0}>{1}</{0}>").format(tag, html)
    if not SAFE_LINK.fullmatch(entity.value):
        return html
    form = Markup('<a href="{}" target="_blank" rel="noopener noreferrer nofollow">{}</a>')
    return form.format(entity.value, html)
