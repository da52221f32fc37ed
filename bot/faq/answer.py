"""An answer as it is written and as it is sent: Markdown to a text with formatting.

`Delivery is **5 €**.` becomes "Delivery is 5 €." with one bold stretch of three units. HTML is text, never markup;
a link goes out only to http, https, tel or mailto.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.domain.message import Entity, EntityKind, RichText, units

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

SAFE_LINKS = ("http://", "https://", "tel:", "mailto:")
STYLES = {
    "strong": EntityKind.BOLD,
    "em": EntityKind.ITALIC,
    "s": EntityKind.STRIKETHROUGH,
    "heading": EntityKind.BOLD,
    "blockquote": EntityKind.QUOTE,
}
BULLET = "• "


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt  # a start without questions does not need it

    return MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).enable("strikethrough")


@lru_cache(maxsize=2_048)
def render(markdown: str) -> RichText:
    """Return an answer's Markdown as text with formatting.

    Args:
        markdown: any text; broken or hostile Markdown comes out as it stands.

    Returns:
        Text without white space at its ends; entities within it, sorted by offset, the longer first, none empty.
    """
    page = _Page()
    for token in _flat(_markdown().parse(markdown)):
        page.take(token)
    return page.rich()


def _flat(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        if token.type == "inline":
            yield from token.children or ()
        else:
            yield token


@dataclass(slots=True)
class _Page:
    """What has been written so far: pieces of text, formatting that is open, lists that are open."""

    pieces: list[str] = field(default_factory=list)
    length: int = 0
    opened: list[tuple[str, int, str]] = field(default_factory=list)
    entities: list[Entity] = field(default_factory=list)
    lists: list[int | None] = field(default_factory=list)
    gap: str = ""

    def take(self, token: Token) -> None:
        """Write one token of the parser."""
        name = token.type.removesuffix("_open").removesuffix("_close")
        if token.type == "text":
            self.write(token.content)
        elif token.type in {"softbreak", "hardbreak"}:
            self.write("\n" + "  " * max(len(self.lists) - 1, 0))
        elif token.type == "code_inline":
            self.styled(token.content, EntityKind.CODE)
        elif token.type in {"fence", "code_block"}:
            self.block()
            self.styled(token.content.rstrip("\n"), EntityKind.PRE, token.info.split(" ")[0].strip())
            self.block()
        elif token.type == "image":
            self.image(token)
        elif token.type == "hr":
            self.block()
            self.write("———")
            self.block()
        elif name in {"bullet_list", "ordered_list", "list_item"}:
            self.list_mark(name, token)
        else:
            self.mark(name, token)

    def list_mark(self, name: str, token: Token) -> None:
        """Open or close a list or write the mark of an item."""
        if name == "list_item":
            if token.nesting == 1:
                self.gap = "\n" if self.length else ""
                number = self.lists[-1]
                self.write("  " * (len(self.lists) - 1) + (BULLET if number is None else f"{number}. "))
                self.lists[-1] = None if number is None else number + 1
        elif token.nesting == 1:
            self.block()
            self.lists.append(int(token.attrGet("start") or 1) if name == "ordered_list" else None)
        else:
            self.lists.pop()
            self.block()

    def mark(self, name: str, token: Token) -> None:
        """Open or close a paragraph, a link or a style."""
        if name in {"paragraph", "heading", "blockquote"} and (token.nesting == 1 or name == "paragraph"):
            self.block(close=token.nesting == -1)
        if name == "link" or name in STYLES:
            if token.nesting == 1:
                self.opened.append((name, self.length + units(self.gap), str(token.attrGet("href") or "")))
            else:
                self.close(*self.opened.pop())
        if name in {"heading", "blockquote"} and token.nesting == -1:
            self.block()

    def block(self, *, close: bool = True) -> None:
        """Have a break written before whatever comes next: an empty line, in a list only a new one."""
        if not self.length:
            return
        if close or not self.lists:
            self.gap = "\n" if self.lists else "\n\n"

    def write(self, text: str) -> None:
        """Write text after the break that is due."""
        if text:
            self.pieces.append(self.gap + text)
            self.length += units(self.gap) + units(text)
            self.gap = ""

    def styled(self, text: str, kind: EntityKind, value: str = "") -> None:
        """Write text with a style of its own."""
        at = self.length + units(self.gap)
        self.write(text)
        if text.strip():
            self.entities.append(Entity(kind, at, self.length - at, value))

    def image(self, token: Token) -> None:
        """Write a picture as a link, since an answer's pictures are attachments."""
        address = str(token.attrGet("src") or "")
        text = token.content or address
        if address.lower().startswith(SAFE_LINKS):
            self.styled(text, EntityKind.LINK, address)
        else:
            self.write(text)

    def close(self, name: str, at: int, address: str) -> None:
        """Note the formatting that ends here."""
        if self.length <= at:
            return
        if name != "link":
            self.entities.append(Entity(STYLES[name], at, self.length - at))
        elif address.lower().startswith(SAFE_LINKS):
            self.entities.append(Entity(EntityKind.LINK, at, self.length - at, address))

    def rich(self) -> RichText:
        """Return what was written, without white space at the ends."""
        text = "".join(self.pieces)
        kept = text.strip()
        skipped = units(text[: len(text) - len(text.lstrip())])
        room = units(kept)
        moved = [_within(one, skipped, room) for one in self.entities]
        return RichText(kept, tuple(sorted((one for one in moved if one.length > 0), key=_place)))


def _within(entity: Entity, skipped: int, room: int) -> Entity:
    start = min(max(entity.offset - skipped, 0), room)
    end = min(max(entity.offset + entity.length - skipped, 0), room)
    return Entity(entity.kind, start, end - start, entity.value)


def _place(entity: Entity) -> tuple[int, int]:
    return entity.offset, -entity.length
