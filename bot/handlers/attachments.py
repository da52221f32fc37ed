"""The files that an answer of the FAQ brings along, and those that no customer may get.

An entry names "size-chart.pdf" beside the FAQ: it goes out behind the answer. One that names "../settings.toml" brings
nothing.
"""

from __future__ import annotations

from pathlib import Path

from bot.domain.message import Content, ContentKind, RichText
from bot.domain.ports import Act, Outgoing
from bot.faq.entry import FaqEntry
from bot.handlers.turn import Saying, Sayings

OUR_OWN = frozenset((".toml", ".po", ".yaml", ".yml", ".db", ".env", ".key", ".pem"))
"""Endings of files that belong to the bot; where the FAQ lies beside its settings, an entry could name one."""


def of(folder: Path, entry: FaqEntry) -> Sayings:
    """Return what sends the files of an entry that lie in the FAQ's folder."""
    files = [for_customers(folder, name) for name in entry.attachments]
    return [_attachment(path) for path in files if path is not None]


def for_customers(folder: Path, name: str) -> Path | None:
    """Return where an attachment lies; None for what no customer may get: settings, keys, files of another folder."""
    path = folder / name
    inside = path.resolve().is_relative_to(folder.resolve())
    hidden = any(part.startswith(".") for part in Path(name).parts)
    return path if inside and not hidden and path.suffix.lower() not in OUR_OWN else None


def _attachment(path: Path) -> Saying:
    shown = Content(ContentKind.DOCUMENT, RichText(""), {"name": path.name})
    return Saying(Outgoing(Act.ATTACH, {"path": str(path), "name": path.name, "caption": ""}), content=shown)
