"""What is remembered of somebody's messages in topics, whatever else they do: albums that stay here, and early changes.

Olga's six pictures for Boris' topic carry `// forged` below the first one. The other five come without a word, with her
album for Anna's topic in between, and stay here as well. What she has changed before its message came goes as changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot.domain.conversation import Edited, Incoming, Said
from bot.domain.message import Content, ContentKind, RichText
from bot.domain.people import Staff
from bot.handlers.commands import bare
from bot.handlers.turn import Turn
from bot.handoff import staff as people
from bot.handoff.variables import left_in

ALBUMS = "albums"
"""Where albums that stay here are kept of a person: their other pictures come without the caption that says so."""
MOST_ALBUMS = 40
"""Albums of one person, the last ones; of each topic's lane one is in work at a time."""

FIRST = "edited_first"
"""Where changes of messages that have not come yet are kept of a person."""
MOST_FIRST = 10


def keep_album(turn: Turn, person: Staff, album: str) -> None:
    """Remember that all of an album stays here, whatever else its sender does."""
    people.keep_beside(turn.conn, person.id, ALBUMS, _place(turn, album), True, MOST_ALBUMS)


def of_kept_album(turn: Turn, person: Staff, said: Said) -> bool:
    """Return whether a message is part of an album that stays here."""
    return bool(said.album) and _place(turn, said.album) in people.beside(turn.conn, person.id, ALBUMS)


def foresee(turn: Turn, person: Staff, said: Said, behind: Iterable[Incoming]) -> None:
    """Remember what waits behind a message and is about it: how it reads by now, and that its album stays here.

    After a downtime both have come before the message's turn; what went out first could not be called back.
    """
    for one in behind:
        if isinstance(one, Edited) and one.message == said.message:
            keep_until_it_comes(turn, person, one)
        elif isinstance(one, Said) and said.album and one.album == said.album and stays(one.content):
            keep_album(turn, person, said.album)


def stays(content: Content) -> bool:
    """Return whether a message in a topic is for nobody outside: a note, a command, or one with a gap in it."""
    return bare(content.text.text).startswith("/") or bool(left_in(content.text))


def _place(turn: Turn, album: str) -> str:
    return f"{turn.conversation.id}:{album}"


def keep_until_it_comes(turn: Turn, person: Staff, said: Edited) -> None:
    """Remember how a message reads of which nothing is known: it may come yet, and else nothing follows."""
    reads = {
        "kind": said.content.kind.value,
        "text": said.content.text.to_dict(),
        "details": dict(said.content.details),
    }
    people.keep_beside(turn.conn, person.id, FIRST, _source(said), reads, MOST_FIRST)


def as_it_reads(turn: Turn, person: Staff, said: Said) -> Said:
    """Return what staff wrote in a topic as it reads by now, when a change of it came before the message."""
    reads = people.beside(turn.conn, person.id, FIRST).get(_source(said))
    if reads is None:
        return said
    text, kind = RichText.from_dict(reads["text"]), ContentKind(reads["kind"])
    return replace(said, content=Content(kind, text, reads["details"], said.content.copyable))


def _source(said: Said) -> str:
    return f"{said.place.chat}:{said.message}"
